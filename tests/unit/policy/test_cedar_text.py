"""Cutting Cedar text into policies, and finding places in it."""

import pytest

from brightline.policy.cedar_text import MAX_NESTING, MAX_TOKENS, split

TEXT = """// a comment; with "quotes
@id("one") permit (principal, action, resource) when { "a;b\\";" == "//" };

  forbid (principal,
    action, resource); permit (principal, action, resource)
"""


def test_policies_are_cut_outside_of_strings_and_comments():
    pieces = split("f", TEXT)
    assert [piece.at for piece in pieces] == [(2, 1), (4, 3), (5, 24)]
    assert [piece.text[:6] for piece in pieces] == ['@id("o', "forbid", "permit"]
    assert pieces[0].text.endswith("};")
    assert not pieces[2].text.endswith(";")


def test_nothing_to_cut():
    assert split("f", " // only words\n") == ()


def test_places_are_places_of_the_file():
    pieces = split("f", TEXT)
    assert pieces[1].find("action") == (5, 5)
    assert pieces[1].find("forbid(principal") == (4, 3)
    assert pieces[0].find("permit") == (2, 12)
    assert pieces[0].find("nowhere") is None
    assert pieces[0].find("") is None


@pytest.mark.parametrize(
    ("body", "excess"),
    [
        ("true", ""),
        ("(" * MAX_NESTING + "true" + ")" * MAX_NESTING, f"nesting deeper than {MAX_NESTING}"),
        ("if true then true else " * MAX_NESTING + "true", f"nesting deeper than {MAX_NESTING}"),
        ("true" + " && true" * MAX_TOKENS, f"more than {MAX_TOKENS} tokens"),
    ],
)
def test_what_would_exhaust_the_parser(body, excess):
    [piece] = split("f", f"permit (principal, action, resource) when {{ {body} }};")
    assert piece.excess == excess
