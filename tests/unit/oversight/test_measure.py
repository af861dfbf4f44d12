"""What votes say of the people who cast them."""

import math
from dataclasses import replace

import pytest

from brightline.oversight.measure import HOUR_MS, Share, VoteRecord, as_json, interval, measure

VOTE = VoteRecord(
    hold="00" * 16,
    person="anna",
    role="officer",
    risk="high",
    decision="allow",
    decoy=False,
    dwell_ms=20_000,
    evidence_listed=2,
    evidence_opened=2,
    opened_ms=0,
    signed_at_ms=1_000,
)


def votes(*decisions, decoy=True, person="anna"):
    """One vote a hold, in this order."""
    return [
        replace(VOTE, hold=f"{decoy}-{number}", person=person, decision=decision, decoy=decoy, signed_at_ms=number)
        for number, decision in enumerate(decisions)
    ]


def only(found):
    (one,) = measure(found).approvers
    return one


def test_refuses_more_hits_than_there_are():
    for hits, total in ((1, 0), (-1, 3), (4, 3)):
        with pytest.raises(ValueError, match="of"):
            interval(hits, total)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # From the closed forms at the ends, and from tables of the binomial distribution in between.
        (0, 0, 0, 1),
        (0, 4, 0, 1 - 0.025**0.25),
        (4, 4, 0.025**0.25, 1),
        (0, 20, 0, 1 - 0.025**0.05),
        (5, 10, 0.1870860, 0.8129140),
        (1, 5, 0.0050508, 0.7164179),
        (9, 10, 0.5549839, 0.9974714),
    ],
)
def test_the_exact_interval(hits, total, low, high):
    found = interval(hits, total)
    assert found.low == pytest.approx(low, abs=1e-6)
    assert found.high == pytest.approx(high, abs=1e-6)


def test_the_tails_at_the_ends_are_what_is_left_of_the_confidence():
    for hits, total in ((1, 7), (13, 40), (200, 201)):
        found = interval(hits, total)
        above = sum(math.comb(total, k) * found.low**k * (1 - found.low) ** (total - k) for k in range(hits, total + 1))
        below = sum(math.comb(total, k) * found.high**k * (1 - found.high) ** (total - k) for k in range(hits + 1))
        assert above == pytest.approx(0.025, abs=1e-9)
        assert below == pytest.approx(0.025, abs=1e-9)


def test_whoever_always_allows_is_flagged_within_twenty_decoys():
    flagged = [only(votes(*["allow"] * count)).flagged for count in range(1, 21)]
    assert flagged == [False] * 3 + [True] * 17


def test_to_break_the_glass_for_a_decoy_is_to_miss_it():
    assert only(votes(*["break-glass"] * 4)).flagged


def test_whoever_looks_is_not_flagged():
    assert not only(votes(*["deny"] * 20)).flagged
    assert not only(votes(*["deny"] * 18, "allow", "allow")).flagged
    assert not only(votes(*["allow"] * 50, decoy=False)).flagged


def test_decoys_and_real_actions_are_counted_apart():
    one = only([*votes("deny", "allow", "deny"), *votes("allow", "allow", "deny", decoy=False)])
    assert (one.catches.hits, one.catches.total) == (2, 3)
    assert one.allows == Share(2, 3)
    assert one.votes == 6


def test_the_first_vote_counts_and_a_revocation_is_none():
    first = replace(VOTE, decoy=True, decision="allow", signed_at_ms=5)
    later = [replace(first, decision="revoke", signed_at_ms=6), replace(first, decision="deny", signed_at_ms=7)]
    one = only([*later, first])
    assert (one.votes, one.catches.hits, one.catches.total) == (1, 0, 1)
    assert measure([later[0]]).approvers == ()


@pytest.mark.parametrize(("risk", "floor"), [("low", 5_000), ("high", 15_000), ("top", 30_000)])
def test_the_floor_of_each_class_is_for_what_is_let_pass(risk, floor):
    quick = replace(VOTE, risk=risk, dwell_ms=floor - 1)
    assert only([quick]).under_floor == Share(1, 1)
    assert only([replace(quick, decision="break-glass")]).under_floor == Share(1, 1)
    assert only([replace(quick, dwell_ms=floor)]).under_floor == Share(0, 1)
    assert only([replace(quick, decision="deny")]).under_floor == Share(0, 0)


def test_dwell_is_the_median():
    times = [replace(vote, dwell_ms=dwell) for vote, dwell in zip(votes(*["deny"] * 3), (1, 50, 900), strict=True)]
    assert only(times).dwell_ms == 50


def test_no_more_evidence_is_opened_than_there_is():
    found = [replace(VOTE, hold="a", evidence_opened=9), replace(VOTE, hold="b", evidence_opened=1)]
    assert only(found).evidence == Share(3, 4)
    assert only([replace(VOTE, evidence_listed=0, evidence_opened=0)]).evidence.share is None


def test_the_busiest_hour():
    times = (0, 10, HOUR_MS - 1, HOUR_MS, HOUR_MS + 5, 5 * HOUR_MS)
    found = [replace(VOTE, hold=str(number), signed_at_ms=time) for number, time in enumerate(times)]
    assert only(found).busiest_hour == 4
    assert only(found[:1]).busiest_hour == 1


def test_who_allows_with_whom():
    def together(*pairs):
        return measure(
            replace(VOTE, hold=str(number), person=person) for number, pair in enumerate(pairs) for person in pair
        )

    always = together("ab", "ab", "ba")
    assert (always.pair_bits, always.most_pair_bits) == (0, 0)
    turning = together("ab", "bc", "ca")
    assert turning.pair_bits == pytest.approx(turning.most_pair_bits) == math.log2(3)
    assert together("ab", "ab", "ab", "bc").pair_bits == pytest.approx(0.8112781)
    assert together("abc").pair_bits == pytest.approx(math.log2(3))
    assert together("a", "b").most_pair_bits == 0
    refused = measure([VOTE, replace(VOTE, person="bert", decision="deny")])
    assert refused.pair_bits == 0


def test_all_of_them_together():
    found = measure([*votes("deny", "allow"), *votes("deny", "deny", person="bert"), VOTE])
    assert [one.person for one in found.approvers] == ["anna", "bert"]
    assert (found.votes, found.holds) == (5, 3)
    assert (found.catches.hits, found.catches.total) == (3, 4)
    assert found.allows == Share(1, 1)
    assert found.under_floor == Share(0, 2)
    assert found.evidence == Share(10, 10)


def test_nobody_has_voted():
    nothing = measure([])
    assert (nothing.approvers, nothing.votes, nothing.catches.share) == ((), 0, None)
    assert (nothing.catches.low, nothing.catches.high) == (0, 1)


def test_the_report_for_machines():
    whole = as_json(measure([*votes(*["allow"] * 4), VOTE]))
    assert (whole["votes"], whole["flagged_below"], whole["confidence"]) == (5, 0.7, 0.95)
    (anna,) = whole["approvers"]
    assert (anna["person"], anna["flagged"], anna["dwell_ms"], anna["busiest_hour"]) == ("anna", True, 20_000, 5)
    assert anna["allows"] == {"hits": 1, "total": 1, "share": 1.0}
    assert anna["catches"] == {"hits": 0, "total": 4, "share": 0.0, "low": 0.0, "high": pytest.approx(0.6023646)}
    assert as_json(measure([]))["evidence"] == {"hits": 0, "total": 0, "share": None}
