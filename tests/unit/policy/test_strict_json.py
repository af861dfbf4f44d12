"""Strict JSON with places."""

import json

import pytest

from brightline.policy.strict_json import StrictJsonError, place, read


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        ("", (1, 1), "expected a value"),
        ("{", (1, 2), "expected a string"),
        ('{"a": 1,}', (1, 9), "expected a string"),
        ('{"a": 1 "b": 2}', (1, 9), "expected `}`"),
        ('{"a" 1}', (1, 6), "expected `:`"),
        ('{"a": 1,\n "a": 2}', (2, 2), "`a` stands twice"),
        ("[1, 2", (1, 6), "expected `]`"),
        ("[1,]", (1, 4), "expected a value"),
        ("1.5", (1, 1), "expected a value"),
        ("01", (1, 1), "expected a value"),
        ("9223372036854775808", (1, 1), "expected a value"),
        ("1e3", (1, 1), "expected a value"),
        ("NaN", (1, 1), "expected a value"),
        ("True", (1, 1), "expected a value"),
        ('"a\nb"', (1, 1), "expected a string"),
        ('"\\q"', (1, 1), "a bad escape in a string"),
        ('"\\ud800"', (1, 1), "a lone surrogate in a string"),
        ("{} x", (1, 4), "something follows the value"),
        ("[" * 18 + "]" * 18, (1, 18), "nested deeper than 16"),
        ("'a'", (1, 1), "expected a value"),
    ],
)
def test_what_is_refused_and_where(text, at, why):
    with pytest.raises(StrictJsonError) as caught:
        read(text)
    assert caught.value.at == at
    assert caught.value.why.startswith(why)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        ' [1, -2, 0, true, false, null, "a\\u00e9\\n"] ',
        '{"a": {"b": [{"c": "d"}]}, "e": -9223372036854775808}',
    ],
)
def test_what_is_read(text):
    assert read(text).plain() == json.loads(text)


def test_places_are_kept():
    node = read('{\n  "a": [\n    7]}')
    assert node.at == (1, 1)
    assert node.names == {"a": (2, 3)}
    assert node.value["a"].at == (2, 8)
    assert node.value["a"].value[0].at == (3, 5)
    assert place("ab\ncd", 4) == (2, 2)
