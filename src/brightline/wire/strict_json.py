"""JSON that can be read in one way only (RFC 8259 with RFC 7493's limits), at the speed of the fastest parser.

What must hold: no duplicate keys, no NaN or Infinity, valid UTF-8 without lone surrogates or a byte order mark, at most
`MAX_DEPTH` levels and `MAX_PARTS` objects and arrays, nothing after the value. A message
names no content, keys included.
"""

import json
import re
from typing import cast

import orjson

from brightline.wire.errors import AnswerError, RequestError

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
JsonObject = dict[str, Json]

MAX_DEPTH = 64  # far beyond any real tool schema; keeps every later walk's recursion bounded
MAX_PARTS = 200_000  # objects and arrays; a body of 32 MiB could hold ten million, at a gigabyte of memory
_EXPLAINED_BYTES = 65_536  # why a body is no JSON is worth only so much time
_SPACE = b" \t\n\r"
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_object(body: bytes, *, limit: int) -> JsonObject:
    """The object in a request's `body` of at most `limit` bytes; raises `RequestError`."""
    if len(body) > limit:
        raise RequestError("wire/too-large", limit=limit)
    brackets = body.count(b"{") + body.count(b"[")
    if brackets > MAX_PARTS and _parts(body) > MAX_PARTS:
        raise RequestError("wire/too-many-parts", limit=MAX_PARTS)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _explain(body) from error
    if type(value) is not dict:
        raise RequestError("wire/not-an-object")
    # Fewer brackets than levels allowed cannot be too deep; a real walk only where they might.
    if brackets > MAX_DEPTH and _too_deep(value):
        raise RequestError("wire/too-deep", limit=MAX_DEPTH)
    _refuse_duplicates(body, value)
    return value


def read_answer_object(data: bytes) -> JsonObject:
    """The object in a provider's `data`, read as strictly as a request; raises `AnswerError`."""
    try:
        return read_object(data, limit=len(data))
    except RequestError as error:
        raise AnswerError("wire/answer-garbage") from error


def _refuse_duplicates(body: bytes, value: JsonObject) -> None:
    """Raise `RequestError` when an object in `body`, which parses to `value`, has a key twice.

    Written out again, `value` has each key once. If that text equals the body, whitespace apart, both have the same
    tokens, so the same number of members, so the body has no duplicate. Otherwise (escapes, exponents) parse pairs.
    """
    written = orjson.dumps(value)
    if written == body or written.translate(None, _SPACE) == body.translate(None, _SPACE):
        return
    # Numbers stay floats: nobody reads them here, and Python refuses to read integers of thousands of digits.
    json.loads(body, object_pairs_hook=_unique, parse_int=float)


def _unique(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise RequestError("wire/duplicate-key")


def _parts(body: bytes) -> int:
    """How many objects and arrays begin in `body`, brackets inside strings apart."""
    bare = _STRING.sub(b"", body)
    return bare.count(b"{") + bare.count(b"[")


def _too_deep(value: Json) -> bool:
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else cast("list[Json]", container))
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _explain(body: bytes) -> RequestError:
    """Why the parser refused `body`; slow, but only on the way to a refusal."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return RequestError("wire/invalid-utf8")
    if text.startswith("\ufeff") or _only_surrogates_wrong(body):
        return RequestError("wire/invalid-utf8")
    depth = deepest = 0
    for byte in _STRING.sub(b"", body[:_EXPLAINED_BYTES]):
        depth += (byte in b"[{") - (byte in b"]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        return RequestError("wire/too-deep", limit=MAX_DEPTH)
    return RequestError("wire/not-json")


def _only_surrogates_wrong(body: bytes) -> bool:
    if not _SURROGATE.search(body):
        return False
    try:
        orjson.loads(_SURROGATE.sub(rb"\\u00", body))
    except orjson.JSONDecodeError:
        return False
    return True
