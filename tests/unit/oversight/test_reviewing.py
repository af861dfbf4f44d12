"""Reviews of broken glass: wanted by the log's own word, signed by somebody else, also after a fork."""

from dataclasses import replace

import pytest

from brightline.crypto.seal import WrappingKey, unseal
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import NO_REFERENCE, Kind, Verdict, decode
from brightline.domain.record import Group
from brightline.domain.sign_off.binding import BoundRule, Demand
from brightline.domain.sign_off.review import NOT_JUSTIFIED, SignedReview
from brightline.domain.sign_off.statement import ShownLog
from brightline.oversight.reviewing import REVIEW_MS, Reviewing
from brightline.oversight.service import Holds
from brightline.testing.sign_off import ROLE, Person
from tests.unit.oversight.rig import ANA, BEN, CLEO, Rig, run

GLASS = (BoundRule("r", "", "", "", ROLE, 2, Demand("watch-commander", 1)),)
REQUESTER = Person("requester-1", serial=7)
AUTHOR = Person("author", roles=("policy-author",), serial=8)


def refused(rig: Rig, hold: bytes, person: Person, **changes: object) -> str:
    with pytest.raises(BrightlineError) as caught:
        run(rig.taking.reviewing.take(rig.review(hold, person, **changes)))
    return caught.value.code


def judge(rig: Rig, hold: bytes, person: Person, **changes: object) -> int:
    return run(rig.taking.reviewing.take(rig.review(hold, person, **changes))).index


def broken(rig: Rig, **changes: object) -> bytes:
    hold = rig.place(rules=GLASS, **changes)
    assert rig.say(hold, ANA, "break-glass") == "APPROVED"
    return hold


def test_what_was_not_broken_wants_no_review(rig: Rig) -> None:
    assert refused(rig, rig.place(rules=GLASS), BEN) == "hold/no-review"


def test_nobody_reviews_what_he_broke_or_asked_for_or_in_anothers_name(rig: Rig) -> None:
    hold = broken(rig)
    rig.people = (*rig.people, REQUESTER, AUTHOR)
    assert refused(rig, hold, ANA) == "hold/own-review"
    assert refused(rig, hold, REQUESTER) == "signoff/own-approval"
    assert refused(rig, hold, AUTHOR) == "signoff/policy-author"
    theirs = replace(SignedReview.parse(rig.review(hold, BEN)).review, person="cleo")
    with pytest.raises(BrightlineError, match="signoff/other-person"):
        run(rig.taking.reviewing.take(rig.sign_review(theirs, BEN)))
    with pytest.raises(BrightlineError, match="signoff/other-person"):
        run(rig.taking.reviewing.take(rig.review(hold, BEN), person="cleo"))


@pytest.mark.parametrize("what", ["keys", "persons", "serials"])
def test_nobody_who_was_revoked_reviews(rig: Rig, what: str) -> None:
    hold = broken(rig)
    listed: dict[str, object] = {"keys": (BEN.key.public.id,), "persons": ("ben",), "serials": (BEN.serial,)}
    rig.revoked = replace(rig.revoked, number=2, **{what: listed[what]})  # type: ignore[arg-type]
    assert refused(rig, hold, BEN) == "signoff/revoked"
    rig.directory = False
    assert refused(rig, hold, CLEO) == "signoff/no-directory"


def test_a_review_is_of_this_action_in_a_role_of_ones_own_and_signed(rig: Rig) -> None:
    hold, other = broken(rig), broken(rig)
    assert refused(rig, hold, BEN, binding=rig.binding(other).digest.hex()) == "signoff/other-binding"
    assert refused(rig, hold, BEN, role="gardener") == "signoff/role"
    assert refused(rig, hold, BEN, words=" ") == "signoff/bad-field"
    whole = SignedReview.parse(rig.review(hold, BEN))
    forged = replace(whole, review=replace(whole.review, verdict=NOT_JUSTIFIED))
    with pytest.raises(BrightlineError, match="signoff/bad-signature"):
        run(rig.taking.reviewing.take(forged.canonical))


@pytest.mark.parametrize("late_ms", [-10 * 60_000, 10 * 60_000])
def test_a_review_is_not_of_the_future_nor_from_before_the_act(rig: Rig, late_ms: int) -> None:
    hold = broken(rig)
    assert refused(rig, hold, BEN, signed_at_ms=rig.ledger.time_ms + late_ms) == "signoff/signed-at"


