"""JSON read and written in one way, against `tests/vectors/sign_off/canonical.json`, and the limits of one process."""

import base64
import hashlib
import json
import struct
from pathlib import Path

import pytest

from brightline.domain.sign_off.canonical import (
    KINDS,
    MAX_DEPTH,
    MAX_NUMBER,
    Json,
    canonical,
    canonical_fields,
    digest,
    parse,
    parse_canonical,
    parse_object,
    tagged,
)
from brightline.domain.sign_off.errors import SignOffError

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "sign_off" / "canonical.json").read_text(encoding="utf-8")
)
LIMIT = 1 << 20


def code_of(refused: pytest.ExceptionInfo[SignOffError]) -> str:
    return refused.value.code


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["about"])
def test_hostile_json_is_refused_by_both_readers(case: dict[str, str]) -> None:
    data = base64.b64decode(case["bytes"])
    for read in (parse, parse_canonical):
        with pytest.raises(SignOffError) as refused:
            read(data, limit=LIMIT)
        assert code_of(refused) == case["code"]


@pytest.mark.parametrize("case", VECTORS["not_canonical"], ids=lambda case: case["about"])
def test_another_writing_is_read_and_yet_not_canonical(case: dict[str, str]) -> None:
    data = base64.b64decode(case["bytes"])
    assert canonical(parse(data, limit=LIMIT)) != data
    with pytest.raises(SignOffError) as refused:
        parse_canonical(data, limit=LIMIT)
    assert code_of(refused) == "signoff/not-canonical"


@pytest.mark.parametrize("case", VECTORS["read"], ids=lambda case: case["json"][:40])
def test_json_has_one_canonical_form(case: dict[str, str]) -> None:
    value = parse(case["json"].encode(), limit=LIMIT)
    written = case["canonical"].encode()
    assert canonical(value) == written
    assert parse_canonical(written, limit=LIMIT) == value
    assert parse(written, limit=LIMIT) == value


@pytest.mark.parametrize("case", VECTORS["numbers"], ids=lambda case: case["ieee754"])
def test_a_number_is_written_as_in_ecmascript_or_not_at_all(case: dict[str, str]) -> None:
    number = struct.unpack(">d", bytes.fromhex(case["ieee754"]))[0]
    if case["code"]:
        with pytest.raises(SignOffError) as refused:
            canonical(number)
        assert code_of(refused) == case["code"]
    else:
        assert canonical(number).decode() == case["canonical"] == case["text"]
        assert parse_canonical(case["canonical"].encode(), limit=LIMIT) == number


@pytest.mark.parametrize("case", VECTORS["digests"], ids=lambda case: case["kind"])
def test_a_digest_names_its_kind(case: dict[str, str]) -> None:
    data = base64.b64decode(case["bytes"])
    assert digest(case["kind"], data).hex() == case["digest"]
    assert tagged(case["kind"], data) == f"brightline/{case['kind']}/1\n".encode() + data
    assert hashlib.sha256(tagged(case["kind"], data)).hexdigest() == case["digest"]


def test_every_kind_has_its_own_digest() -> None:
    assert len({digest(kind, b"{}") for kind in KINDS}) == len(KINDS) == len(VECTORS["digests"])


def test_an_unknown_kind_has_no_digest() -> None:
    with pytest.raises(KeyError):
        digest("anything", b"")


@pytest.mark.parametrize("read", [parse, parse_canonical])
def test_what_is_too_large_is_not_looked_at(read: object) -> None:
    with pytest.raises(SignOffError) as refused:
        read(b"{", limit=0)  # type: ignore[operator]
    assert code_of(refused) == "signoff/too-large"
    assert read(b"{}", limit=2) == {}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "signoff/number-range"),
        (float("inf"), "signoff/number-range"),
        (MAX_NUMBER + 1, "signoff/number-range"),
        ({"a": [-MAX_NUMBER - 1]}, "signoff/number-range"),
        ("\ud800", "signoff/lone-surrogate"),
        ({"\udc00": 1}, "signoff/lone-surrogate"),
        (["é", {"é": "\ud83d"}], "signoff/lone-surrogate"),
        ({1: "a name that is no text"}, "signoff/not-json"),
        ({"é": {1: 2}}, "signoff/not-json"),
        ([b"bytes"], "signoff/not-json"),
        (("a", "tuple"), "signoff/not-json"),
    ],
)
def test_a_value_that_json_does_not_have_is_not_written(value: Json, code: str) -> None:
    with pytest.raises(SignOffError) as refused:
        canonical(value)
    assert code_of(refused) == code


def nested(levels: int, inside: Json) -> Json:
    for at in range(levels):
        inside = [inside] if at % 2 else {"a": inside}
    return inside


@pytest.mark.parametrize("inside", [1, 0.00001])
def test_depth_is_bounded_in_writing(inside: Json) -> None:
    assert canonical(nested(MAX_DEPTH, inside))
    with pytest.raises(SignOffError) as refused:
        canonical(nested(MAX_DEPTH + 1, inside))
    assert code_of(refused) == "signoff/too-deep"


def test_brackets_in_text_are_no_depth() -> None:
    value = ['"[[[[[[{{{{{{"' * 20, {"[[[[": "\\["}, *([[]] * 20)]
    assert parse(json.dumps(value).encode(), limit=LIMIT) == value


def test_a_whole_number_is_an_integer_however_it_is_written() -> None:
    for text in (b"7", b"7.0", b"70e-1", b"0.7E1"):
        value = parse(text, limit=LIMIT)
        assert type(value) is int
        assert canonical(value) == b"7"


def test_an_object_is_asked_for_and_nothing_else_is_taken() -> None:
    assert parse_object(b'{"a":1}', limit=LIMIT) == {"a": 1}
    with pytest.raises(SignOffError) as refused:
        parse_object(b"[]", limit=LIMIT)
    assert code_of(refused) == "signoff/bad-field"


def test_fields_are_written_like_everything_else() -> None:
    assert canonical_fields({"b": [1, "é"], "a": None}) == canonical({"b": [1, "é"], "a": None})
    for value in ({"a": "\ud800"}, {"a": MAX_NUMBER + 1}):
        with pytest.raises(SignOffError):
            canonical_fields(value)


def test_a_message_names_no_content() -> None:
    with pytest.raises(SignOffError) as refused:
        parse(b'{"secret name":1,"secret name":2}', limit=LIMIT)
    assert "secret" not in str(refused.value)
    assert "secret" not in refused.value.hint


@pytest.mark.parametrize("data", [b'{"\\u00e9":1}', b'{"a":{"\\ufb33":1,"\\ud83d\\ude00":2}}', b'["\\u00e9"]'])
def test_ascii_that_writes_other_letters_by_their_number_is_not_canonical(data: bytes) -> None:
    with pytest.raises(SignOffError) as refused:
        parse_canonical(data, limit=LIMIT)
    assert code_of(refused) == "signoff/not-canonical"
