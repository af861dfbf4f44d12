"""Records of holds: what is read back is what the entry committed to, or it is refused."""

from dataclasses import replace

import pytest

from brightline.crypto.seal import WrappingKey, seal
from brightline.domain.leaf import Kind, Verdict, decode
from brightline.domain.record import Group
from brightline.domain.sign_off.binding import NO_DEFINITION, BoundRule, Demand
from brightline.domain.sign_off.receipt import ExecutionReceipt, SignedReceipt
from brightline.domain.sign_off.review import NOT_JUSTIFIED, SignedReview
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.holds import HoldRecords, Kept, roles_of
from brightline.testing.sign_off import make_binding
from tests.unit.oversight.rig import ANA, BEN, REF, Rig


def damaged(records: HoldRecords, index: int, leaf: bytes, blob: bytes | None) -> bool:
    with pytest.raises(HoldError) as caught:
        records.read(index, leaf, blob)
    return caught.value.code == "hold/damaged"


def resealed(**groups: bytes) -> bytes:
    found = {Group[name]: data for name, data in groups.items()}
    return seal(found, wrapping_key=WrappingKey(b"k" * 32)).blob


def kept_of(rig: Rig, hold: bytes) -> Kept:
    return rig.holds.get(hold).kept


def test_a_hold_commits_to_its_binding_and_names_nobody(rig: Rig) -> None:
    draft = rig.draft()
    entry, row = rig.holds.parts.records.place(draft, REF)
    leaf = decode(entry.leaf)
    assert (leaf.kind, leaf.commitment, leaf.verdict) == (Kind.HOLD, draft.binding.digest, Verdict.HOLD)
    assert leaf.use_id.hex() == draft.binding.hold
    for part in (entry.leaf, entry.blob or b"", row.summary, row.content, row.principal, *row.roles):
        assert b"agent-7" not in part
        assert b"release-officer" not in part
    kept = rig.holds.parts.records.read(5, entry.leaf, entry.blob)
    assert (kept.binding, kept.use, kept.principal, kept.wrong) == (draft.binding, draft.use, "agent-7", "")


def test_a_decoy_looks_like_any_hold(rig: Rig) -> None:
    records = rig.holds.parts.records
    entry, row = records.place(rig.draft(wrong="", principal="ab"), REF)
    other, decoy = records.place(rig.draft(wrong="the latitude", principal=""), REF)
    assert len(entry.leaf) == len(other.leaf)
    shown, hidden = decode(entry.leaf), decode(other.leaf)
    assert (shown.kind, shown.verdict, shown.flags) == (hidden.kind, hidden.verdict, hidden.flags)
    assert (len(row.summary), len(row.content)) == (len(decoy.summary), len(decoy.content))


def test_another_record_another_leaf_and_no_record_are_refused(rig: Rig) -> None:
    records = rig.holds.parts.records
    entry, _ = records.place(rig.draft(), REF)
    other, _ = records.place(rig.draft(), REF)
    assert damaged(records, 1, entry.leaf, None)
    assert damaged(records, 1, entry.leaf, (entry.blob or b"")[:-1])
    assert damaged(records, 1, entry.leaf, other.blob)
    assert damaged(records, 1, entry.leaf[:-1], entry.blob)
    assert damaged(records, 1, entry.leaf, resealed(CONTENT=b"{}", DECISION=b"{}"))
    assert damaged(records, 1, entry.leaf, resealed(DECISION=b"{}"))
    moved = replace(decode(entry.leaf), kind=Kind.REFUSAL)
    assert damaged(records, 1, moved.encode(), entry.blob)


def test_what_lies_beside_a_hold_belongs_to_it_alone(rig: Rig) -> None:
    records = rig.holds.parts.records
    _, row = records.place(rig.draft(), REF)
    _, other = records.place(rig.draft(), REF)
    assert records.content(row.hold, row.content) == b"the answer"
    for blob in (other.content, None, resealed(CONTENT=b"x"), resealed(WHO=row.hold)):
        with pytest.raises(HoldError, match="hold/damaged"):
            records.content(row.hold, blob)


def test_a_list_shows_what_a_hold_is_about(rig: Rig) -> None:
    hold = rig.place()
    row = rig.rows.find(hold)
    assert row is not None
    summary = rig.holds.parts.records.summary(row)
    assert (summary.what, summary.requester, summary.risk) == ("release_payload", "requester-1", "top")
    call = rig.place(kind="model-call", tool="", definition=NO_DEFINITION)
    row = rig.rows.find(call)
    assert row is not None
    assert rig.holds.parts.records.summary(row).what == "call of simulated"


def test_a_statement_is_of_its_hold_and_is_what_its_leaf_says(rig: Rig) -> None:
    hold, other = rig.place(), rig.place()
    kept, records = kept_of(rig, hold), rig.holds.parts.records
    signed = rig.signed(hold, ANA)
    entry = records.statement(kept, signed, REF)
    assert records.read_statement(kept, entry.leaf, entry.blob) == signed
    allowed = decode(entry.leaf)
    assert (allowed.kind, allowed.verdict, allowed.reference) == (Kind.SIGN_OFF, Verdict.PERMIT, kept.index)
    assert decode(records.statement(kept, rig.signed(hold, ANA, "deny"), REF).leaf).verdict is Verdict.FORBID
    broken = decode(records.statement(kept, rig.signed(hold, ANA, "break-glass"), REF).leaf)
    assert (broken.kind, broken.verdict) == (Kind.BREAK_GLASS, Verdict.PERMIT)
    wrong = records.statement(kept, rig.signed(hold, ANA, "deny"), REF)
    cases = [
        (kept_of(rig, other), entry.leaf, entry.blob),
        (kept, entry.leaf, wrong.blob),
        (kept, entry.leaf, resealed(CONTENT=b"{}")),
        (kept, entry.leaf, resealed(WHO=b"{}")),
        (kept, b"", entry.blob),
        (kept, replace(allowed, kind=Kind.REVIEW).encode(), entry.blob),
    ]
    for of, leaf, blob in cases:
        with pytest.raises(HoldError, match="hold/damaged"):
            records.read_statement(of, leaf, blob)


def test_a_receipt_an_opening_and_a_review_refer_to_their_hold(rig: Rig) -> None:
    kept, records = kept_of(rig, rig.place()), rig.holds.parts.records
    receipt = ExecutionReceipt(kept.binding.digest.hex(), "uav-1.example", "a" * 32, 1, "done", 1, 2, "")
    signed = SignedReceipt(receipt, "b" * 64, b"s")
    leaf = decode(records.receipt(kept, signed, REF).leaf)
    assert (leaf.kind, leaf.reference, leaf.commitment) == (Kind.EXECUTION, kept.index, signed.digest)
    opened = decode(records.opening(kept, b"words", REF).leaf)
    assert (opened.kind, opened.reference, opened.verdict) == (Kind.DECOY, kept.index, Verdict.NONE)
    review = SignedReview.parse(rig.review(kept.hold, BEN, NOT_JUSTIFIED))
    said = decode(records.review(kept, review, REF, reference=0).leaf)
    assert (said.kind, said.reference, said.verdict) == (Kind.REVIEW, 0, Verdict.FORBID)
    assert (said.use_id, said.commitment) == (kept.hold, review.digest)


def test_every_role_of_either_path_is_asked() -> None:
    rules = (BoundRule("a", "", "", "", "x", 1, Demand("y", 1)), BoundRule("b", "", "", "", "z", 1, None))
    assert roles_of(make_binding(rules=rules)) == {"x", "y", "z"}