def test_the_reviewer_was_shown_this_log_with_the_broken_glass_in_it(rig: Rig) -> None:
    hold = broken(rig)
    size, ledger = rig.ledger.size, rig.ledger
    for shown in (
        ShownLog(ledger.origin, size - 1, ledger.root_at(size - 1)),
        ShownLog(ledger.origin, size, bytes(32)),
        ShownLog(ledger.origin, size + 1, ledger.root_at(size)),
        ShownLog("example.org/other", size, ledger.root_at(size)),
    ):
        assert refused(rig, hold, BEN, log=shown) == "hold/other-log"


def test_a_review_is_an_entry_that_commits_to_what_was_signed_and_is_made_once(rig: Rig) -> None:
    hold = broken(rig)
    data = rig.review(hold, BEN, NOT_JUSTIFIED)
    index = run(rig.taking.reviewing.take(data)).index
    leaf = decode(rig.ledger.entries[index])
    assert (leaf.kind, leaf.verdict, leaf.use_id) == (Kind.REVIEW, Verdict.FORBID, hold)
    assert leaf.reference == rig.holds.get(hold).kept.index
    assert leaf.commitment == SignedReview.parse(data).digest
    assert unseal(rig.ledger.blobs[index], WrappingKey(b"k" * 32))[Group.CONTENT] == data
    assert refused(rig, hold, CLEO) == "hold/no-review"
    assert rig.taking.reviewing.wanted() == ()


def test_a_justified_review_says_so(rig: Rig) -> None:
    hold = broken(rig)
    assert decode(rig.ledger.entries[judge(rig, hold, BEN)]).verdict is Verdict.PERMIT


def test_of_two_reviews_at_once_one_is_taken(rig: Rig) -> None:
    hold = broken(rig)
    rig.ledger.meanwhile = lambda: judge(rig, hold, CLEO) and None
    assert refused(rig, hold, BEN) == "hold/no-review"
    assert [kind for kind in rig.ledger.kinds() if kind is Kind.REVIEW] == [Kind.REVIEW]


def test_glass_broken_after_its_review_wants_another_by_somebody_else_again(rig: Rig) -> None:
    hold = rig.place(rules=(replace(GLASS[0], quorum=3, break_glass=Demand("watch-commander", 2)),))
    assert rig.say(hold, ANA, "break-glass") == "OPEN"
    judge(rig, hold, BEN)
    assert rig.say(hold, BEN, "break-glass") == "APPROVED"
    (wanted,) = rig.taking.reviewing.wanted()
    assert [said.index for said in wanted.broken] == [rig.ledger.size - 1]
    assert refused(rig, hold, BEN) == "hold/own-review"
    judge(rig, hold, CLEO)
    assert rig.taking.reviewing.wanted() == ()


def test_glass_that_two_broke_is_reviewed_by_a_third(rig: Rig) -> None:
    hold = rig.place(rules=(replace(GLASS[0], quorum=3, break_glass=Demand("watch-commander", 2)),))
    for person in (ANA, BEN):
        rig.say(hold, person, "break-glass")
    assert [refused(rig, hold, person) for person in (ANA, BEN)] == ["hold/own-review"] * 2
    judge(rig, hold, CLEO)


def test_the_first_due_is_first_and_the_time_is_the_logs(rig: Rig) -> None:
    first = broken(rig)
    rig.ledger.time_ms += 1000
    second = broken(rig)
    reviewing, now_ms = rig.taking.reviewing, rig.ledger.time_ms
    assert [wanted.hold for wanted in reviewing.wanted()] == [first, second]
    assert [reviewing.overdue(now_ms=now_ms + REVIEW_MS - 1000 + at) for at in (-1, 0, 999, 1000)] == [0, 1, 1, 2]
    assert reviewing.wanted()[0].due_ms == reviewing.wanted()[0].opened_ms + REVIEW_MS


def test_no_row_hides_a_review(rig: Rig) -> None:
    """Somebody with write access takes away all that the store has of a hold, but for the log."""
    hold = broken(rig)
    rig.store.database.value("PRAGMA foreign_keys=0")
    for table in ("statements", "hold_contents", "hold_queues", "holds"):
        rig.by_hand(f"DELETE FROM {table}")
    rig.later(REVIEW_MS)
    assert rig.taking.reviewing.overdue(now_ms=rig.ledger.time_ms) == 1
    with pytest.raises(BrightlineError, match="hold/not-found"):
        rig.holds.get(hold)


