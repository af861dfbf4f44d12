"""The replay store in a directory: what it refuses, when it begins a new epoch, and that it forgets nothing."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from brightline.oversight.effector_ports import Begun
from brightline.oversight.errors import EffectorError
from brightline.oversight.replay_store import DirectoryReplayStore, Disk

NONCE, OTHER = "ab" * 16, "cd" * 16
BINDING = "ef" * 32
NOW_MS = 1_795_000_000_000


def opened(path: Path, now_ms: int = NOW_MS, disk: Disk | None = None) -> DirectoryReplayStore:
    return DirectoryReplayStore(path, clock_ms=lambda: now_ms, disk=disk)


def begin(store: DirectoryReplayStore, nonce: str = NONCE, *, made_by_ms: int = NOW_MS) -> Begun:
    return store.begin(nonce, BINDING, now_ms=NOW_MS + 5, made_by_ms=made_by_ms)


def code(error: pytest.ExceptionInfo[EffectorError]) -> str:
    return error.value.code.removeprefix("effector/")


def tick(path: Path) -> None:
    """Wait for the next tick of the file system's clock."""
    probe = path.parent / "probe"
    probe.touch()
    before = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == before:
        probe.touch()


class Failing(Disk):
    """Refuses one kind of step, from the `after`th of its kind on."""

    def __init__(self, kind: str, after: int = 0, error: int = errno.EIO) -> None:
        self.kind, self.left, self.error = kind, after, error

    def _step(self, kind: str) -> None:
        if kind == self.kind:
            self.left -= 1
            if self.left < 0:
                raise OSError(self.error, os.strerror(self.error))

    def write(self, path: Path, data: bytes) -> None:
        self._step("write")
        super().write(path, data)

    def link(self, path: Path, name: Path) -> None:
        self._step("link")
        super().link(path, name)

    def replace(self, path: Path, name: Path) -> None:
        self._step("replace")
        super().replace(path, name)

    def sync(self, directory: Path) -> None:
        self._step("sync")
        super().sync(directory)


def test_a_nonce_is_taken_once(tmp_path: Path) -> None:
    store = opened(tmp_path / "s")
    begun = begin(store)
    with pytest.raises(EffectorError) as caught:
        begin(store)
    assert code(caught) == "used", "it runs now"
    store.finish(begun, b"receipt")
    for again in (store, opened(tmp_path / "s")):
        with pytest.raises(EffectorError) as caught:
            begin(again)
        assert code(caught) == "used"
        assert again.receipt(NONCE) == b"receipt"


def test_what_was_begun_by_somebody_who_is_gone_is_unknown(tmp_path: Path) -> None:
    store = opened(tmp_path / "s")
    begun = begin(store)
    replica = opened(tmp_path / "s")
    assert replica.unfinished() == [], "its process is there"
    store.close()
    with pytest.raises(EffectorError) as caught:
        begin(replica)
    assert code(caught) == "unknown-outcome"
    assert replica.unfinished() == [begun]
    assert opened(tmp_path / "s").unfinished() == [], "one replica alone tells of it"
    replica.finish(begun, b"unknown")
    assert replica.unfinished() == []


def test_numbers_rise_by_one_over_replicas_and_restarts(tmp_path: Path) -> None:
    numbers = [begin(opened(tmp_path / "s"), f"{at:032x}") for at in range(5)]
    assert [begun.sequence for begun in numbers] == [0, 1, 2, 3, 4]
    assert len({begun.epoch for begun in numbers}) == 1


def test_an_epoch_that_began_too_late_refuses(tmp_path: Path) -> None:
    with pytest.raises(EffectorError) as caught:
        begin(opened(tmp_path / "s"), made_by_ms=NOW_MS - 1)
    assert code(caught) == "store-too-young"
    assert not list((tmp_path / "s" / "used").iterdir())


def replaced(store: Path) -> None:
    moved = store.with_name("moved")
    shutil.copytree(store, moved)
    shutil.rmtree(store)
    moved.rename(store)


