"""Words of a red line that the agreement knows nowhere."""

import pytest

from brightline.policy.proof.triggers import misspelt, registered_words
from brightline.policy.redlines import read_red_lines

NOTES = '@id("line-1") @reason("r") @clause("c") @source("s")'


def found(draft, condition, *, tested=False, **more):
    line = f"{NOTES}\nforbid (principal, action, resource) when {{ {condition} }};"
    # Not by way of a draft: the lint refuses some of these before anybody proves anything.
    [red_line] = read_red_lines({"redlines/lines.cedar": line})[0]
    read = draft(more)
    return [tuple(each) for each in misspelt(red_line, registered_words(read), read.rules, tested=tested)]


@pytest.mark.parametrize(
    ("word", "near"),
    [("Watch", "watch"), ("watch ", "watch"), ("WATCH", "watch"), ("surveill", "surveil"), ("model_one", "model-one")],
)
def test_what_looks_like_a_registered_word_is_named(draft, word, near):
    assert found(draft, f'context.fact.tools.contains("{word}")') == [(word, near)]


def test_a_word_that_looks_like_one_is_misspelt_even_where_it_is_tested(draft):
    assert found(draft, 'context.fact.tools.contains("Watch")', tested=True) == [("Watch", "watch")]


def test_a_word_that_a_permit_speaks_of_is_known(draft):
    when = 'context.fact.mission == "m" && context.fact.app == "Watch"'
    text = f"{NOTES.replace('line', 'operator')}\npermit (principal, action, resource) when {{ {when} }};"
    assert found(draft, 'context.fact.app == "Watch"', **{"operator/operator.cedar": text}) == []


def test_a_word_that_nothing_knows_is_misspelt_unless_the_line_is_tested(draft):
    condition = 'context.fact.roles.contains("interrogator")'
    assert found(draft, condition) == [("interrogator", "")]
    assert found(draft, condition, tested=True) == []


def test_registered_words_and_numbers_are_no_triggers(draft):
    assert found(draft, 'context.fact.tools.contains("watch") && context.fact.input_bytes > 7') == []
    assert found(draft, 'context.fact.mission == "m"') == []
    known = registered_words(draft())
    assert {"watch", "m", "org", "unit", "one", "model-one", "field", "any", "surveil", "defence"} <= known
