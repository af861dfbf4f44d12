"""Keyed hashes: other keys, kinds and pieces have others."""

from brightline.metering import data_subject_hash, occurrence_hash

KEY, OTHER = bytes(32), bytes([1]) * 32


def test_people_and_pieces_are_hidden_under_the_key() -> None:
    made = {
        data_subject_hash(KEY, "email", "a"),
        data_subject_hash(OTHER, "email", "a"),
        data_subject_hash(KEY, "phone", "a"),
        occurrence_hash(KEY, b"email\0a"),
        occurrence_hash(KEY, b"ab", b"c"),
        occurrence_hash(KEY, b"a", b"bc"),
    }
    assert len(made) == 6
    assert all(0 <= each < 2**64 for each in made)
    assert data_subject_hash(KEY, "email", "a") == data_subject_hash(KEY, "email", "a")