def removed(store: Path) -> None:
    (store / "used" / NONCE).unlink()


def deleted(store: Path) -> None:
    shutil.rmtree(store)
    for name in ("used", "ended"):
        (store / name).mkdir(mode=0o700, parents=True)


def of_another_epoch(store: Path) -> None:
    other = store.with_name("other")
    opened(other)
    shutil.copyfile(other / "head", store / "head")


@pytest.mark.parametrize("change", [replaced, removed, deleted, of_another_epoch])
@pytest.mark.parametrize("restarted", [True, False])
def test_another_hand_makes_a_new_epoch(tmp_path: Path, change: object, restarted: bool) -> None:
    path = tmp_path / "s"
    store = opened(path)
    begin(store)
    epoch = store.epoch
    tick(path)
    assert callable(change)
    change(path)
    store = opened(path, NOW_MS + 10) if restarted else store
    with pytest.raises(EffectorError) as caught:
        store.begin(OTHER, BINDING, now_ms=NOW_MS + 10, made_by_ms=NOW_MS + 4)
    assert code(caught) == "store-too-young"
    assert store.epoch.id != epoch.id
    assert store.epoch.created_ms == NOW_MS + 10
    assert store.begin(OTHER, BINDING, now_ms=NOW_MS + 11, made_by_ms=NOW_MS + 10).sequence == 0


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"id":1,"created_ms":"x"}'])
@pytest.mark.parametrize("name", ["epoch", "place", "head"])
def test_a_file_that_cannot_be_read_makes_a_new_epoch(tmp_path: Path, name: str, content: bytes) -> None:
    epoch = opened(tmp_path / "s").epoch
    (tmp_path / "s" / name).write_bytes(content)
    assert opened(tmp_path / "s").epoch.id != epoch.id


def test_a_new_epoch_never_begins_before_the_latest_clock(tmp_path: Path) -> None:
    path = tmp_path / "s"
    opened(path).observe(NOW_MS + 50_000, tolerance_ms=0)
    replaced(path)
    assert opened(path, NOW_MS - 1).epoch.created_ms == NOW_MS + 50_000


def test_a_clock_that_goes_back_is_refused(tmp_path: Path) -> None:
    store = opened(tmp_path / "s")
    store.observe(NOW_MS + 10_000, tolerance_ms=0)
    store.observe(NOW_MS + 9_000, tolerance_ms=1_000)
    store.observe(NOW_MS + 10_999, tolerance_ms=0)
    with pytest.raises(EffectorError) as caught:
        opened(tmp_path / "s").observe(NOW_MS + 8_999, tolerance_ms=1_000)
    assert code(caught) == "clock"


def stopped_amid(path: Path, *, same_tick: bool) -> None:
    """A machine that stopped between consuming and writing that down."""
    store = opened(path, disk=Failing("replace", after=0 if path.exists() else 2))
    with pytest.raises(EffectorError):
        begin(store)
    if same_tick:  # as if the file system's clock had not moved between the two
        head = path / "head"
        words = head.read_text().rpartition(" ")
        head.write_text(f"{words[0]} {(path / 'used').stat().st_ctime_ns}}}")


@pytest.mark.parametrize("same_tick", [True, False])
def test_a_stop_amid_consuming_makes_a_new_epoch_and_no_number_twice(tmp_path: Path, same_tick: bool) -> None:
    path = tmp_path / "s"
    epoch = opened(path).epoch
    tick(path)
    stopped_amid(path, same_tick=same_tick)
    store = opened(path)
    assert store.epoch.id != epoch.id
    (left,) = store.unfinished()
    assert (left.epoch, left.sequence) == (epoch.id, 0)


