"""JSON with one reading and one writing: I-JSON (RFC 7493) read strictly, and its canonical form (RFC 8785).

Refused: what is no JSON in UTF-8, names that stand twice, lone surrogates, numbers beyond 2^53 - 1 in size (of which a
reader may see another one), more than `MAX_DEPTH` levels. A number that is whole is an integer, however it is written.

INVARIANT: `parse(canonical(value)) == value`, and `canonical` of equal values is equal bytes.
INVARIANT: `parse_canonical` takes exactly the bytes that `canonical` writes.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import NoReturn

import orjson
import rfc8785

from brightline.domain.sign_off.errors import SignOffError

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
JsonObject = dict[str, Json]

MAX_DEPTH = 32  # objects and arrays inside each other; no tool's arguments are deeper, and every walk stays bounded
MAX_NUMBER = 2**53 - 1  # RFC 7493 section 2.2: beyond it neighbours are one number to a reader of doubles
# What a digest is of stands in its tag, so that nothing signed as one kind can be shown as another.
KINDS = (
    "action-binding",
    "effector-state",
    "effector-state-request",
    "execution-receipt",
    "release",
    "rendering",
    "review",
    "revocation-list",
    "role-assertion",
    "statement",
    "tool-definition",
    "trust-bundle",
)
_TAGS = {kind: f"brightline/{kind}/1\n".encode() for kind in KINDS}
# Both writers agree on numbers from here up (ECMA-262 section 6.1.6.1.20 against the shortest form of `orjson`).
_SMALLEST_ALIKE = 1e-4
_INTEGER_CHARACTERS = len(str(-MAX_NUMBER))
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_OPENING = frozenset((b"[", b"{"))


def tagged(kind: str, canonical_bytes: bytes) -> bytes:
    """What a key signs and `digest` hashes: the tag of `kind` (one of `KINDS`), then the bytes."""
    return _TAGS[kind] + canonical_bytes


def digest(kind: str, canonical_bytes: bytes) -> bytes:
    """The 32-byte digest of an object of `kind` (one of `KINDS`): SHA-256 of its tagged bytes."""
    return hashlib.sha256(_TAGS[kind] + canonical_bytes).digest()


def canonical(value: Json) -> bytes:
    """The canonical bytes of `value`; raises `SignOffError` for a value that has none."""
    try:
        written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a lone surrogate, or what is no JSON: the slow way says which
        return _canonical_slowly(value)
    return written if _plain(value, MAX_DEPTH, named=not written.isascii()) else _canonical_slowly(value)


def canonical_fields(value: Json) -> bytes:
    """What `canonical` writes of a value in which every name is ASCII and every number whole, without looking.

    Raises `SignOffError` like it.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
    except TypeError:
        return _canonical_slowly(value)


def composed(parts: Mapping[str, bytes]) -> bytes:
    """The canonical bytes of an object with these ASCII names, whose values are canonical bytes already."""
    return b"{" + b",".join([b'"%b":%b' % (name.encode(), parts[name]) for name in sorted(parts)]) + b"}"


def parse(data: bytes, *, limit: int) -> Json:
    """The value that at most `limit` bytes of strict JSON hold; raises `SignOffError`."""
    if len(data) > limit:
        raise SignOffError("signoff/too-large", limit=limit)
    _refuse_depth(data)
    try:
        value: Json = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_double,
            parse_constant=_constant,
        )
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SignOffError("signoff/not-json") from error
    _refuse_surrogates(value)
    return value


def parse_canonical(data: bytes, *, limit: int) -> Json:
    """The value of which `data`, at most `limit` bytes, is the canonical form; raises `SignOffError`."""
    if len(data) > limit:
        raise SignOffError("signoff/too-large", limit=limit)
    try:
        value: Json = orjson.loads(data)
    except orjson.JSONDecodeError:
        return _explain(data, limit)
    # Written again, each name stands once and each number in its one form: equal bytes leave nothing to refuse.
    if _plain(value, MAX_DEPTH, named=not data.isascii()) and orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == data:
        return value
    return _explain(data, limit)


