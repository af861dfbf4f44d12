"""What may follow what: an entry that a verifier would refuse never gets an index."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from brightline.domain.leaf import Kind, Outcome, Verdict, decode
from brightline.domain.record import Entry, IdempotencyClaim
from brightline.ledger.batch import Batch, write_all
from brightline.ledger.errors import AgreementChangedError, EntryRefusedError
from brightline.ledger.layout import MARK_EVERY
from brightline.ledger.shard_log import ShardLog
from brightline.storage import Mark
from tests.unit.ledger.conftest import NOON, House, intent, outcome, refusal

CLAIM = IdempotencyClaim(bytes([1]) * 32, bytes([2]) * 32)


@pytest.fixture
def log(house: House) -> Iterator[ShardLog]:
    writer = house.writer()
    yield writer.log
    writer.stop()


def refused(log: ShardLog, entry: Entry) -> str:
    """Why `entry` cannot come next."""
    size = log.tree.size
    with pytest.raises(EntryRefusedError) as caught:
        Batch(log, NOON).add(entry)
    assert log.tree.size == size
    return caught.value.code if caught.value.code != "ledger/bad-leaf" else str(caught.value.words["what"])


def changed(entry: Entry, **fields: object) -> Entry:
    return Entry(replace(decode(entry.leaf), **fields).encode(), entry.blob)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "leaf", [b"", bytes(230), b"\x02" + intent().leaf[1:], b"\x01\x63" + intent().leaf[2:], intent().leaf + b"\x00"]
)
def test_what_is_no_leaf(log: ShardLog, leaf: bytes) -> None:
    assert refused(log, Entry(leaf, b"")) == "it is no leaf of this version"


def test_what_cannot_follow(log: ShardLog) -> None:
    assert "do not go together" in refused(log, Entry(intent().leaf))
    assert "do not go together" in refused(log, Entry(refusal().leaf, b"sealed"))
    assert "genesis" in refused(log, changed(refusal(), kind=Kind.GENESIS))
    assert "enclave" in refused(log, changed(intent(), enclave_id=bytes(8)))
    for entry in (intent(), refusal()):
        assert refused(log, changed(entry, agreement_digest=bytes(32))) == "ledger/agreement-changed"
    assert "unsigned" in refused(log, changed(intent(), flags=1))
    assert "not permitted" in refused(log, changed(intent(), verdict=Verdict.FORBID))
    assert "was permitted" in refused(log, changed(refusal(), verdict=Verdict.PERMIT))
    assert "before its end" in refused(log, changed(intent(), outcome=Outcome.COMPLETE))
    assert "not before it" in refused(log, changed(refusal(), reference=log.tree.size))
    assert "of its kind" in refused(log, outcome(0, outcome=Outcome.NONE))
    assert "of its kind" in refused(log, outcome(0, outcome=Outcome.ABANDONED))
    assert "of its kind" in refused(log, changed(outcome(0), kind=Kind.ABANDONED))


def hold() -> Entry:
    return changed(refusal(), kind=Kind.HOLD, verdict=Verdict.HOLD)


def of_hold(kind: Kind, at: int, verdict: Verdict = Verdict.PERMIT) -> Entry:
    return changed(refusal(), kind=kind, reference=at, verdict=verdict)


def test_a_hold_is_of_what_was_held(log: ShardLog) -> None:
    assert "was not held" in refused(log, changed(hold(), verdict=Verdict.PERMIT))


@pytest.mark.parametrize("kind", [Kind.SIGN_OFF, Kind.BREAK_GLASS, Kind.EXECUTION, Kind.REVIEW, Kind.DECOY])
def test_what_is_said_of_a_hold_refers_to_one(log: ShardLog, kind: Kind) -> None:
    assert "of which hold" in refused(log, changed(of_hold(kind, 0), reference=2**64 - 1))
    assert "no hold" in refused(log, of_hold(kind, 0))
    batch = Batch(log, NOON)
    at = batch.add(hold()).index
    assert batch.add(of_hold(kind, at)).index == at + 1
    batch.store()
    log.settle()
    assert Batch(log, NOON).add(of_hold(kind, at)).index == at + 2


@pytest.mark.parametrize("kind", [Kind.SIGN_OFF, Kind.BREAK_GLASS])
def test_a_vote_is_for_one_side(log: ShardLog, kind: Kind) -> None:
    assert "neither side" in refused(log, of_hold(kind, 0, Verdict.HOLD))


def test_a_log_begins_with_its_genesis(log: ShardLog) -> None:
    log.tree.size = 0
    assert "genesis" in refused(log, intent())


def test_an_intent_is_closed_once_and_by_its_own_use(log: ShardLog) -> None:
    batch = Batch(log, NOON)
    began = batch.add(intent(1))
    assert refused(log, outcome(began.index, 2)) == "ledger/not-open"
    assert refused(log, changed(outcome(began.index, 1), agreement_digest=bytes(32))) == "ledger/not-open"
    batch.add(outcome(began.index, 1))
    assert refused(log, outcome(began.index, 1)) == "ledger/not-open"
    assert refused(log, outcome(0, 1)) == "ledger/not-open"


def test_a_reference_to_an_earlier_entry_may_stand(log: ShardLog) -> None:
    assert Batch(log, NOON).add(changed(refusal(), reference=0)).index == 2


def test_a_claim_is_taken_once_within_a_group_and_across_groups(log: ShardLog) -> None:
    database = log.entries._database
    with database.transaction():
        batch = Batch(log, NOON)
        began = batch.add(intent(1, claim=CLAIM))
        assert refused(log, intent(2, claim=CLAIM)) == "ledger/claim-taken"
        with pytest.raises(EntryRefusedError):
            batch.add(intent(2, claim=CLAIM))
        batch.store()
    with database.transaction():
        assert refused(log, intent(3, claim=CLAIM)) == "ledger/claim-taken"
        (ended,) = write_all(log, [outcome(began.index, 1)], NOON)
    found = log.claims.find(CLAIM.scope)
    assert found is not None
    assert (found.intent, found.outcome) == (began.index, ended.index)


def test_an_empty_group_writes_nothing(log: ShardLog) -> None:
    batch = Batch(log, NOON)
    batch.store()
    assert (batch.count, batch.bytes) == (0, 0)


def test_marks_and_tiles_are_stored_as_they_fill(log: ShardLog) -> None:
    database = log.entries._database
    with database.transaction():
        (began,) = write_all(log, [intent(1)], NOON)
        write_all(log, [refusal()] * (MARK_EVERY - 3), NOON)
    assert log.entries.mark() == Mark(MARK_EVERY, log.packed_intents())
    assert log.packed_intents()[:8] == began.index.to_bytes(8, "big")
    assert log.entries.tile(0, MARK_EVERY // 256 - 1) is not None


def meter(use: int = 1, **fields: object) -> Entry:
    return changed(intent(use), **{"kind": Kind.METER, "verdict": Verdict.NONE, **fields})


def test_a_meter_entry_goes_with_the_entry_of_its_use_and_refers_to_it(log: ShardLog) -> None:
    batch = Batch(log, NOON)
    begun = batch.add(intent()._replace(meter=meter()))
    ended = batch.add(outcome(begun.index)._replace(meter=meter()))
    batch.store()
    assert (ended.index, batch.count) == (begun.index + 2, 4)
    with_intent, closing, with_outcome = map(decode, log.entries.leaves(begun.index + 1, begun.index + 4))
    assert [leaf.kind for leaf in (with_intent, closing, with_outcome)] == [Kind.METER, Kind.OUTCOME, Kind.METER]
    assert [with_intent.reference, with_outcome.reference] == [begun.index, ended.index]
    assert log.entries.blob(begun.index + 1) == b"sealed"


def test_what_does_not_go_with_an_entry(log: ShardLog) -> None:
    for other in (meter(2), intent(), Entry(b"", None), meter(agreement_digest=bytes(32))):
        assert "no meter entry of its use" in refused(log, intent()._replace(meter=other))
    assert "do not go together" in refused(log, intent()._replace(meter=Entry(meter().leaf)))


def test_a_meter_entry_alone_is_of_a_use_that_is_open(log: ShardLog) -> None:
    assert "of no use" in refused(log, meter())
    batch = Batch(log, NOON)
    begun = batch.add(intent())
    assert batch.add(meter(reference=begun.index)).index == begun.index + 1
    assert "of no use" in refused(log, meter(2, reference=begun.index))
    batch.add(outcome(begun.index))
    assert "of no use" in refused(log, meter(reference=begun.index))


def test_an_authority_is_registered_alone_and_used_with_a_use(log: ShardLog) -> None:
    batch = Batch(log, NOON)
    registered = batch.add(meter(9, kind=Kind.AUTHORITY))
    begun = batch.add(intent()._replace(meter=meter(kind=Kind.AUTHORITY)))
    batch.add(meter(kind=Kind.AUTHORITY, reference=begun.index))
    assert "of no use" in refused(log, meter(2, kind=Kind.AUTHORITY, reference=registered.index))
    with pytest.raises(AgreementChangedError):
        Batch(log, NOON).add(meter(kind=Kind.AUTHORITY, agreement_digest=bytes(32)))
