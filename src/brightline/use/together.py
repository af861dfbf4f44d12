"""What several texts of one use are described as."""

from collections.abc import Sequence

from brightline.domain.description import TextDescription, TextState
from brightline.use.taxonomy import LEAVES

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
