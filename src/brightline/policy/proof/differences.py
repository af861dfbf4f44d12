"""What differs between two versions of an agreement, as values: the report of `diff`.

INVARIANT: a group's request was decided by our evaluator and by the reference engine under both versions; nothing here
was only claimed by a solver.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from brightline.domain.decision import Decision, Effect, Layer
from brightline.policy.expressions import Json
from brightline.policy.typical import Deviation
from brightline.policy.written import WrittenRequest

_RANK = {Effect.FORBID: 0, Effect.HOLD: 1, Effect.PERMIT: 2}


class Change(Enum):
    """How the answer to one request changes from the old version to the new one."""

    PERMITTED = "newly-permitted"
    HELD = "newly-held"
    FORBIDDEN = "newly-forbidden"
    LOOSENED = "held-by-less"
    TIGHTENED = "held-by-more"


class Verdict(Enum):
    """What the search says about everything it did not show."""

    EQUIVALENT = "equivalent"  # both solvers: no request is decided differently
    DIFFERENT = "different"  # both solvers: every request that is decided differently belongs to a group shown
    CUT = "different, cut"  # there are more groups than were asked for
    NOT_PROVED = "not proved"  # a solver gave up: there may be more


@dataclass(frozen=True, slots=True)
class Cause:
    """A policy that makes the difference: `how` is `removed`, `added` or `changed`; the words are its author's."""

    policy_id: str
    how: str
    layer: Layer
    forbids: bool
    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class Group:
    """All requests whose answer changes in one way for one cause, and one of them with the fewest choices in it.

    `fewest` tells that the solver showed that no request of the group has fewer; `contradictions` are facts of the
    request that no gateway would put together, where every request of the group has some; `also` are further actions
    under which the same request changes in the same way.
    """

    change: Change
    before: Decision
    after: Decision
    causes: tuple[Cause, ...]
    request: WrittenRequest
    chosen: tuple[Deviation, ...]
    fewest: bool
    contradictions: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def widens(self) -> bool:
        """Whether more may happen under the new version: what was refused is held, or what was held is permitted."""
        if self.change is Change.LOOSENED:
            return True
        return _RANK[self.after.effect] > _RANK[self.before.effect]


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that two versions decide differently, group by group; `registers` are differences outside policies.

    `registers_may_widen` tells that one of these may let more happen, which no policy shows; `why` says what was not
    proved; `entities` is the union of both charts, over which the search went.
    """

    old: str
    new: str
    registers: tuple[str, ...]
    registers_may_widen: bool
    groups: tuple[Group, ...]
    verdict: Verdict
    why: str
    solvers: tuple[str, ...]
    entities: tuple[Mapping[str, Json], ...]

    @property
    def widens(self) -> bool:
        """Whether any group shown lets more happen."""
        return any(group.widens for group in self.groups)

    def of(self, change: Change) -> tuple[Group, ...]:
        """The groups of one kind."""
        return tuple(group for group in self.groups if group.change is change)
