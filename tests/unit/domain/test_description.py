"""A description says by itself what it is."""

from brightline.domain.description import TextDescription, TextState


def test_a_description_holds_no_text() -> None:
    found = TextDescription(TextState.SCORED, 12, "cyber.intrusion", {"cyber.intrusion": 12})
    assert (found.evidence, found.views) == (frozenset(), 1)
    assert set(TextDescription.__slots__) == {"state", "attention", "leaf", "scores", "evidence", "views"}
