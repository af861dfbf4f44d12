"""Takes a request for which something holds towards the plainest one for which it still holds, by trying."""

from collections.abc import Callable
from typing import NamedTuple

from brightline.policy.typical import Distance, Typical
from brightline.policy.written import WrittenRequest

# Each step comes nearer, so this only bounds a request with very many elements.
MAX_STEPS = 200

Holds = Callable[[WrittenRequest], bool]


class Reduced(NamedTuple):
    """A request that no single change makes plainer, and its distance."""

    request: WrittenRequest
    distance: Distance


def reduce(asked: WrittenRequest, typical: Typical, holds: Holds) -> Reduced:
    """The request that is reached from `asked`, for which `holds` is true, by ever plainer ones for which it is.

    The same `asked` gives the same answer every time.
    """
    now = _undo(Reduced(asked, typical.distance(asked)), typical, holds)
    for _ in range(MAX_STEPS):
        nearer = _nearer(now, typical, holds)
        if nearer is None:
            break
        now = nearer
    return now


def _undo(now: Reduced, typical: Typical, holds: Holds) -> Reduced:
    """Undo one choice after the other where the request still holds: most of what a solver chose matters to nobody."""
    for deviation in typical.deviations(now.request):
        if deviation.name == "action":
            continue
        other = typical.undone(now.request, deviation.name)
        distance = typical.distance(other)
        if distance < now.distance and holds(other):
            now = Reduced(other, distance)
    return now


def _nearer(now: Reduced, typical: Typical, holds: Holds) -> Reduced | None:
    """The plainest of the requests one change away that is plainer than `now` and holds."""
    others = typical.others(now.request, towards_plain=True)
    measured = [(typical.distance(other), index, other) for index, other in enumerate(others)]
    for distance, _, other in sorted((item for item in measured if item[0] < now.distance), key=lambda item: item[:2]):
        if holds(other):
            return Reduced(other, distance)
    return None
