"""People as pieces name them."""

from brightline.domain.data_subjects import Found, Identifier


def test_no_identifier_shows_its_value() -> None:
    found = Found(frozenset({Identifier("email", "ann@example.org")}))
    assert "ann" not in repr(found)
    assert repr(Identifier("email", "ann@example.org")) == "Identifier(email)"
