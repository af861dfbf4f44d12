"""Paths into JSON values: the named part of RFC 9535, and nothing that a stranger could make slow."""

import pytest

from brightline.domain.json_path import JsonPathError, parse_path, select

VALUE = {"people": [{"id": 1, "at": {"id": 2}}, {"id": 3}], "case file": {"id": 4}, "n": None}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [VALUE]),
        ("$.people[*].id", [1, 3]),
        ("$.people[1].id", [3]),
        ("$.people[7].id", []),
        ("$['case file'].id", [4]),
        ("$['case file'].*", [4]),
        ("$..id", [1, 2, 3, 4]),
        ("$..[0]", [VALUE["people"][0]]),
        ("$..['id']", [1, 2, 3, 4]),
        ("$.n", [None]),
        ("$.n.x", []),
        ("$.n[0]", []),
        ("$.n.*", []),
        ("$.people[0][*]", [1, {"id": 2}]),
    ],
)
def test_what_stands_at_a_path(path: str, found: list[object]) -> None:
    assert select(VALUE, parse_path(path)) == found


@pytest.mark.parametrize(
    "path",
    [
        "",
        "people",
        "$people",
        "$.",
        "$[?@.id]",
        "$[1:2]",
        "$[-1]",
        "$[01]",
        "$.a b",
        "$['a\\'b']",
        "$..a..b",
        "$" + ".a" * 17,
    ],
)
def test_what_is_no_such_path(path: str) -> None:
    with pytest.raises(JsonPathError):
        parse_path(path)


def test_it_stays_linear() -> None:
    deep: object = 1
    for _ in range(200):
        deep = {"a": deep, "b": [1, 2]}
    assert len(select(deep, parse_path("$..b"))) == 200  # type: ignore[arg-type]
