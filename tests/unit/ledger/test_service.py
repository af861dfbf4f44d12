"""The ledger as others see it."""

import asyncio
import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind, decode
from brightline.domain.record import Appended, Entry, IdempotencyClaim
from brightline.ledger import service as service_module
from brightline.ledger import verify_directory, verify_proof
from brightline.ledger.errors import (
    AgreementChangedError,
    EntryRefusedError,
    LedgerUnavailableError,
    LogFaultError,
    NoEntryError,
)
from brightline.ledger.files import LocalFiles
from brightline.ledger.service import Ledger
from brightline.ledger.settings import Acceptance
from brightline.ledger.state import Condition
from brightline.ledger.verify import DirectoryReader
from brightline.storage import StoreRefusedError
from tests.unit.ledger.conftest import AGREEMENT, House, intent, outcome, refusal

CLAIM = IdempotencyClaim(bytes([1]) * 32, bytes([2]) * 32)


class FailingFiles(LocalFiles):
    """Files that cannot be written while `broken`."""

    broken = False

    def write(self, path: Path, data: bytes) -> None:
        if self.broken:
            raise OSError(errno.ENOSPC, "no space left on device", str(path))
        super().write(path, data)


def kinds(ledger: Ledger) -> list[Kind]:
    return [decode(ledger.entry(index).leaf).kind for index in range(ledger.size)]


