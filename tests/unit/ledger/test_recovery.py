"""Which shard goes on, and when none may."""

import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.leaf import Flag, decode
from brightline.ledger import verify_directory
from brightline.ledger.errors import LogFaultError, OpenRefusedError
from brightline.ledger.files import LocalFiles
from brightline.ledger.service import Ledger
from brightline.ledger.settings import Acceptance
from brightline.ledger.state import Condition
from brightline.ledger.verify import DirectoryReader
from tests.unit.ledger.conftest import AGREEMENT, House, intent, refusal


async def grow(ledger: Ledger) -> int:
    for _ in range(3):
        await ledger.append(refusal())
    return ledger.size


async def condition(ledger: Ledger) -> tuple[Condition, str]:
    state = ledger.state()
    return state.condition, "" if state.error is None else state.error.message


def back_up(house: House) -> Path:
    copy = house.path / "old.db"
    shutil.copy(house.path / "store.db", copy)
    return copy


def restore(house: House, copy: Path) -> None:
    shutil.copy(copy, house.path / "store.db")
    (house.path / "store.db-wal").unlink(missing_ok=True)


def test_a_restored_backup_is_behind_its_anchor(house: House) -> None:
    house.run(grow)
    copy = back_up(house)
    house.run(grow)
    restore(house, copy)
    found, why = house.run(condition)
    assert found is Condition.BEHIND_ANCHOR
    assert "the published checkpoint has 8 entries, the store 5" in why


def test_the_anchor_alone_tells(house: House) -> None:
    house.run(grow)
    copy = back_up(house)
    house.run(grow)
    restore(house, copy)
    shutil.rmtree(house.path / "log")
    found, why = house.run(condition)
    assert found is Condition.BEHIND_ANCHOR
    assert "the anchored checkpoint" in why


def test_another_history_of_the_same_length_is_behind(house: House) -> None:
    house.run(grow)
    copy = back_up(house)
    house.run(grow)
    log = house.path / "kept"
    (house.path / "log").rename(log)
    shutil.rmtree(house.path / "anchor")
    restore(house, copy)
    house.clock.pass_ms(5)
    house.run(grow)
    shutil.rmtree(house.path / "log")
    log.rename(house.path / "log")
    found, why = house.run(condition)
    assert found is Condition.BEHIND_ANCHOR
    assert "another root" in why


def test_an_empty_store_where_a_log_was_published_is_behind(house: House) -> None:
    house.run(grow)
    (house.path / "store.db").unlink()
    found, why = house.run(condition)
    assert found is Condition.BEHIND_ANCHOR
    assert "the store is empty" in why


def test_a_checkpoint_by_an_unknown_key_is_behind(house: House) -> None:
    house.run(grow)
    (house.log / "checkpoint").write_bytes(b"nonsense\n\n")
    found, why = house.run(condition)
    assert found is Condition.BEHIND_ANCHOR
    assert "not signed by a key this store knows" in why


def test_a_fork_names_what_it_left_and_its_directory_verifies(house: House) -> None:
    house.run(grow)
    copy = back_up(house)
    house.run(grow)
    restore(house, copy)

    async def fork(ledger: Ledger) -> tuple[str, str, bytes, bytes]:
        with pytest.raises(OpenRefusedError) as caught:
            await ledger.fork("  ")
        assert caught.value.code == "ledger/no-reason"
        origin = await ledger.fork("disk lost")
        await ledger.append(intent())
        return origin, ledger.vkey, ledger.entry(0).leaf, ledger.blob(0) or b""

    origin, vkey, leaf, record = house.run(fork)
    assert origin == "acme/pilot/field/070707070707/2"
    assert decode(leaf).flags & Flag.FORK
    said = json.loads(record)
    assert said["reason"] == "disk lost"
    assert said["previous"]["origin"] == "acme/pilot/field/070707070707"
    assert (said["previous"]["store_size"], said["previous"]["anchored_size"]) == (5, 8)
    assert said["previous"]["published_size"] == 8
    assert verify_directory(DirectoryReader(house.log.with_name("2")), vkey).origin == origin
    anchors = {path.name for path in (house.path / "anchor").iterdir()}
    assert anchors == {"acme_pilot_field_070707070707.checkpoint", "acme_pilot_field_070707070707_2.checkpoint"}
    assert house.run(condition)[0] is Condition.READY