def test_a_draft_of_an_earlier_number_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s"
    store = opened(path)
    begin(store)
    (path / "used.draft").unlink()
    (path / "used.draft").write_bytes(b"torn")
    assert begin(opened(path), OTHER).sequence == 1


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("kind", ["write", "link", "replace", "sync"])
def test_a_disk_that_refuses_begins_nothing(tmp_path: Path, kind: str, error: int) -> None:
    path = tmp_path / "s"
    opened(path)
    broken = opened(path, disk=Failing(kind, error=error))
    with pytest.raises(EffectorError) as caught:
        begin(broken)
    assert code(caught) == "store"
    assert os.strerror(error).lower() in caught.value.message
    assert broken._running == {}, "nobody thinks that it runs"


@pytest.mark.parametrize("kind", ["write", "link", "sync"])
def test_an_end_that_cannot_be_stored_is_not_found_stored(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "s"
    begun = begin(opened(path))
    broken = opened(path, disk=Failing(kind))
    with pytest.raises(EffectorError) as caught:
        broken.finish(begun, b"receipt")
    assert code(caught) == "store"
    assert broken.receipt(NONCE) is None


def test_an_end_is_stored_once(tmp_path: Path) -> None:
    store = opened(tmp_path / "s")
    begun = begin(store)
    store.finish(begun, b"receipt")
    with pytest.raises(EffectorError):
        store.finish(begun, b"another")
    assert store.receipt(NONCE) == b"receipt"


def test_where_locks_are_not_kept_the_link_decides(tmp_path: Path) -> None:
    class Blind(DirectoryReplayStore):
        def _refuse_used(self, nonce: str) -> None:
            assert nonce

    path = tmp_path / "s"
    begin(opened(path))
    with pytest.raises(EffectorError) as caught:
        begin(Blind(path, clock_ms=lambda: NOW_MS))
    assert code(caught) == "used"


@pytest.mark.parametrize("nonce", ["", "..", "../head", "AB" * 16, "ab" * 15])
def test_a_nonce_is_no_path(tmp_path: Path, nonce: str) -> None:
    store = opened(tmp_path / "s")
    with pytest.raises(EffectorError):
        begin(store, nonce)
    with pytest.raises(EffectorError):
        store.receipt(nonce)


def test_a_directory_that_others_write_to_is_refused(tmp_path: Path) -> None:
    opened(tmp_path / "s")
    (tmp_path / "s" / "used").chmod(0o722)
    with pytest.raises(EffectorError) as caught:
        opened(tmp_path / "s")
    assert code(caught) == "store"


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"")
    with pytest.raises(EffectorError) as caught:
        opened(tmp_path / "s")
    assert code(caught) == "store"


def test_a_store_that_went_away_refuses_until_it_is_there(tmp_path: Path) -> None:
    store = opened(tmp_path / "s")
    shutil.rmtree(tmp_path / "s")
    with pytest.raises(EffectorError) as caught:
        begin(store)
    assert code(caught) == "store"


def test_who_holds_the_lock_for_too_long_is_not_waited_for(tmp_path: Path) -> None:
    waited: list[float] = []
    first = opened(tmp_path / "s")
    second = DirectoryReplayStore(tmp_path / "s", clock_ms=lambda: NOW_MS, wait=waited.append)
    with first._locked(), pytest.raises(EffectorError) as caught:
        begin(second)
    assert code(caught) == "store"
    assert 20 < sum(waited) < 60


def test_a_directory_that_was_put_in_its_place_while_it_waited_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "s"
    first = opened(path)
    held = first._locked()

    def meanwhile(seconds: float) -> None:
        shutil.rmtree(path)
        opened(path)
        held.__exit__(None, None, None)

    second = DirectoryReplayStore(path, clock_ms=lambda: NOW_MS, wait=meanwhile)
    held.__enter__()
    with pytest.raises(EffectorError) as caught:
        begin(second)
    assert code(caught) == "store"


def test_a_record_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    store = opened(tmp_path / "s")
    begin(store)
    store.close()
    (tmp_path / "s" / "used" / NONCE).write_bytes(b"{")
    with pytest.raises(EffectorError) as caught:
        store.unfinished()
    assert code(caught) == "store"
