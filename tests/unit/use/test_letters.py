"""What reads like the language, and what does not."""

import pytest

from brightline.use.letters import READABLE, STRANGE, TABLE_BYTES, Letters, count
from tests.disguises import PLAIN

ENGLISH = [
    "The officer asked the clerk to send a list of all the parts that were needed for the next week.",
    "Please write a short note about the meeting, and say when the team will see the report again.",
    "Nobody knows where the other half of the papers went; perhaps the archive still has a copy of them.",
] * 40


@pytest.fixture(name="letters", scope="module")
def _letters() -> Letters:
    return Letters(count(ENGLISH))


def test_a_table_has_a_cost_for_every_three_signs() -> None:
    assert len(count(ENGLISH)) == TABLE_BYTES
    assert len(count(["", "a"])) == TABLE_BYTES


def test_english_costs_less_than_what_is_done_to_it(letters: Letters) -> None:
    plain = letters.cost(ENGLISH[0])
    assert 0 < plain < READABLE
    assert all(letters.cost(PLAIN[name](ENGLISH[0])) > STRANGE for name in ("rot13", "reversed", "shifted by seven"))
    assert letters.cost("") == letters.cost("a") == 0


def test_the_cheapest_shift_is_the_one_that_was_made(letters: Letters) -> None:
    for name, shift in (("rot13", 13), ("shifted by seven", 7)):
        assert letters.cheapest_shift(PLAIN[name](ENGLISH[1]))[0] == shift
    assert letters.cheapest_shift(ENGLISH[1])[0] == 0
    mirrored = ENGLISH[1].lower().translate({97 + n: 122 - n for n in range(26)})
    assert letters.cheapest_shift(mirrored)[0] == 26
    assert letters.cheapest_shift("a") == (0, 0)


def test_strange_parts_are_told_with_whole_words(letters: Letters) -> None:
    hidden = PLAIN["rot13"](ENGLISH[2].lower())
    text = f"{ENGLISH[0].lower()} {hidden} {ENGLISH[1].lower()}"
    (span,) = letters.strange(text)
    part = text[span.start : span.end]
    assert hidden[10:-10] in part
    assert span.letters >= 60
    assert text[span.start - 1] == " "
    assert letters.strange(ENGLISH[0]) == letters.strange("") == []


def test_a_short_text_is_judged_whole(letters: Letters) -> None:
    assert letters.strange("qxzvk jqwx zzvq")
    assert not letters.strange("send the list")
    assert not letters.strange("qx")
