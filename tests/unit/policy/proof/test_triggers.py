"""Words of a red line that the agreement knows nowhere."""

import pytest

from brightline.policy.proof.triggers import misspelt, registered_words


def found(draft, condition, *, tested=False, **more):
    notes = '@id("line-1") @reason("r") @clause("c") @source("s")'
    line = f"{notes}\nforbid (principal, action, resource) when {{ {condition} }};"
    read = draft({"redlines/lines.cedar": line}, **more)
    [red_line] = read.red_lines
    return [tuple(each) for each in misspelt(red_line, registered_words(read), read.rules, tested=tested)]


@pytest.mark.parametrize(
    ("word", "near"),
    [("Watch", "watch"), ("watch ", "watch"), ("WATCH", "watch"), ("surveill", "surveil"), ("model_one", "model-one")],
)
def test_what_looks_like_a_registered_word_is_named(draft, word, near):
    assert found(draft, f'context.fact.tools.contains("{word}")') == [(word, near)]


def test_a_word_that_looks_like_one_is_misspelt_even_where_prohibitions_misspell_it_too(draft):
    law = '@id("law-1") forbid (principal, action, resource) when { context.fact.tools.contains("wotch-tower") };\n'
    condition = 'context.fact.tools.contains("Watch")'
    assert found(draft, condition, tested=True, **{"law/law.cedar": law}) == [("Watch", "watch")]


def test_a_word_that_a_permit_speaks_of_is_known(draft):
    text = '@id("operator-1") permit (principal, action, resource) when { context.fact.mission == "Watch" };'
    assert found(draft, 'context.fact.mission == "Watch"', **{"operator/operator.cedar": text}) == []


def test_a_word_that_nothing_knows_is_misspelt_unless_the_line_is_tested(draft):
    condition = 'context.fact.roles.contains("interrogator")'
    assert found(draft, condition) == [("interrogator", "")]
    assert found(draft, condition, tested=True) == []


def test_registered_words_and_numbers_are_no_triggers(draft):
    assert found(draft, 'context.fact.tools.contains("watch") && context.fact.input_bytes > 7') == []
    assert found(draft, 'context.fact.mission == "m"') == []
    known = registered_words(draft())
    assert {"watch", "m", "org", "unit", "one", "model-one", "field", "any", "surveil", "defence"} <= known