@pytest.mark.parametrize("what", ["the hold", "the vote", "the vote's leaf too"])
def test_what_is_damaged_cannot_be_judged_and_stays_due(rig: Rig, what: str) -> None:
    hold = broken(rig)
    data = rig.review(hold, BEN)
    at = rig.holds.get(hold).kept.index
    if what == "the hold":
        other = rig.holds.get(broken(rig)).kept.index
        rig.ledger.blobs[at] = rig.ledger.blobs[other]
        rig.taking.reviewing = Reviewing(Holds(rig.holds.parts))
    elif what == "the vote":
        rig.by_hand("DELETE FROM sealed WHERE position & 1099511627775 > ?", at)
    else:
        wanted = rig.taking.reviewing.get(hold)
        rig.by_hand("DELETE FROM leaves WHERE position & 1099511627775 > ?", at)
        with pytest.raises(BrightlineError, match="hold/damaged"):
            rig.taking.reviewing.broken_by(wanted, rig.taking.reviewing.kept(wanted))
        return
    with pytest.raises(BrightlineError, match="hold/damaged"):
        run(rig.taking.reviewing.take(data))
    assert hold in [wanted.hold for wanted in rig.taking.reviewing.wanted()]


def test_broken_glass_that_names_anothers_entry_cannot_be_judged(rig: Rig) -> None:
    """Its leaf in the store says this hold's id and that one's entry."""
    hold, other = broken(rig), rig.place(rules=GLASS)
    (said,) = rig.taking.reviewing.get(hold).broken
    leaf = replace(said.read, reference=rig.holds.get(other).kept.index).encode()
    rig.by_hand("UPDATE leaves SET leaf = ? WHERE position & 1099511627775 = ?", leaf, said.index)
    wanted = rig.taking.reviewing.get(hold)
    with pytest.raises(BrightlineError, match="hold/damaged"):
        rig.taking.reviewing.kept(wanted)


def test_the_request_shows_who_broke_it_under_the_head_that_is_given(rig: Rig) -> None:
    hold, shown = broken(rig), ShownLog("o", 3, bytes(32))
    request = rig.taking.reviewing.request(hold, shown)
    assert (request.binding, request.log) == (rig.binding(hold), shown)
    assert [signed.statement.person for signed in request.broken] == ["ana"]


# After a fork


def test_glass_broken_before_a_fork_is_reviewed_after_it(rig: Rig) -> None:
    hold = broken(rig)
    data = SignedReview.parse(rig.review(hold, BEN))
    rig.fork()
    assert rig.taking.reviewing.overdue(now_ms=rig.ledger.time_ms + REVIEW_MS) == 1
    shown = ShownLog(rig.ledger.origin, 1, rig.ledger.root_at(1))
    assert judge_again(rig, data, log=ShownLog("example.org/simulated", 1, bytes(32))) == "hold/other-log"
    assert judge_again(rig, data, log=shown, person="ana") == "signoff/other-person"
    assert judge_again(rig, data, log=shown) == ""
    leaf = decode(rig.ledger.entries[-1])
    assert (leaf.kind, leaf.reference, leaf.use_id) == (Kind.REVIEW, 0, hold)
    assert leaf.reference != NO_REFERENCE
    assert rig.taking.reviewing.wanted() == ()


def judge_again(rig: Rig, before: SignedReview, **changes: object) -> str:
    """The code of the refusal of a review of a hold that the log in use does not have, or nothing."""
    said = replace(before.review, **changes)  # type: ignore[arg-type]
    try:
        run(rig.taking.reviewing.take(rig.sign_review(said, BEN)))
    except BrightlineError as error:
        return error.code
    return ""


def test_a_hold_of_an_earlier_shard_that_is_damaged_cannot_be_judged(rig: Rig) -> None:
    hold = broken(rig)
    rig.fork()
    wanted = rig.taking.reviewing.get(hold)
    rig.by_hand(
        "UPDATE leaves SET leaf = (SELECT leaf FROM leaves WHERE substr(leaf, 2, 1) = X'12') "
        "WHERE substr(leaf, 2, 1) = X'09'"
    )
    with pytest.raises(BrightlineError, match="hold/damaged"):
        rig.taking.reviewing.kept(wanted)
    rig.by_hand("DELETE FROM leaves WHERE position & 1099511627775 = ?", wanted.broken[0].read.reference)
    with pytest.raises(BrightlineError, match="hold/damaged"):
        rig.taking.reviewing.kept(wanted)
