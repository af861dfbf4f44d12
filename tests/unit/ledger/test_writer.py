"""The writer: what fails it, what it refuses then, and what healing finds."""

import errno
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Flag, Kind, decode
from brightline.domain.record import Appended, Entry, IdempotencyClaim
from brightline.ledger import writer as writer_module
from brightline.ledger.errors import EntryRefusedError, LedgerUnavailableError, LogFaultError, OpenRefusedError
from brightline.ledger.files import LocalFiles
from brightline.ledger.sequencer import Waiting
from brightline.ledger.service import Ledger
from brightline.ledger.settings import Acceptance
from brightline.ledger.state import Condition
from brightline.ledger.writer import Writer
from brightline.storage import Database, Store, StoreFaultError, StoreRefusedError
from brightline.storage.interpose import Interposed
from brightline.testing.faulty_vfs import FailingDisk
from tests.unit.ledger.conftest import AGREEMENT, NOON, SEED, House, intent, outcome, refusal

CLAIM = IdempotencyClaim(bytes([1]) * 32, bytes([2]) * 32)


@pytest.fixture
def writer(house: House) -> Iterator[Writer]:
    opened = house.writer()
    yield opened
    if not opened.closed:
        opened.stop()


class Failing:
    """A writer over a disk that fails when told to."""

    def __init__(self, house: House, kind: str) -> None:
        self.disk = FailingDisk(kind)
        self.layer = Interposed(f"unit-{os.urandom(4).hex()}", self.disk)
        store = Store.open(house.path, create=True, vfs=self.layer.name)
        self.writer = Writer(store, seed=SEED, settings=house.settings, machine=house.machine)
        self.writer.open()

    def close(self) -> None:
        self.writer.stop()
        self.layer.unregister()


@pytest.fixture(params=["full", "write", "sync"])
def failing(house: House, request: pytest.FixtureRequest) -> Iterator[Failing]:
    made = Failing(house, request.param)
    yield made
    made.close()


def commit(writer: Writer, *entries: Entry) -> list[Appended | Exception]:
    """Hand in each entry by itself, all in one group."""
    group = [Waiting((entry,), None) for entry in entries]
    writer.commit(group)
    return [waiting.result if isinstance(waiting.result, Exception) else waiting.result[0] for waiting in group]


def done(writer: Writer, *entries: Entry) -> list[Appended]:
    results = commit(writer, *entries)
    assert all(isinstance(result, Appended) for result in results), results
    return [result for result in results if isinstance(result, Appended)]


def kinds(writer: Writer) -> list[Kind]:
    return [decode(leaf).kind for leaf in writer.log.entries.leaves(0, writer.log.size)]


def codes(results: Sequence[Appended | Exception]) -> list[str]:
    return [result.code if isinstance(result, BrightlineError) else "" for result in results]


def tamper(house: House, statement: str) -> None:
    """Change the store behind the ledger's back, its write-ahead log included."""
    other = Database.open(house.path / "store.db", create=False)
    other.value(statement)
    other.drop()


def test_a_fault_refuses_the_whole_group_and_everything_after(failing: Failing) -> None:
    writer = failing.writer
    (began,) = done(writer, intent(1))
    failing.disk.broken = True
    assert set(codes(commit(writer, intent(2), refusal(3)))) == {"ledger/unavailable"}
    refused = failing.disk.refused
    assert set(codes(commit(writer, outcome(began.index, 1), refusal(4)))) == {"ledger/unavailable"}
    assert failing.disk.refused == refused  # nothing was written or synced again
    assert writer.state().condition is Condition.FAILED
    with pytest.raises(LedgerUnavailableError):
        writer.sign()
    with pytest.raises(LedgerUnavailableError):
        writer.rotate_key(bytes(32))
    assert not writer.heal()
    assert writer.failed


