"""A shard read back from the store."""

from collections.abc import Iterator

import pytest

from brightline.crypto.note import NoteSigner
from brightline.domain.record import IdempotencyClaim
from brightline.ledger.batch import write_all
from brightline.ledger.errors import LogFaultError
from brightline.ledger.layout import MARK_EVERY
from brightline.ledger.shard_log import ShardLog
from brightline.ledger.writer import Writer
from brightline.storage import SignedRow
from tests.unit.ledger.conftest import NOON, SEED, House, intent, outcome, refusal


@pytest.fixture
def writer(house: House) -> Iterator[Writer]:
    opened = house.writer()
    yield opened
    opened.stop()


def again(writer: Writer) -> ShardLog:
    """The same shard, read from the store."""
    fresh = ShardLog(writer._store, writer.log.shard, NoteSigner(writer.log.shard.origin, SEED))
    fresh.load()
    return fresh


def write(log: ShardLog, *entries: object) -> None:
    with log.entries._database.transaction():
        write_all(log, entries, NOON)  # type: ignore[arg-type]
    log.settle()


def test_a_missing_tile_is_a_fault(writer: Writer) -> None:
    write(writer.log, *[refusal()] * 300)
    writer._store.database.value("DELETE FROM tiles")
    with pytest.raises(LogFaultError) as caught:
        again(writer)
    assert caught.value.code == "ledger/no-node"


def test_a_checkpoint_that_is_no_prefix_is_a_fault(writer: Writer) -> None:
    log = writer.log
    note = log.signer.sign(f"{log.shard.origin}\n2\n{'A' * 43}=\n".encode())
    with writer._store.database.transaction():
        log.entries.add_checkpoint(SignedRow(2, 0, note))
    with pytest.raises(LogFaultError) as caught:
        again(writer)
    assert caught.value.code == "ledger/lost-entries"


@pytest.mark.parametrize("count", [0, 1, 253, 254, 255, 700])
def test_what_is_read_back_is_what_was_written(writer: Writer, count: int) -> None:
    log = writer.log
    write(log, *[refusal()] * count)
    found = again(writer)
    assert found.size == log.size == count + 2
    assert found.durable.root() == log.durable.root()
    assert found.last_ms == NOON
    assert (found.agreement, found.enclave) == (log.agreement, log.enclave)


def test_levels_above_are_read_back_too(writer: Writer) -> None:
    log = writer.log
    write(log, *[refusal()] * 65_800)
    assert again(writer).durable.root() == log.durable.root()


def test_open_intents_are_read_from_the_mark_on(writer: Writer) -> None:
    log = writer.log
    write(log, intent(1), intent(2), *[refusal()] * (MARK_EVERY - 4))
    assert log.marked == MARK_EVERY
    write(log, outcome(2, 1), intent(3))
    assert again(writer).open_intents == log.open_intents
    assert sorted(log.open_intents) == [3, MARK_EVERY + 1]


def test_open_intents_are_found_without_a_mark(writer: Writer) -> None:
    write(writer.log, intent(1), intent(2, claim=IdempotencyClaim(bytes(32), bytes(32))), outcome(2, 1))
    assert list(again(writer).open_intents) == [3]


def test_a_checkpoint_of_the_whole_log_is_not_signed_twice(writer: Writer) -> None:
    log = writer.log
    signed = log.sign(0)
    assert log.sign(0) is signed
    assert again(writer).sign(0).note == signed.note
    write(log, refusal())
    assert log.sign(0).view.size == 3
    assert len(log.entries.checkpoints()) == 2
    write(log, refusal())
    assert again(writer).signed is None


def test_an_empty_shard(writer: Writer) -> None:
    shards = writer._store.shards(agreement="pilot", enclave="field")
    with writer._store.database.transaction():
        shard = shards.add(number=2, origin="x", reason="r", vkey="v")
    log = ShardLog(writer._store, shard, NoteSigner("x", SEED))
    log.load()
    assert log.size == 0
