"""What a field may hold: the edges of each kind; whole objects are in `tests/vectors/sign_off/objects.json`."""

from collections.abc import Callable

import pytest

from brightline.domain.sign_off.canonical import MAX_NUMBER, Json
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import (
    ID,
    MAX_TEXT,
    MAX_TIME_MS,
    Fields,
    decode_base64,
    encode_base64,
    read_hex_64,
    read_id,
    read_integer,
    read_text,
)


def one(value: Json) -> Fields:
    return Fields({"a": value}, "top", frozenset({"a"}))


READERS: list[tuple[Callable[[Fields], object], list[Json], list[Json]]] = [
    (lambda f: f.text("a", 3), ["", "abc", "日本語", "😀😀😀"], ["abcd", None, 1, [], "😀😀😀😀"]),
    (lambda f: f.choice("a", ("x", "y")), ["x", "y"], ["z", "", None, ["x"], True]),
    (
        lambda f: f.id("a"),
        ["a", "A.b_c:d/e-f@g", "0", "a" * 128],
        ["", "a" * 129, " a", "a\n", "é", ".a", "@a", 1, None],
    ),
    (lambda f: f.id("a", empty=True), ["", "a"], [" ", None, 0]),
    (lambda f: f.tool("a"), ["_run", "get_weather", "a.b/c:d"], ["", "-a", "a b", "a@b", None]),
    (lambda f: f.tool("a", empty=True), ["", "a"], [" ", None]),
    (lambda f: f.hex_32("a"), ["0" * 32, "af" * 16], ["AF" * 16, "0" * 31, "0" * 33, "", None, "0" * 32 + "\n"]),
    (lambda f: f.hex_64("a"), ["0" * 64], ["0" * 63, "0" * 65, "g" * 64, 0]),
    (lambda f: f.integer("a"), [0, MAX_NUMBER], [-1, 1.5, True, "1", None, MAX_NUMBER + 1]),
    (lambda f: f.integer("a", 2, 3), [2, 3], [1, 4]),
    (lambda f: f.time_ms("a"), [0, MAX_TIME_MS], [-1, MAX_TIME_MS + 1, 0.5]),
    (lambda f: f.flag("a"), [True, False], [0, 1, None, "true"]),
    (
        lambda f: f.base64("a", 1, 2),
        ["AA==", "AAA="],
        ["", "AAAA", "AA", "AB==", "A-==", "AA==\n", " AA==", "é", 1, None],
    ),
    (lambda f: f.base64("a", 0, 0), [""], ["AA=="]),
    (lambda f: f.object("a"), [{}, {"b": 1}], [[], None, "{}"]),
    (lambda f: f.items("a", read_text, least=1, most=2), [["b"], ["b", "b"]], [[], ["a"] * 3, [1], {}, None, "b"]),
    (lambda f: f.set_of("a", read_id, most=3), [[], ["a", "b"]], [["a", "a"], ["b", "a"], ["a"] * 4, [""]]),
    (
        lambda f: f.members("a", read_text, most=1, named=ID),
        [{}, {"x": ""}],
        [{"": ""}, {"x": 1}, {"x": "", "y": ""}, []],
    ),
    (lambda f: f.members("a", read_text, most=1, named=2), [{"é ": ""}], [{"": ""}, {"abc": ""}]),
    (lambda f: read_id(f.raw("a"), "top.a"), ["a"], ["", None, 1]),
    (lambda f: read_hex_64(f.raw("a"), "top.a"), ["0" * 64], ["", None, "0"]),
    (lambda f: read_text(f.raw("a"), "top.a"), ["", "x" * MAX_TEXT], ["x" * (MAX_TEXT + 1), None]),
    (lambda f: read_integer(f.raw("a"), "top.a"), [0, 9], [-1, True, "1", 1.5]),
]


@pytest.mark.parametrize(("read", "good", "bad"), READERS)
def test_a_field_is_read_strictly(read: Callable[[Fields], object], good: list[Json], bad: list[Json]) -> None:
    for value in bad:
        with pytest.raises(SignOffError) as refused:
            read(one(value))
        assert refused.value.code == "signoff/bad-field"
        assert str(refused.value.words["field"]).startswith("top.a")
    for value in good:
        read(one(value))


def test_bytes_come_out_of_base64() -> None:
    assert one("AAE=").base64("a", 2, 2) == b"\0\1"
    assert decode_base64(encode_base64(b"\xff\xfe")) == b"\xff\xfe"


def test_a_constant_is_that_and_nothing_else() -> None:
    one("x").constant("a", "x")
    with pytest.raises(SignOffError):
        one(None).constant("a", "x")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, "top"),
        ([], "top"),
        ({}, "top.a"),
        ({"a": 1}, "top.b"),
        ({"a": 1, "c": 1}, "top.b"),
        ({"a": 1, "b": 1, "c": 1}, "top"),
    ],
)
def test_every_field_is_there_and_no_other(value: Json, field: str) -> None:
    with pytest.raises(SignOffError) as refused:
        Fields(value, "top", frozenset({"a", "b"}))
    assert refused.value.words["field"] == field


def test_an_item_is_named_by_its_place() -> None:
    with pytest.raises(SignOffError) as refused:
        one(["x", 1]).items("a", read_text, most=2)
    assert refused.value.words["field"] == "top.a[1]"


def test_a_refusal_shows_no_value() -> None:
    with pytest.raises(SignOffError) as refused:
        one("secret value").id("a")
    assert "secret" not in str(refused.value)
