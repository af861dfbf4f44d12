"""Measures how people decide: what they catch, how long they look, what they open, how much they have to do.

A catch rate is of decoys: proposals that somebody made wrong on purpose. Its interval is the exact one of Clopper and
Pearson (Biometrika 26, 1934), which covers the truth in at least 95 of 100 cases for every rate and number.

INVARIANT: pure; everything comes from votes that people signed and from decoys that were opened after the vote.
LIMIT: `dwell_ms` and what was opened are the word of the place where somebody signed: a hint, and no proof.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from types import MappingProxyType

CONFIDENCE = 0.95
# Whose rate is below this, with that confidence, does not look: no training makes up for it.
FLAGGED_BELOW = 0.7
# How long anybody needs to read an action of each class of risk, at the least.
DWELL_FLOOR_MS: Mapping[str, int] = MappingProxyType({"low": 5_000, "high": 15_000, "top": 30_000})
HOUR_MS = 3_600_000
_LETS_PASS = frozenset(("allow", "break-glass"))
_VOTES = _LETS_PASS | {"deny"}
# Halvings of the interval from 0 to 1; more than a double can tell apart.
_STEPS = 60


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """One vote of one person on one hold, as his signed statement has it.

    `hold` is the hold's id in hex; `decision` is `allow`, `deny`, `break-glass` or `revoke`; `decoy` tells that the
    hold was a decoy, which is known only after it was opened. `evidence_listed` and `evidence_opened` count pieces of
    evidence. `opened_ms` is when the hold was placed.
    """

    hold: str
    person: str
    role: str
    risk: str
    decision: str
    decoy: bool
    dwell_ms: int
    evidence_listed: int
    evidence_opened: int
    opened_ms: int
    signed_at_ms: int


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`."""

    hits: int
    total: int

    @property
    def share(self) -> float | None:
        """The share; none of nothing."""
        return self.hits / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Rate(Share):
    """`hits` of `total`, and the interval in which the true rate lies with 95 % confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Approver:
    """How one person decides.

    `allows` is of real actions, `catches` of decoys. `under_floor` is how many of the votes that let something pass
    took less than the floor of their class; `evidence` how many pieces were opened of those listed. `busiest_hour` is
    the most votes within an hour. `flagged` tells that he does not look.
    """

    person: str
    votes: int
    allows: Share
    catches: Rate
    dwell_ms: int
    under_floor: Share
    evidence: Share
    busiest_hour: int
    flagged: bool


@dataclass(frozen=True, slots=True)
class Oversight:
    """How all of them decide; `pair_bits` is the entropy of who allows with whom, `most_pair_bits` what it could be."""

    approvers: tuple[Approver, ...]
    votes: int
    holds: int
    allows: Share
    catches: Rate
    under_floor: Share
    evidence: Share
    pair_bits: float
    most_pair_bits: float


def measure(votes: Iterable[VoteRecord]) -> Oversight:
    """What `votes` say; of several votes of one person on one hold the first counts, and a revocation is none."""
    counted = _first_votes(votes)
    by_person: dict[str, list[VoteRecord]] = {}
    for vote in counted:
        by_person.setdefault(vote.person, []).append(vote)
    bits, most = _pairs(counted)
    return Oversight(
        approvers=tuple([_approver(person, by_person[person]) for person in sorted(by_person)]),
        votes=len(counted),
        holds=len({vote.hold for vote in counted}),
        allows=_allows(counted),
        catches=_catches(counted),
        under_floor=_under_floor(counted),
        evidence=_evidence(counted),
        pair_bits=bits,
        most_pair_bits=most,
    )


def interval(hits: int, total: int) -> Rate:
    """The rate of `hits` in `total`, with its exact interval; raises `ValueError` for more hits than there are."""
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total}")
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if hits == 0 else _root(lambda rate: 1 - _at_most(hits - 1, total, rate) >= tail)
    high = 1.0 if hits == total else _root(lambda rate: _at_most(hits, total, rate) <= tail)
    return Rate(hits, total, low, high)


def _root(reached: Callable[[float], bool]) -> float:
    """The least rate at which `reached` turns true, which it does once on the way from 0 to 1."""
    below, above = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (below + above) / 2
        if reached(middle):
            above = middle
        else:
            below = middle
    return (below + above) / 2


def _at_most(hits: int, total: int, rate: float) -> float:
    """The probability of at most `hits` in `total` at `rate`, which lies between 0 and 1.

    Summed from its largest term on, each next one by its ratio: the largest is never too small for a double.
    """
    odds = rate / (1 - rate)
    start = min(hits, int((total + 1) * rate))
    choices = math.lgamma(total + 1) - math.lgamma(start + 1) - math.lgamma(total - start + 1)
    largest = math.exp(choices + start * math.log(rate) + (total - start) * math.log1p(-rate))
    terms, term = [largest], largest
    for one in range(start, 0, -1):
        term *= one / ((total - one + 1) * odds)
        terms.append(term)
    term = largest
    for one in range(start + 1, hits + 1):
        term *= (total - one + 1) * odds / one
        terms.append(term)
    return math.fsum(terms)


def _first_votes(votes: Iterable[VoteRecord]) -> list[VoteRecord]:
    first: dict[tuple[str, str], VoteRecord] = {}
    for vote in sorted(votes, key=lambda one: one.signed_at_ms):
        if vote.decision in _VOTES:
            first.setdefault((vote.hold, vote.person), vote)
    return list(first.values())


def _approver(person: str, votes: Sequence[VoteRecord]) -> Approver:
    catches = _catches(votes)
    return Approver(
        person=person,
        votes=len(votes),
        allows=_allows(votes),
        catches=catches,
        dwell_ms=int(median([vote.dwell_ms for vote in votes])),
        under_floor=_under_floor(votes),
        evidence=_evidence(votes),
        busiest_hour=_busiest_hour([vote.signed_at_ms for vote in votes]),
        flagged=catches.high < FLAGGED_BELOW,
    )


def _allows(votes: Iterable[VoteRecord]) -> Share:
    real = [vote.decision in _LETS_PASS for vote in votes if not vote.decoy]
    return Share(sum(real), len(real))


def _catches(votes: Iterable[VoteRecord]) -> Rate:
    caught = [vote.decision not in _LETS_PASS for vote in votes if vote.decoy]
    return interval(sum(caught), len(caught))


def _under_floor(votes: Iterable[VoteRecord]) -> Share:
    """Of the votes that let something pass: to refuse at once harms nobody."""
    passed = [vote.dwell_ms < DWELL_FLOOR_MS[vote.risk] for vote in votes if vote.decision in _LETS_PASS]
    return Share(sum(passed), len(passed))


def _evidence(votes: Sequence[VoteRecord]) -> Share:
    opened = sum(min(vote.evidence_opened, vote.evidence_listed) for vote in votes)
    return Share(opened, sum(vote.evidence_listed for vote in votes))


def _busiest_hour(times_ms: Sequence[int]) -> int:
    """The most of `times_ms`, which are in order, that lie within less than an hour."""
    most = start = 0
    for end, time_ms in enumerate(times_ms):
        while time_ms - times_ms[start] >= HOUR_MS:
            start += 1
        most = max(most, end - start + 1)
    return most


def _pairs(votes: Iterable[VoteRecord]) -> tuple[float, float]:
    """The entropy, in bits, of the pairs who let the same hold pass, and the most that these persons could have.

    Always the same two are no bits: whoever has one of them may have both.
    """
    together: dict[str, set[str]] = {}
    for vote in votes:
        if vote.decision in _LETS_PASS:
            together.setdefault(vote.hold, set()).add(vote.person)
    pairs = Counter(pair for persons in together.values() for pair in combinations(sorted(persons), 2))
    if not pairs:
        return 0.0, 0.0
    total = pairs.total()
    bits = -math.fsum(count / total * math.log2(count / total) for count in pairs.values())
    persons = len({person for pair in pairs for person in pair})
    return max(0.0, bits), math.log2(math.comb(persons, 2))


def as_json(found: Oversight) -> dict[str, object]:
    """The report as one JSON object; shares are of 1, and null of nothing."""
    return {
        "votes": found.votes,
        "holds": found.holds,
        **_shares(found),
        "pair_bits": found.pair_bits,
        "most_pair_bits": found.most_pair_bits,
        "confidence": CONFIDENCE,
        "flagged_below": FLAGGED_BELOW,
        "dwell_floor_ms": dict(DWELL_FLOOR_MS),
        "approvers": [_approver_json(one) for one in found.approvers],
    }


def _approver_json(one: Approver) -> dict[str, object]:
    return {
        "person": one.person,
        "votes": one.votes,
        **_shares(one),
        "dwell_ms": one.dwell_ms,
        "busiest_hour": one.busiest_hour,
        "flagged": one.flagged,
    }


def _shares(found: Oversight | Approver) -> dict[str, object]:
    return {
        "allows": _share(found.allows),
        "catches": {**_share(found.catches), "low": found.catches.low, "high": found.catches.high},
        "under_floor": _share(found.under_floor),
        "evidence": _share(found.evidence),
    }


def _share(found: Share) -> dict[str, object]:
    return {"hits": found.hits, "total": found.total, "share": found.share}
