"""Words that look alike."""

import pytest

from brightline.policy.lint_alike import Lookups, doubt_about, hint, look_the_same, nearest, plain

KNOWN = ("clinician", "duty-officer", "max_output_tokens", "reporting", "unit-1")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("reportin", "reporting"),
        ("reprting", "reporting"),
        ("Reporting", "reporting"),
        ("r\u0435porting", "reporting"),
        ("duty_officer", "duty-officer"),
        ("max_output_token", "max_output_tokens"),
        ("supply", ""),
        ("unit-2", ""),
        ("reporting", ""),
        ("", ""),
    ],
)
def test_the_nearest_word(word, near):
    assert nearest(word, [other for other in KNOWN if other != word]) == near


def test_the_nearest_of_several_and_of_none():
    assert nearest("reportang", ["reporting", "reportings"]) == "reporting"
    assert nearest("reporting", []) == ""
    # The word itself is not near itself; what only looks like it is.
    assert nearest("reporting", ["reporting", "Reporting"]) == "Reporting"


def test_words_that_look_the_same():
    assert look_the_same("Clerk", "clerk")
    assert look_the_same("\u0441lerk", "clerk")
    assert not look_the_same("clerk", "clerk")
    assert not look_the_same("clerk", "clark")
    assert plain("Duty  Officer ") == "duty-officer"


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("reporting", ""),
        ("caf\u00e9", ""),
        ("r\u0435porting", "mixes letters of Cyrillic and Latin"),
        ("cafe\u0301", "composed form"),
        ("a\u200bb", "cannot be seen"),
        ("a\u202eb", "cannot be seen"),
        ("a\tb", "cannot be seen"),
        ("\u5831\u544a", ""),
    ],
)
def test_characters_that_are_not_what_they_seem(word, why):
    assert bool(doubt_about(word)) is bool(why)
    assert why in doubt_about(word)


def test_a_hint():
    assert hint("") == ""
    assert hint("x") == "; did you mean `x`"


def test_looking_ends():
    assert nearest("a" * 129, ["a" * 128]) == ""
    lookups = Lookups(1)
    assert lookups.nearest("reportin", KNOWN) == "reporting"
    assert lookups.nearest("reportin", KNOWN) is None
