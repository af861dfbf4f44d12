"""Several texts of one use: unknown where one is, and else as that of the highest attention."""

from brightline.domain.description import Bands, TextDescription, TextReading, TextState
from brightline.domain.taxonomy import LEAVES
from brightline.use import NOTHING, reading, together


def scored(attention: int, leaf: str, *, state: TextState = TextState.SCORED) -> TextDescription:
    scores = dict.fromkeys(LEAVES, -1000) | {leaf: attention}
    return TextDescription(state, attention, leaf, scores, frozenset({leaf}))


ONE, OTHER = scored(500, "cyber.intrusion"), scored(-200, "work.research")


def test_the_highest_attention_names_the_leaf_and_every_score_is_the_highest() -> None:
    found = together([OTHER, ONE])
    assert (found.state, found.attention, found.leaf, found.views) == (TextState.SCORED, 500, "cyber.intrusion", 2)
    assert (found.scores["cyber.intrusion"], found.scores["work.research"]) == (500, -200)
    assert found.evidence == {"cyber.intrusion", "work.research"}
    assert together([ONE]) is ONE


def test_policies_are_told_by_the_thresholds_of_the_app() -> None:
    leaf = frozenset({"cyber.intrusion"})
    assert reading(ONE, None) == TextReading(unknown=False, uncalibrated=True)
    assert reading(ONE, Bands(499, 100)) == TextReading(uncalibrated=False, held=leaf, advised=leaf)
    assert reading(ONE, Bands(500, 499)) == TextReading(uncalibrated=False, advised=leaf)
    assert reading(ONE, Bands(900, 500)) == TextReading(uncalibrated=False)
    # Ordinary but for its attention: the leaf that stands out among those attended to.
    assert len(reading(OTHER, Bands(-300, -300)).held) == 1
    unread = scored(700, "cyber.intrusion", state=TextState.UNKNOWN)
    assert reading(unread, Bands(600, 0)) == TextReading(unknown=True, uncalibrated=False, held=leaf, advised=leaf)
    assert reading(NOTHING, Bands(-9, -9)) == TextReading(unknown=True, uncalibrated=False)
    assert reading(NOTHING, None).unknown


def test_what_nobody_can_read_makes_all_unknown() -> None:
    for unread in (NOTHING, scored(-900, "work.research", state=TextState.UNKNOWN)):
        found = together([ONE, unread])
        assert (found.state, found.leaf, found.attention) == (TextState.UNKNOWN, "", 500)
    nothing = together([])
    assert (nothing.state, nothing.attention, nothing.scores) == (TextState.UNKNOWN, 0, {})
