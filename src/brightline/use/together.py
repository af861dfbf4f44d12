"""What several texts of one use are described as."""

from collections.abc import Sequence

from brightline.domain.description import Bands, TextDescription, TextReading, TextState
from brightline.domain.taxonomy import ATTENDED, LEAVES

NOTHING = TextDescription(TextState.UNKNOWN, 0, "", {})
"""What nobody can read is described as."""


def together(described: Sequence[TextDescription]) -> TextDescription:
    """What several texts are described as together: unknown where one is, and else as that of the highest attention."""
    if len(described) == 1:
        return described[0]
    scored = [each for each in described if each.scores]
    highest = max(scored, key=lambda each: each.attention, default=NOTHING)
    unknown = not scored or any(each.state is TextState.UNKNOWN for each in described)
    return TextDescription(
        TextState.UNKNOWN if unknown else TextState.SCORED,
        highest.attention,
        "" if unknown else highest.leaf,
        {leaf: max([each.scores[leaf] for each in scored]) for leaf in LEAVES} if scored else {},
        frozenset[str]().union(*[each.evidence for each in described]),
        sum([each.views for each in described]),
    )


def reading(described: TextDescription, bands: Bands | None) -> TextReading:
    """What policies are told of words that are `described` so, by an app's `bands`; none: it is uncalibrated."""
    unknown = described.state is TextState.UNKNOWN
    if bands is None:
        return TextReading(unknown)
    if not described.scores:
        return TextReading(unknown, uncalibrated=False)
    # Also of what is unknown, or ordinary but for its attention, one leaf stands out.
    leaf = described.leaf if described.leaf in ATTENDED else max(ATTENDED, key=described.scores.__getitem__)
    held, advised = (frozenset({leaf}) if described.attention > least else frozenset[str]() for least in bands)
    return TextReading(unknown, uncalibrated=False, held=held, advised=advised)