def test_healing_keeps_what_was_acknowledged_and_closes_what_nobody_will(failing: Failing) -> None:
    writer = failing.writer
    ended, runs, claimed = done(writer, intent(1), intent(2), intent(3, claim=CLAIM))
    failing.disk.broken = True
    commit(writer, intent(4), outcome(ended.index, 1))
    failing.disk.broken = False
    assert writer.heal()
    assert writer.state().ready
    assert writer.metrics().healed == writer.metrics().failures == 1
    assert sorted(writer.log.open_intents) == [runs.index, claimed.index]
    last = done(writer, outcome(runs.index, 2), outcome(claimed.index, 3))[-1]
    found = writer.log.claims.find(CLAIM.scope)
    assert found is not None
    assert found.outcome == last.index
    assert codes(commit(writer, outcome(ended.index, 1))) == ["ledger/not-open"]


def test_entries_that_stayed_though_nobody_was_told_are_closed(house: House) -> None:
    made = Failing(house, "sync")
    writer = made.writer
    made.disk.broken = True
    commit(writer, intent(1), refusal(2))
    made.disk.broken = False
    assert writer.heal()
    assert kinds(writer)[2:] == [Kind.INTENT, Kind.REFUSAL, Kind.ABANDONED]
    made.close()


def test_an_outcome_that_stayed_closes_its_intent(house: House) -> None:
    made = Failing(house, "sync")
    writer = made.writer
    (began,) = done(writer, intent(1))
    made.disk.broken = True
    commit(writer, outcome(began.index, 1))
    made.disk.broken = False
    assert writer.heal()
    assert kinds(writer)[2:] == [Kind.INTENT, Kind.OUTCOME]
    assert writer.log.open_intents == {}
    made.close()


def test_healing_without_a_fault_does_nothing(writer: Writer) -> None:
    assert writer.heal()
    assert writer.metrics().healed == 0


def test_a_store_that_lost_entries_stays_failed(writer: Writer, house: House) -> None:
    done(writer, refusal(1), refusal(2))
    writer.fail(LogFaultError("ledger/moved", path="x"))
    writer.fail(LogFaultError("ledger/read-only", path="x"))
    writer._store.drop()
    tamper(house, "DELETE FROM leaves WHERE position = (SELECT max(position) FROM leaves)")
    assert not writer.heal()
    assert writer.state().code == "ledger/lost-entries"


def test_changed_entries_are_lost_entries(writer: Writer, house: House) -> None:
    done(writer, refusal(1), refusal(2))
    writer.fail(LogFaultError("ledger/moved", path="x"))
    writer._store.drop()
    tamper(house, "UPDATE leaves SET leaf = zeroblob(230) WHERE position = (SELECT max(position) FROM leaves)")
    assert not writer.heal()
    assert writer.state().code == "ledger/lost-entries"


def test_healing_never_makes_a_missing_log_directory(writer: Writer, house: House) -> None:
    done(writer, refusal(1))
    house.log.rename(house.path / "away")
    assert codes(commit(writer, refusal(2))) == ["ledger/unavailable"]
    assert not writer.heal()
    assert not house.log.exists()
    (house.path / "away").rename(house.log)
    assert writer.heal()