def test_a_refused_entry_is_refused_to_its_caller_only(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        results = await asyncio.gather(ledger.append(outcome(0, 9)), ledger.append(refusal(1)), return_exceptions=True)
        assert isinstance(results[0], EntryRefusedError)
        assert ledger.size == 3

    house.run(story)


def test_there_is_no_entry_beyond_the_size(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        for index in (-1, ledger.size):
            with pytest.raises(NoEntryError):
                ledger.entry(index)
            with pytest.raises(NoEntryError):
                ledger.blob(index)
            with pytest.raises(NoEntryError):
                await ledger.proof(index)
        for size in (-1, ledger.size + 1):
            with pytest.raises(NoEntryError):
                ledger.root_at(size)

    house.run(story)


def test_while_the_public_log_cannot_be_written_nothing_is_recorded(house: House) -> None:
    files = FailingFiles()
    house.files = files

    async def story(ledger: Ledger) -> None:
        await ledger.append(refusal(1))
        files.broken = True
        with pytest.raises(LedgerUnavailableError):
            await ledger.publish()
        with pytest.raises(LedgerUnavailableError):
            await ledger.append(refusal(2))
        with pytest.raises(LedgerUnavailableError):
            await ledger.publish()
        ledger._tick()
        assert ledger.state().condition is Condition.FAILED
        files.broken = False
        ledger._tick()
        assert ledger.state().ready
        await ledger.append(refusal(3))
        ledger._tick()
        ledger._tick()
        assert ledger.metrics().published == ledger.size

    house.run(story)


def test_a_ledger_that_is_failed_at_its_end_closes_all_the_same(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        await ledger.append(intent(1))
        ledger._writer.fail(LogFaultError("ledger/moved", path="x"))

    house.run(story)

    async def look(ledger: Ledger) -> list[Kind]:
        return kinds(ledger)

    assert house.run(look)[2:] == [Kind.INTENT, Kind.ABANDONED]


def test_a_closed_ledger_takes_nothing(house: House) -> None:
    kept: list[Ledger] = []

    async def story(ledger: Ledger) -> None:
        kept.append(ledger)

    async def after() -> None:
        with pytest.raises(LedgerUnavailableError):
            kept[0]._submit(service_module.Waiting((refusal(1),), None))

    house.run(story)
    asyncio.run(after())
    assert kept[0].state().condition is Condition.CLOSED


def test_the_publisher_fails_the_ledger_rather_than_die(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(ledger: Ledger) -> None:
        def broken() -> None:
            raise KeyError("on purpose")

        monkeypatch.setattr(ledger, "_tick", broken)
        ledger._publish_seconds = 0.001
        ledger._stopping.set()
        ledger._tender.join()
        ledger._stopping.clear()
        waits = iter([False, True])
        monkeypatch.setattr(ledger._stopping, "wait", lambda seconds: next(waits))
        ledger._tend()
        assert ledger.state().code == "ledger/internal"

    house.run(story)


def test_an_intent_whose_caller_is_gone_is_closed(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        gone = asyncio.ensure_future(ledger.append(intent(1)))
        refused = asyncio.ensure_future(ledger.append(outcome(0, 9)))
        other = asyncio.ensure_future(ledger.append(refusal(2)))
        await asyncio.sleep(0)
        for task in (gone, refused, other):
            task.cancel()
        heard: list[tuple[Entry, Appended | None]] = []
        ledger.unheard = lambda entry, appended: heard.append((entry, appended))
        await asyncio.gather(gone, refused, other, return_exceptions=True)
        while ledger.size < 5:
            await ledger.publish()
        assert [appended and appended.index for _, appended in heard] == [2, None, 3]
        assert ledger.heals == 0
        assert kinds(ledger)[2:] == [Kind.INTENT, Kind.REFUSAL, Kind.ABANDONED]
        assert ledger.metrics().open_intents == 0

    house.run(story)


def test_every_entry_can_be_proved_with_the_key_alone(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        for use in range(300):
            await ledger.append_all([refusal(use), refusal(use)])
        for index in (0, 255, 256, ledger.size - 1):
            proof = await ledger.proof(index)
            shown = verify_proof(proof, ledger.entry(index).leaf, ledger.vkey)
            assert (shown.index, shown.origin) == (index, ledger.origin)
        size = len(ledger._writer.log.entries.checkpoints())
        await ledger.proof(0)
        assert len(ledger._writer.log.entries.checkpoints()) == size

    house.run(story)


def test_what_goes_with_entries_is_told_where_they_stand(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        told: list[int] = []
        appended = await ledger.append_with([refusal(1), refusal(2)], told.append)
        assert told == [appended[0].index]
        assert ledger.shard.origin == ledger.origin

    house.run(story)


def test_the_directory_verifies_after_the_end(house: House) -> None:
    async def story(ledger: Ledger) -> tuple[str, Path, bytes]:
        began = await ledger.append(intent(1))
        await ledger.append(outcome(began.index, 1))
        await ledger.publish()
        await ledger.publish()
        return ledger.vkey, ledger.directory, await ledger.checkpoint()

    vkey, directory, note = house.run(story)
    assert directory == house.log
    found = verify_directory(DirectoryReader(directory), vkey, old_checkpoint=note)
    assert found.size == 4
    assert found.open_intents == ()
    assert next((house.path / "anchor").iterdir()).read_bytes() == (directory / "checkpoint").read_bytes()


def test_a_lost_directory_is_written_anew_at_the_next_start(house: House) -> None:
    async def story(ledger: Ledger) -> str:
        await ledger.append(refusal(1))
        return ledger.vkey

    vkey = house.run(story)
    before = verify_directory(DirectoryReader(house.log), vkey).root_hex
    shutil.rmtree(house.path / "log")

    async def nothing(ledger: Ledger) -> None:
        await ledger.publish()

    house.run(nothing)
    assert verify_directory(DirectoryReader(house.log), vkey).root_hex == before


def test_entries_records_and_uses_are_found(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        began = await ledger.append(intent(7))
        await ledger.append(refusal(8))
        ended = await ledger.append(outcome(began.index, 7))
        assert ledger.find_by_use((7).to_bytes(16, "big")) == (began.index, ended.index)
        assert ledger.entry(began.index).appended == began
        assert ledger.leaves(ended.index, 99) == [ledger.entry(ended.index).leaf]
        assert ledger.stored_leaf(began.index) == ledger.entry(began.index).leaf
        assert [ledger.stored_leaf(index) for index in (ledger.size, 1 << 40)] == [None, None]
        assert ledger.blob(began.index) == b"sealed"
        assert ledger.blob(ended.index) is None
        assert json.loads(ledger.blob(0) or b"")["record"] == "genesis"
        assert ledger.root_at(ledger.size) == ledger._writer.log.durable.root()

    house.run(story)


def test_a_claim_tells_how_its_use_stands(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        assert ledger.find_claim(CLAIM.scope) is None
        began = await ledger.append(intent(7, claim=CLAIM))
        running = ledger.find_claim(CLAIM.scope)
        assert running is not None
        assert (running.running, running.intent, running.outcome, running.body) == (True, began, None, CLAIM.body)
        ended = await ledger.append(outcome(began.index, 7))
        over = ledger.find_claim(CLAIM.scope)
        assert over is not None
        assert over.outcome is not None
        assert (over.running, over.outcome.appended, over.blob) == (False, ended, None)

    house.run(story)


def test_a_claim_of_an_abandoned_use_and_of_an_earlier_shard_has_no_outcome(house: House) -> None:
    async def begin(ledger: Ledger) -> None:
        await ledger.append(intent(7, claim=CLAIM))

    async def spent(ledger: Ledger) -> None:
        claim = ledger.find_claim(CLAIM.scope)
        assert claim is not None
        assert (claim.running, claim.outcome, claim.blob) == (False, None, None)

    async def fork(ledger: Ledger) -> None:
        await ledger.fork("lost")
        await spent(ledger)

    house.run(begin)
    shutil.copy(house.path / "store.db", house.path / "old.db")
    house.run(spent)
    shutil.copy(house.path / "old.db", house.path / "store.db")
    house.run(fork)


def test_commands_of_the_log_itself(house: House) -> None:
    async def story(ledger: Ledger) -> None:
        old = ledger.vkey
        appended, vkey = await ledger.rotate_key(bytes([9]) * 32)
        assert ledger.vkey == vkey != old
        assert decode(ledger.entry(appended.index).leaf).kind is Kind.KEY
        house.clock.wall += 3_600_000
        with pytest.raises(LedgerUnavailableError):
            await ledger.append(intent(1))
        await ledger.acknowledge_clock("set right", "ann")
        await ledger.append(intent(1))

    house.run(story)
    house.seed = bytes([9]) * 32

    async def vkey_of(ledger: Ledger) -> str:
        return ledger.vkey

    vkey = house.run(vkey_of)
    assert verify_directory(DirectoryReader(house.log), vkey).counts[Kind.KEY] == 1


def test_an_agreement_comes_into_force_with_what_belongs_to_it(house: House) -> None:
    second = replace(AGREEMENT, version=2, digest=bytes([8]) * 32)
    kept: list[str] = []

    async def story(ledger: Ledger) -> None:
        assert ledger.agreement == AGREEMENT.digest
        with pytest.raises(StoreRefusedError):
            await ledger.accept_agreement(AGREEMENT, Acceptance())
        appended = await ledger.accept_agreement(second, Acceptance(), lambda: kept.append("statement"))
        assert (ledger.agreement, kept) == (second.digest, ["statement"])
        assert decode(ledger.entry(appended.index).leaf).kind is Kind.AGREEMENT
        with pytest.raises(AgreementChangedError):
            await ledger.append(intent(1))
        assert ledger.now_ms() == house.clock.wall

    house.run(story)


def test_the_machine_is_the_default(house: House) -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        ledger = Ledger.open(house.store(), seed=house.seed, settings=house.settings, loop=loop)
        assert ledger.state().ready
        await ledger.close()

    asyncio.run(story())