def test_a_backup_from_before_a_fork_is_behind_and_forks_to_a_new_number(house: House) -> None:
    house.run(grow)
    copy = back_up(house)
    house.run(grow)
    restore(house, copy)
    house.run(lambda ledger: ledger.fork("once"))
    restore(house, copy)
    found, why = house.run(condition)
    assert found is Condition.BEHIND_ANCHOR
    assert "shard 2 was seen" in why
    assert house.run(lambda ledger: ledger.fork("twice")).endswith("/3")


def test_a_fork_from_an_empty_store_keeps_its_name(house: House) -> None:
    house.run(grow)
    (house.path / "store.db").unlink()
    (house.log / "checkpoint").write_bytes(b"nonsense\n\n")
    assert house.run(lambda ledger: ledger.fork("all lost")).endswith("/2")

    async def look(ledger: Ledger) -> tuple[str, bytes]:
        await ledger.append(refusal())
        return ledger.origin, ledger.blob(0) or b""

    origin, record = house.run(look)
    assert origin.endswith("/2")
    assert json.loads(record)["previous"]["published_size"] == "unreadable"


def test_a_log_that_goes_on_is_not_forked(house: House) -> None:
    async def fork(ledger: Ledger) -> None:
        with pytest.raises(OpenRefusedError) as caught:
            await ledger.fork("for fun")
        assert caught.value.code == "ledger/not-behind"

    house.run(fork)


def test_another_key_or_another_operator_refuses(house: House) -> None:
    house.run(grow)
    house.seed = bytes(32)
    with pytest.raises(OpenRefusedError) as caught:
        house.run(grow)
    assert caught.value.code == "ledger/wrong-key"


def test_another_operator_refuses(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.run(grow)
    settings = replace(house.settings, operator="other")
    monkeypatch.setattr(House, "settings", settings)
    with pytest.raises(OpenRefusedError) as caught:
        house.run(grow)
    assert caught.value.code == "ledger/wrong-origin"


def test_a_directory_with_another_agreement_than_the_logs_does_not_open(house: House) -> None:
    house.run(grow)
    house.agreement = replace(AGREEMENT, version=2, digest=bytes([8]) * 32)
    with pytest.raises(OpenRefusedError) as caught:
        house.run(grow)
    assert caught.value.code == "ledger/other-agreement"


def test_the_entries_that_open_a_log_name_the_trust_and_the_acceptance(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    acceptance = Acceptance(signers=("vendor k1", "operator k2"), by="uid 0 (root)")
    monkeypatch.setattr(House, "settings", replace(house.settings, trust="ab" * 32, acceptance=acceptance))

    async def look(ledger: Ledger) -> tuple[bytes | None, bytes | None]:
        return ledger.blob(0), ledger.blob(1)

    genesis, agreement = house.run(look)
    assert json.loads(genesis or b"")["trust"] == "ab" * 32
    record = json.loads(agreement or b"")
    assert record["signers"] == ["vendor k1", "operator k2"]
    assert (record["how"], record["by"]) == ("all-parties", "uid 0 (root)")
    store = house.store()
    (row,) = store.agreements(1).accepted()
    assert (row.version, row.digest, row.index) == (1, AGREEMENT.digest, 1)
    store.abandon()


def test_without_an_anchor(house: House) -> None:
    house.anchored = False
    house.run(grow)
    assert house.run(condition)[0] is Condition.READY


class UnreadableNames(LocalFiles):
    def names(self, path: Path) -> list[str]:
        raise OSError(errno.EIO, "input/output error")


class UnreadableFiles(LocalFiles):
    """Fails to read the published checkpoint from its second reading on."""

    count = 0

    def read(self, path: Path) -> bytes | None:
        self.count += 1
        if self.count > 1:
            raise OSError(errno.EIO, "input/output error")
        return super().read(path)


@pytest.mark.parametrize("files", [UnreadableNames, UnreadableFiles])
def test_what_cannot_be_read_is_not_taken_for_absent(house: House, files: type[LocalFiles]) -> None:
    house.run(grow)
    house.files = files()
    with pytest.raises(LogFaultError) as caught:
        house.run(grow)
    assert caught.value.code == "ledger/cannot-publish"
    house.files = LocalFiles()
    assert house.run(condition)[0] is Condition.READY
