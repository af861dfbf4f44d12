"""The thirty leaves, and their numbers in the ledger."""

from brightline.domain.taxonomy import ATTENDED, DICTIONARY, LEAVES, ORDINARY, UNKNOWN_LABEL, label_of, leaf_of


def test_there_are_thirty_leaves_of_two_levels() -> None:
    assert (len(LEAVES), len(ATTENDED), len(ORDINARY)) == (30, 24, 6)
    assert len(set(LEAVES)) == 30
    assert all(leaf.count(".") == 1 for leaf in LEAVES)


def test_numbers_name_leaves_and_nothing_else() -> None:
    assert [leaf_of(label_of(leaf)) for leaf in LEAVES] == [*LEAVES]
    assert label_of("") == 0
    assert [leaf_of(label) for label in (0, 31, UNKNOWN_LABEL)] == ["", "", ""]


def test_the_dictionary_is_fixed() -> None:
    # Leaves of the ledger carry it: another list of leaves needs another digest, and this one stays what it is.
    assert DICTIONARY.hex() == "63e3223fb10bd71d"
