"""Known words: cutting runs of letters, and owning what is unknown."""

import pytest

from brightline.use.lexicon import Lexicon

LEXICON = Lexicon.count(["send the list of parts to the clerk", "the clerk will send it again to us"] * 3, most=100)


def test_a_run_of_letters_is_cut_into_its_words() -> None:
    assert LEXICON.split("sendthelistofparts") == "send the list of parts"
    assert LEXICON.split("sendzzzzzztheclerk").split()[0] == "send"
    assert LEXICON.split("") == ""


def test_it_is_read_as_it_was_written() -> None:
    again = Lexicon.read(LEXICON.write())
    assert again.write() == LEXICON.write()
    assert again.split("theclerk") == "the clerk"
    with pytest.raises(ValueError, match="invalid literal"):
        Lexicon.read("word much\n")


def test_a_word_that_was_met_once_is_not_known() -> None:
    assert "rare" not in Lexicon.count(["rare words", "words"], most=10).write()


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("send the list to the clerk", 0),
        ("qwertz uiopas dfghjk", 24),  # all of a short text
        ("send the list to the clerk of mr szczepanowski", 0),  # a name stands alone
        ("qwer", 0),
        ("send the list to the clerk again and qwertz uiopas dfghjk yxcvbn poiuzt lkjhgf to the clerk of the list", 39),
        ("send the qwertz to uiopas the dfghjk list yxcvbn of parts to poiuzt the clerk send it again to the clerk", 0),
    ],
)
def test_what_nobody_knows_is_counted_where_it_stands_together(text: str, unknown: int) -> None:
    assert LEXICON.unknown(LEXICON.words(text), least=24) == unknown
