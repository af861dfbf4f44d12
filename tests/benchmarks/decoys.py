"""Whether the figures about approvers are true: simulated approvers of known skill, measured as real ones are.

An approver of skill p refuses a decoy with probability p. Over many approvers of each skill, the 95 % interval must
cover p; whoever always allows must be flagged within 20 decoys, and whoever looks hardly ever. Votes are on decoys that
the product makes from a real action, mixed with real actions.

`python -m tests.benchmarks decoys -- SEED` takes another seed.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from brightline.domain.sign_off.binding import NULL_AUDIENCE, ActionBinding
from brightline.oversight.decoys import Identity, Material, make_decoy
from brightline.oversight.measure import FLAGGED_BELOW, Approver, VoteRecord, measure
from brightline.testing.sign_off import make_binding
from tests.benchmarks.harness import Bar, BenchResult, Control, Options

SEED = 20_261_123
SKILLS = (0.0, 0.05, 0.3, 0.5, 0.7, 0.9, 0.95, 1.0)
DECOYS = (4, 10, 20, 50)
RUNS, QUICK_RUNS = 10_000, 1_000
COVERED = 93.0
WITHIN = 20
# Of careful approvers, watched after each of so many decoys, at most this share may ever be flagged.
WATCHED, SKILLED, ALARMS = 100, 0.9, 0.5
_Z = 1.959963984540054  # the 97.5th percentile of the normal distribution


class Bounds(NamedTuple):
    """Two ends of an interval."""

    low: float
    high: float


class Ballot(NamedTuple):
    """The two votes that somebody can cast on one decoy."""

    missed: VoteRecord
    caught: VoteRecord


@dataclass(slots=True)
class Coverage:
    """In how many of 100 runs an interval covers the truth, for each skill and number of decoys."""

    cells: dict[tuple[float, int], float] = field(default_factory=dict)

    @property
    def worst(self) -> tuple[float, float, int]:
        (skill, count), share = min(self.cells.items(), key=lambda cell: cell[1])
        return share, skill, count


def run(options: Options) -> BenchResult:
    """Simulate, measure and compare."""
    seed = int(options.arguments[0]) if options.arguments else SEED
    runs = QUICK_RUNS if options.quick else RUNS
    chance = random.Random(seed)
    ballots = _ballots(chance, max(*DECOYS, WATCHED))
    exact, wald, measured = Coverage(), Coverage(), Measured()
    for skill in SKILLS:
        for count in DECOYS:
            found = [measured(_votes(ballots[:count], skill, chance)) for _ in range(runs)]
            hits = [(one.catches.hits, Bounds(one.catches.low, one.catches.high)) for one in found]
            exact.cells[skill, count] = _covered([bounds for _, bounds in hits], skill)
            wald.cells[skill, count] = _covered([_wald(caught, count) for caught, _ in hits], skill)
    blind = max(_flagged_after(ballots, 0.0, chance, measured) for _ in range(100))
    never = _flagged_after(ballots, 0.0, chance, measured, judge=_by_time)
    careful = [_flagged_after(ballots, SKILLED, chance, measured) for _ in range(runs)]
    alarms = 100 * sum(after <= WATCHED for after in careful) / runs
    share, skill, count = exact.worst
    short, where, often = wald.worst
    return BenchResult(
        bars=[
            Bar("the interval covers the truth, worst of all cells", share, COVERED, "%", better="high"),
            Bar("an approver who always allows: flagged after", blind, WITHIN, "decoys"),
            Bar(f"approvers of skill {SKILLED}: ever flagged in {WATCHED}", alarms, ALARMS, "%"),
            Bar("decoys that some effector might take", _releasable(chance), 0, ""),
        ],
        controls=[
            Control(
                "the interval of Wald in its place",
                short < COVERED,
                f"covers {short:.1f} % at skill {where}, {often} decoys",
            ),
            Control(
                "a flag by the time that pages report",
                never > WITHIN,
                "an always-allow who says 40 s passes",
            ),
        ],
        notes=[
            f"seed {seed}; {runs:,} runs for each of {len(SKILLS)} skills and {len(DECOYS)} numbers of decoys",
            f"worst cell: skill {skill}, {count} decoys",
            f"flagged is whose upper end is below {FLAGGED_BELOW:.0%}",
        ],
    )


def _ballots(chance: random.Random, count: int) -> list[Ballot]:
    """Both votes on each of `count` decoys that the product makes."""
    return [_ballot(_decoy(chance, number), number) for number in range(count)]


def _decoy(chance: random.Random, number: int) -> ActionBinding:
    hold, nonce = (chance.randbytes(16).hex() for _ in range(2))
    start = 1_800_000_000_000 + number * 60_000
    real = Material(original=make_binding(audience=NULL_AUDIENCE))
    made = make_decoy(real, Identity(hold, nonce, start, start + 900_000), chance)
    if made is None:
        raise RuntimeError("no decoy could be made")
    return made.binding


def _ballot(decoy: ActionBinding, number: int) -> Ballot:
    def vote(decision: str) -> VoteRecord:
        return VoteRecord(
            hold=decoy.hold,
            person="approver",
            role="release-officer",
            risk=decoy.risk,
            decision=decision,
            decoy=True,
            dwell_ms=40_000,
            evidence_listed=len(decoy.evidence),
            evidence_opened=len(decoy.evidence),
            opened_ms=decoy.not_before_ms,
            signed_at_ms=decoy.not_before_ms + number,
        )

    return Ballot(vote("allow"), vote("deny"))


def _votes(ballots: Sequence[Ballot], skill: float, chance: random.Random) -> list[VoteRecord]:
    """What an approver of `skill` says to the decoys, and a real action that he allows."""
    real = VoteRecord("real", "approver", "release-officer", "top", "allow", False, 40_000, 1, 1, 0, 0)
    return [real, *(ballot[chance.random() < skill] for ballot in ballots)]


class Measured:
    """Measures the votes of one approver; whoever catches as many of as many decoys is measured once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Approver] = {}

    def __call__(self, votes: Sequence[VoteRecord]) -> Approver:
        key = len(votes), sum(vote.decision == "deny" for vote in votes)
        if key not in self._known:
            (self._known[key],) = measure(votes).approvers
        return self._known[key]


def _covered(intervals: Sequence[Bounds], skill: float) -> float:
    return 100 * sum(one.low <= skill <= one.high for one in intervals) / len(intervals)


def _wald(hits: int, total: int) -> Bounds:
    """The usual approximation, which is not the product's."""
    rate = hits / total
    half = _Z * math.sqrt(rate * (1 - rate) / total)
    return Bounds(rate - half, rate + half)


def _by_time(approver: Approver) -> bool:
    """A flag that believes what the approver's own page says of his time."""
    return bool(approver.under_floor.hits)


def _flagged_after(
    ballots: Sequence[Ballot],
    skill: float,
    chance: random.Random,
    measured: Measured,
    *,
    judge: Callable[[Approver], bool] = lambda approver: approver.flagged,
) -> int:
    """After how many decoys an approver of `skill` is flagged who is looked at after each; too many if never."""
    votes = _votes(ballots[:WATCHED], skill, chance)
    for count in range(1, WATCHED + 1):
        if judge(measured(votes[: count + 1])):
            return count
    return WATCHED + 1


def _releasable(chance: random.Random) -> int:
    """How many of a hundred decoys are made out to somebody."""
    return sum(_decoy(chance, number).audience != NULL_AUDIENCE for number in range(100))