def test_a_path_that_moves_during_the_commit_is_noticed_before_anybody_is_told(
    writer: Writer, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    transaction = writer._store.database.transaction

    def moving() -> object:
        house.log.rename(house.path / "away")
        return transaction()

    with monkeypatch.context() as patched:
        patched.setattr(writer._store.database, "transaction", moving)
        assert codes(commit(writer, intent(1))) == ["ledger/unavailable"]
    (house.path / "away").rename(house.log)
    assert writer.heal()
    assert kinds(writer)[-2:] == [Kind.INTENT, Kind.ABANDONED]


def test_a_publication_that_fails_during_the_commit_refuses_it(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    transaction = writer._store.database.transaction

    def failing() -> object:
        writer.fail(LogFaultError("ledger/cannot-publish", path="x", why="y"))
        return transaction()

    with monkeypatch.context() as patched:
        patched.setattr(writer._store.database, "transaction", failing)
        assert codes(commit(writer, refusal(1))) == ["ledger/unavailable"]
    assert writer.heal()


def test_whatever_else_goes_wrong_refuses_too(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(log: object, time_ms: int) -> object:
        raise KeyError("on purpose")

    with monkeypatch.context() as patched:
        patched.setattr(writer_module, "Batch", broken)
        assert codes(commit(writer, refusal(1))) == ["ledger/unavailable"]
        assert writer.state().code == "ledger/internal"
    assert writer.heal()


def test_one_refused_entry_does_not_hold_up_the_others(writer: Writer) -> None:
    results = commit(writer, refusal(1), outcome(0, 9), intent(2))
    assert codes(results) == ["", "ledger/not-open", ""]
    assert writer.log.size == 4


def test_entries_together_are_all_or_none(writer: Writer) -> None:
    (runs,) = done(writer, intent(1, claim=CLAIM))
    together = Waiting((intent(2), outcome(0, 9)), None)
    writer.commit([together])
    assert codes([together.result]) == ["ledger/not-open"]  # type: ignore[list-item]
    assert (writer.log.size, list(writer.log.open_intents)) == (3, [runs.index])
    assert writer.log.open_intents[runs.index].claim == CLAIM.scope
    fine = Waiting((refusal(2), refusal(3)), None)
    writer.commit([fine])
    assert [one.index for one in fine.result] == [3, 4]  # type: ignore[union-attr]


def test_what_goes_with_the_entries_is_written_with_them_or_not_at_all(writer: Writer) -> None:
    settings = writer._store.settings(1)

    def refuse(index: int) -> None:
        settings.set("x", b"1")
        raise StoreRefusedError("storage/key-exists", key="k")

    refused = Waiting((refusal(1),), None, refuse)
    writer.commit([refused])
    assert codes([refused.result]) == ["storage/key-exists"]  # type: ignore[list-item]
    assert settings.get("x") is None
    assert writer.state().ready
    fine = Waiting((refusal(1),), None, lambda index: settings.set("x", b"%d" % index))
    writer.commit([fine])
    assert settings.get("x") == b"%d" % fine.result[0].index  # type: ignore[index]


def test_a_fault_in_what_goes_with_the_entries_fails_the_ledger(writer: Writer) -> None:
    def fail(index: int) -> None:
        raise StoreFaultError("storage/full", path="x")

    waiting = Waiting((refusal(1),), None, fail)
    writer.commit([waiting])
    assert codes([waiting.result]) == ["ledger/unavailable"]  # type: ignore[list-item]
    assert writer.heal()


def test_low_disk_refuses_new_uses_only(writer: Writer, house: House) -> None:
    (runs,) = done(writer, intent(1))
    house.space.free = 999
    assert codes(commit(writer, intent(2), outcome(runs.index, 1), refusal(3))) == ["ledger/low-disk", "", ""]
    assert writer.state().condition is Condition.LOW_DISK
    house.space.free = 1000
    writer.look()
    assert writer.state().ready
    done(writer, intent(4))


def test_a_doubtful_clock_refuses_new_uses_until_acknowledged(writer: Writer, house: House) -> None:
    (runs,) = done(writer, intent(1))
    with pytest.raises(OpenRefusedError) as caught:
        writer.acknowledge_clock("why not", "ann")
    assert caught.value.code == "ledger/clock-not-in-doubt"
    house.clock.wall += 3_600_000
    results = commit(writer, intent(2), outcome(runs.index, 1))
    assert codes(results) == ["ledger/clock-in-doubt", ""]
    assert writer.log.last_ms == NOON
    assert writer.state().condition is Condition.CLOCK
    appended = writer.acknowledge_clock("the time service was off", "ann")
    leaf = decode(writer.log.entries.leaves(appended.index, appended.index + 1)[0])
    assert (leaf.kind, leaf.flags & Flag.CLOCK_ACKNOWLEDGED) == (Kind.EPOCH, Flag.CLOCK_ACKNOWLEDGED)
    assert b"the time service was off" in (writer.log.entries.blob(appended.index) or b"")
    assert writer.state().ready
    assert done(writer, intent(3))[0].time_ms == NOON + 3_600_000


def test_a_clock_that_was_acknowledged_behind_stays_so_over_a_start(house: House) -> None:
    first = house.writer()
    done(first, refusal(1))
    house.clock.wall -= 7_200_000
    first.look()
    first.acknowledge_clock("set right", "ann")
    first.stop()
    second = house.writer()
    assert second.state().ready
    assert done(second, intent(1))[0].time_ms == NOON
    second.stop()
    house.clock.wall -= 7_200_000
    third = house.writer()
    assert third.state().condition is Condition.CLOCK
    third.stop()


def test_a_key_is_rotated_by_an_entry_and_the_old_one_opens_nothing_then(house: House) -> None:
    writer = house.writer()
    old = writer.log.signer
    with pytest.raises(OpenRefusedError) as caught:
        writer.rotate_key(SEED)
    assert caught.value.code == "ledger/same-key"
    appended, vkey = writer.rotate_key(bytes([9]) * 32)
    assert decode(writer.log.entries.leaves(appended.index, appended.index + 1)[0]).kind is Kind.KEY
    assert vkey == writer.log.signer.vkey != old.vkey
    assert old.vkey.encode() in (writer.log.entries.blob(appended.index) or b"")
    writer.fail(LogFaultError("ledger/moved", path="x"))
    assert writer.heal()
    assert writer.log.signer.vkey == vkey
    writer.stop()
    refused = Writer(house.store(), seed=SEED, settings=house.settings, machine=house.machine)
    with pytest.raises(OpenRefusedError):
        refused.open()
    refused._store.abandon()
    house.seed = bytes([9]) * 32
    house.writer().stop()


def test_a_fault_during_the_logs_own_entries_fails_it(failing: Failing, house: House) -> None:
    failing.disk.broken = True
    with pytest.raises(LedgerUnavailableError):
        failing.writer.rotate_key(bytes([9]) * 32)
    assert failing.writer.failed
    failing.disk.broken = False
    failing.writer.heal()


def test_the_logs_own_entries_follow_the_same_rules(writer: Writer) -> None:
    with pytest.raises(EntryRefusedError):
        writer._append_own([outcome(0, 9)])
    assert writer.log.size == 2


def test_a_checkpoint_that_cannot_be_kept_is_not_given_out(failing: Failing) -> None:
    failing.disk.broken = True
    with pytest.raises(LedgerUnavailableError):
        failing.writer.sign()
    assert failing.writer.failed
    failing.disk.broken = False
    assert failing.writer.heal()
    failing.writer.sign()


def test_looking_notices_what_is_wrong(writer: Writer, house: House) -> None:
    house.space.writable = False
    writer.look()
    assert writer.state().code == "ledger/read-only"
    writer.look()
    house.space.writable = True
    assert writer.heal()


def test_many_open_intents_are_abandoned_at_the_next_start(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "MOST_IN_GROUP", 3)
    first = house.writer()
    done(first, *(intent(use) for use in range(8)))
    first._store.abandon()
    second = house.writer()
    assert kinds(second)[-8:] == [Kind.ABANDONED] * 8
    assert second.log.open_intents == {}
    second.stop()


def test_a_directory_that_cannot_be_made_refuses_the_start(house: House) -> None:
    class NoDirectories(LocalFiles):
        def make_directory(self, path: Path) -> bool:
            raise OSError(errno.EACCES, "permission denied")

    house.files = NoDirectories()
    store = house.store()
    writer = Writer(store, seed=SEED, settings=house.settings, machine=house.machine)
    with pytest.raises(LogFaultError) as caught:
        writer.open()
    assert caught.value.code == "ledger/cannot-publish"
    store.abandon()


def test_a_closed_writer_refuses(house: House) -> None:
    writer = house.writer()
    writer.stop()
    assert writer.state().condition is Condition.CLOSED
    assert codes(commit(writer, refusal(1))) == ["ledger/closed"]
    writer.fail(LogFaultError("ledger/moved", path="x"))
    assert not writer.heal()


def test_before_opening_there_is_no_log(house: House) -> None:
    writer = Writer(house.store(), seed=SEED, settings=house.settings, machine=house.machine)
    with pytest.raises(LedgerUnavailableError):
        assert writer.log
    assert writer.metrics().entries == writer.metrics().published == 0
    writer.stop()


def test_behind_its_anchor_it_refuses_everything(house: House) -> None:
    first = house.writer()
    done(first, refusal(1))
    first.publisher.publish(first.log, first.sign())  # type: ignore[union-attr]
    first.stop()
    (house.path / "store.db").unlink()
    second = house.writer()
    assert codes(commit(second, outcome(0), Entry(b""))) == ["ledger/behind-anchor"] * 2
    assert second.state().condition is Condition.BEHIND_ANCHOR
    second.look()
    assert second.heal()
    with pytest.raises(LedgerUnavailableError):
        second.sign()
    second.stop()
    shutil.rmtree(house.path / "log")


SECOND = replace(AGREEMENT, version=2, digest=bytes([8]) * 32)


def nothing() -> None:
    """Nothing goes with the entry."""


def under(entry: Entry, agreement: AgreementRef) -> Entry:
    return Entry(replace(decode(entry.leaf), agreement_digest=agreement.digest).encode(), entry.blob)


def test_a_version_that_is_not_higher_is_not_accepted(writer: Writer, house: House) -> None:
    for agreement in (AGREEMENT, replace(AGREEMENT, digest=bytes([9]) * 32)):
        with pytest.raises(StoreRefusedError) as caught:
            writer.accept_agreement(agreement, Acceptance(), nothing)
        assert caught.value.code == "storage/version-not-higher"
    assert writer.agreement == AGREEMENT.digest
    assert kinds(writer) == [Kind.GENESIS, Kind.AGREEMENT]


def test_what_goes_with_an_acceptance_stops_it(writer: Writer) -> None:
    def refuse() -> None:
        raise EntryRefusedError("ledger/claim-taken")

    with pytest.raises(EntryRefusedError):
        writer.accept_agreement(SECOND, Acceptance(), refuse)
    assert writer.agreement == AGREEMENT.digest
    done(writer, intent(1))


def test_a_failed_acceptance_leaves_the_old_or_the_new_and_never_neither(failing: Failing, house: House) -> None:
    writer = failing.writer
    failing.disk.broken = True
    with pytest.raises(LedgerUnavailableError):
        writer.accept_agreement(SECOND, Acceptance(), nothing)
    failing.disk.broken = False
    assert writer.heal()
    in_force = SECOND if writer.agreement == SECOND.digest else AGREEMENT
    assert writer.log.agreement == in_force.digest
    done(writer, under(intent(1), in_force))
    writer.rotate_key(bytes(32))  # the log's own entries go on under what is in force


def test_from_its_entry_on_an_acceptance_binds_new_uses_and_lets_running_ones_end(writer: Writer, house: House) -> None:
    (began,) = done(writer, intent(1))
    appended = writer.accept_agreement(SECOND, Acceptance(how="tightening", signers=("v k",), by="me"), nothing)
    assert codes(commit(writer, intent(2), refusal(3))) == ["ledger/agreement-changed"] * 2
    done(writer, outcome(began.index, 1), under(intent(2), SECOND))
    record = json.loads(writer.log.entries.blob(appended.index) or b"")
    assert (record["version"], record["how"], record["signers"], record["by"]) == (2, "tightening", ["v k"], "me")
    writer.stop()
    house.agreement = SECOND
    again = house.writer()
    assert again.agreement == SECOND.digest
    again.stop()


def test_a_store_whose_accepted_versions_were_changed_does_not_open(house: House) -> None:
    house.writer().stop()
    tamper(house, "UPDATE agreements SET digest = zeroblob(32)")
    with pytest.raises(OpenRefusedError) as caught:
        house.run(nobody)
    assert caught.value.code == "ledger/other-agreement"
    tamper(house, "DELETE FROM agreements")
    with pytest.raises(OpenRefusedError) as caught:
        house.run(nobody)
    assert caught.value.code == "ledger/other-agreement"


async def nobody(ledger: Ledger) -> None:
    """Only opens."""


def test_the_ledgers_time_never_goes_back(writer: Writer, house: House) -> None:
    house.clock.pass_ms(5000)
    done(writer, refusal())
    assert writer.now_ms() == NOON + 5000
    house.clock.wall -= 4000
    assert writer.now_ms() == NOON + 5000
    house.clock.wall += 9000
    assert writer.now_ms() == NOON + 10_000
