"""The plainest request of a group: taken there by trying, then shown by the solver to have the fewest choices."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from brightline.policy.proof.counting import fewer_than
from brightline.policy.proof.terms import Term, conj
from brightline.policy.reduce import Holds, Reduced, reduce
from brightline.policy.typical import Typical
from brightline.policy.written import WrittenRequest

# A request that satisfies a formula; `found` is none when there is none (`shown`), or when nobody can say.
Find = Callable[[Term], "Answer"]


class Answer(NamedTuple):
    """What a search for a request gave."""

    found: WrittenRequest | None
    shown: bool


class Minimal(NamedTuple):
    """A request, how plain it is, and whether the solver showed that none has fewer choices."""

    reduced: Reduced
    fewest: bool


def minimal(
    asked: WrittenRequest, typical: Typical, holds: Holds, *, group: Term, chosen: Sequence[Term], find: Find
) -> Minimal:
    """The plainest request found for which `holds`, starting from `asked`.

    `group` is true for the requests for which `holds` is, and `chosen` are the things that somebody can choose.
    """
    best = reduce(asked, typical, holds)
    while count := _countable(best, typical):
        answer = find(conj([group, fewer_than(count, chosen)]))
        if answer.found is None:
            return Minimal(best, fewest=answer.shown)
        if not holds(answer.found):
            return Minimal(best, fewest=False)
        better = reduce(answer.found, typical, holds)
        if _countable(better, typical) >= count:
            return Minimal(best, fewest=False)
        best = better
    return Minimal(best, fewest=True)


def _countable(best: Reduced, typical: Typical) -> int:
    """How many things were chosen in `best`, without the action: a solver is asked about one action at a time."""
    return best.distance.chosen - (best.request.action != typical.plain.action)
