"""What one hold asks for beside another, and the words for what it asks for.

A hold is lifted by its sign-offs, or by breaking the glass where its policy names who may. So a hold that can be lifted
more easily in either way asks for less.
"""

from brightline.domain.decision import BreakGlass, Hold
from brightline.domain.sign_off.binding import RISKS


def covers(mine: Hold, asked: Hold) -> bool:
    """Whether nobody can lift `mine` without having done what `asked` asks: role, quorum, machine, break-glass."""
    enough = mine.role == asked.role and mine.quorum >= asked.quorum
    return enough and mine.own_machine >= asked.own_machine and _no_easier(mine.break_glass, asked.break_glass)


def demands_as_much(mine: Hold, asked: Hold) -> bool:
    """Whether `mine` covers `asked`, in no lower class of risk and for no longer."""
    # The classes stand in order: what is held in a later one is done with more care.
    careful = RISKS.index(mine.risk) >= RISKS.index(asked.risk) and mine.term_seconds <= asked.term_seconds
    return careful and covers(mine, asked)


def in_words(hold: Hold, *, tick: str = "") -> str:
    """What `hold` asks for, in words; what stands in it as in any other is left out. `tick` goes around names."""
    plain = Hold("", hold.role, hold.quorum)
    said = [f"{hold.quorum} of the role {tick}{hold.role}{tick}"]
    said += ["one of them on a machine of his own"] if hold.own_machine else []
    said += [f"at the risk {hold.risk}"] if hold.risk != plain.risk else []
    said += [f"within {hold.term_seconds:,} s"] if hold.term_seconds != plain.term_seconds else []
    other = hold.break_glass
    said += [f"or by {other.quorum} of the role {tick}{other.role}{tick} who break the glass"] if other else []
    return ", ".join(said)


def _no_easier(mine: BreakGlass | None, asked: BreakGlass | None) -> bool:
    if mine is None:
        return True
    return asked is not None and mine.role == asked.role and mine.quorum >= asked.quorum
