"""Decides a share of the live uses a second time, by the reference engine; a difference refuses the use.

The share is drawn at random, so that nobody who asks can tell which use is decided twice; the first decision of each
shape (who, what, where, and which policies hold or err) is decided twice as well, because what is new is where an
engine that was right so far may be wrong.
INVARIANT: after one difference every decision of that agreement is made by both engines.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from brightline.domain.agreement import AgreementRef
from brightline.policy.engine import Evaluation
from brightline.policy.oracle import Oracle
from brightline.policy.request import Request
from brightline.policy.values import Entity

# One in so many. cedarpy takes 0.3 ms at 200 policies and 3 ms at 1,000, so this adds 0.3 to 3 us to the mean decision,
# and a busy gateway (100 uses a second) still compares some 8,000 a day.
SHARE = 1_000
# Shapes that are remembered, at about 300 bytes; beyond, only the random share is decided twice. It also bounds what a
# caller can cost who makes new shapes on purpose: seconds in all.
MAX_SHAPES = 4_096

_Shape = tuple[Evaluation, Entity, Entity, Entity]


class Divergence(NamedTuple):
    """One use that the engines decided differently, for the alarm; it holds no content of the use.

    `code` is `policy/engine-disagrees-live`, or `policy/no-decision` when the reference engine gave no decision;
    `policies` are the ids of those about which the engines differ.
    """

    agreement: AgreementRef
    use_id: bytes
    code: str
    policies: tuple[str, ...]


class Count(NamedTuple):
    """How many live decisions were made twice, and how many of them differed."""

    compared: int
    different: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """How live uses are decided twice: `random` gives so many random bytes, `alarm` is told of every difference.

    `alarm` is called before the use is refused; `share` is one in so many.
    """

    random: Callable[[int], bytes]
    alarm: Callable[[Divergence], None]
    share: int = SHARE
    max_shapes: int = MAX_SHAPES


class Watch:
    """The second look at one agreement's live decisions."""

    def __init__(self, shadow: Shadow, oracle: Oracle) -> None:
        self._shadow = shadow
        self.alarm = shadow.alarm
        self._oracle = oracle
        self._shapes: set[_Shape] = set()
        self._waiting = self._gap()
        self._compared = self._different = 0

    @property
    def count(self) -> Count:
        """What was compared so far."""
        return Count(self._compared, self._different)

    def difference(self, request: Request, evaluation: Evaluation) -> tuple[str, tuple[int, ...]] | None:
        """The code of a refusal and the policies that it is about, when the engines differ; none when they agree.

        Nearly always none without asking the reference engine: this use is not in the share.
        """
        self._waiting -= 1
        shape = (evaluation, request.principal, request.action, request.resource)
        if self._waiting > 0 and shape in self._shapes:
            return None
        return self._compare(request, evaluation, shape)

    def _compare(self, request: Request, evaluation: Evaluation, shape: _Shape) -> tuple[str, tuple[int, ...]] | None:
        if self._waiting <= 0:
            self._waiting = self._gap()
        elif len(self._shapes) >= self._shadow.max_shapes and not self._different:
            return None
        self._compared += 1
        for found in self._oracle.differences([request], [evaluation]):
            self._different += 1
            self._shapes.clear()
            return ("policy/engine-disagrees-live" if found.decided else "policy/no-decision"), found.policies
        if not self._different and len(self._shapes) < self._shadow.max_shapes:
            self._shapes.add(shape)
        return None

    def _gap(self) -> int:
        """How many uses until the next of the share: `share` in the mean, and not to be foreseen."""
        drawn = int.from_bytes(self._shadow.random(8))
        return 1 + drawn % (2 * self._shadow.share - 1)
