"""Whom calls of registered tools and texts touch: never fewer than they name."""

import base64
import json

import pytest

from brightline.domain.data_subjects import Found, Identifier, KindedPath, PersonRule
from brightline.use import CountError, find_in_arguments, find_in_result, find_in_text

EMAILS = (KindedPath("$..email", "email"),)
A, B = Identifier("email", "a@x.example"), Identifier("email", "b@x.example")


@pytest.mark.parametrize(
    ("rule", "arguments", "found"),
    [
        (PersonRule(most=9, arguments=EMAILS), {"email": "A@x.example"}, Found(frozenset({A}))),
        (PersonRule(most=9, arguments=EMAILS), {"email": ["A@x.example", "b@x.example", ""]}, Found(frozenset({A, B}))),
        (PersonRule(most=9, arguments=EMAILS), {}, Found(unnamed=9)),
        (PersonRule(most=9, arguments=EMAILS), None, Found(unnamed=9)),
        (PersonRule(most=9, count_argument="$.n"), {"n": 4}, Found(unnamed=4)),
        (PersonRule(most=9, count_argument="$.n"), {"n": 10}, Found(unnamed=9)),
        (PersonRule(most=9, count_argument="$.n"), {"n": -1}, Found(unnamed=9)),
        (PersonRule(most=9, count_argument="$.n"), {"n": True}, Found(unnamed=9)),
        (PersonRule(most=9, count_argument="$.n"), {}, Found(unnamed=9)),
        (
            PersonRule(most=9, arguments=EMAILS, count_argument="$.n"),
            {"n": 3, "email": "a@x.example"},
            Found(frozenset({A}), 2),
        ),
        (
            PersonRule(most=9, arguments=EMAILS, count_argument="$.n"),
            {"n": 0, "email": "a@x.example"},
            Found(frozenset({A})),
        ),
        (PersonRule(most=9, count_result="$.total"), {}, Found(unnamed=9)),
        (
            PersonRule(most=9, arguments=(KindedPath("$.id", "person"),)),
            {"id": 7},
            Found(frozenset({Identifier("person", "7")})),
        ),
    ],
)
def test_a_call_touches_whom_its_arguments_say(rule, arguments, found):
    assert find_in_arguments(rule, arguments) == found


@pytest.mark.parametrize(
    ("rule", "result", "found"),
    [
        (PersonRule(most=9, results=EMAILS), [{"email": "a@x.example"}], Found(frozenset({A}))),
        (PersonRule(most=9, count_result="$.total"), {"total": 7}, Found(unnamed=7)),
        (PersonRule(most=9, count_result="$.total"), {"score": 7}, Found(unnamed=9)),
        (PersonRule(most=9, count_rows="$.rows"), {"rows": [1, 2, 3]}, Found(unnamed=3)),
        (PersonRule(most=9, count_rows="$.rows"), {"rows": 3}, Found(unnamed=9)),
        (
            PersonRule(most=9, results=EMAILS, count_rows="$[*]"),
            [[{"email": "a@x.example"}, {}], [1]],
            Found(frozenset({A}), 2),
        ),
    ],
)
def test_a_result_touches_whom_it_gives_back(rule, result, found):
    assert find_in_result(rule, json.dumps(result)) == found


def test_a_result_that_is_no_json_has_no_count():
    assert find_in_result(PersonRule(most=9, count_result="$.total"), "seven people") == Found(unnamed=9)


@pytest.mark.parametrize("arguments", [{}, {"n": 10}, {"n": "4"}])
def test_an_unreadable_count_refuses_where_the_register_says_so(arguments):
    with pytest.raises(CountError, match="use/unreadable-count"):
        find_in_arguments(PersonRule(most=9, count_argument="$.n", refuses=True), arguments)


def test_a_text_touches_whom_it_names_also_encoded():
    hidden = base64.b64encode(b"and then to b@x.example, please").decode()
    blob = base64.b64encode(bytes(range(128, 256)) * 2).decode()
    text = f"A@x.example {hidden}\n1. Anna Beck\n2. Carl Dorn\n3. Eva Falk\n{blob}"
    assert find_in_text(text) == Found(frozenset({A, B}), 3, 1)
    assert find_in_text("") == Found()