def parse_object(data: bytes, *, limit: int) -> JsonObject:
    """The object of which `data`, at most `limit` bytes, is the canonical form; raises `SignOffError`."""
    value = parse_canonical(data, limit=limit)
    if type(value) is not dict:
        raise SignOffError("signoff/bad-field", field="the whole", what="is not an object")
    return value


def _explain(data: bytes, limit: int) -> Json:
    """The value, read and written the slow way; raises `SignOffError` with what is wrong."""
    value = parse(data, limit=limit)
    if _canonical_slowly(value) != data:
        raise SignOffError("signoff/not-canonical")
    return value


def _plain(value: Json, depth: int, *, named: bool) -> bool:
    """Whether `orjson` writes `value` as RFC 8785 does, and it may be written at all (lone surrogates apart).

    Non-ASCII names are out: RFC 8785 (section 3.2.3) sorts them by UTF-16, `orjson` by UTF-8. Where all that it writes
    is ASCII they need not be looked at (`named` false), since it escapes nothing but controls.
    """
    if type(value) is dict:
        if named and not "".join(value).isascii():
            return False
        parts: Iterable[Json] = value.values()
    elif type(value) is list:
        parts = value
    else:
        return _plain_scalar(value)
    if not depth:
        return False
    for part in parts:
        kind = type(part)
        if kind is str:
            continue
        if kind is dict or kind is list:
            if not _plain(part, depth - 1, named=named):
                return False
        elif not _plain_scalar(part):
            return False
    return True


def _plain_scalar(value: Json) -> bool:
    if type(value) is int:
        return -MAX_NUMBER <= value <= MAX_NUMBER
    if type(value) is float:
        return _SMALLEST_ALIKE <= abs(value) <= MAX_NUMBER and not value.is_integer()
    return value is None or type(value) is bool or type(value) is str


def _canonical_slowly(value: Json) -> bytes:
    _refuse_values(value, MAX_DEPTH)
    try:
        return rfc8785.dumps(value)
    except ValueError as error:  # of the library, or of the codec where a name is concerned
        raise SignOffError("signoff/lone-surrogate") from error


def _refuse_values(value: Json, depth: int) -> None:
    if isinstance(value, dict | list):
        if not depth:
            raise SignOffError("signoff/too-deep", limit=MAX_DEPTH)
        if isinstance(value, dict) and any(not isinstance(name, str) for name in value):
            raise SignOffError("signoff/not-json")
        for part in value.values() if isinstance(value, dict) else value:
            _refuse_values(part, depth - 1)
    elif isinstance(value, int | float):
        if not -MAX_NUMBER <= value <= MAX_NUMBER:
            raise SignOffError("signoff/number-range")
    elif value is not None and not isinstance(value, str):
        raise SignOffError("signoff/not-json")


def _refuse_depth(data: bytes) -> None:
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", data)):
        depth += 1 if bracket in _OPENING else -1
        if depth > MAX_DEPTH:
            raise SignOffError("signoff/too-deep", limit=MAX_DEPTH)


def _refuse_surrogates(value: Json) -> None:
    try:
        orjson.dumps(value)
    except TypeError as error:
        raise SignOffError("signoff/lone-surrogate") from error


def _unique(pairs: list[tuple[str, Json]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise SignOffError("signoff/duplicate-key")
    return found


def _integer(text: str) -> int:
    if len(text) > _INTEGER_CHARACTERS or abs(number := int(text)) > MAX_NUMBER:
        raise SignOffError("signoff/number-range")
    return number


def _double(text: str) -> int | float:
    number = float(text)
    if not abs(number) <= MAX_NUMBER:
        raise SignOffError("signoff/number-range")
    return int(number) if number.is_integer() else number


def _constant(_text: str) -> NoReturn:
    raise SignOffError("signoff/not-json")
