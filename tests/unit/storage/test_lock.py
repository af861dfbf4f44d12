"""The lock: one owner, named to whoever comes second."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from brightline.storage.errors import StoreLockedError
from brightline.storage.lock import DirectoryLock


def test_the_second_is_told_who_owns_it(tmp_path: Path) -> None:
    lock = DirectoryLock.acquire(tmp_path)
    with pytest.raises(StoreLockedError) as caught:
        DirectoryLock.acquire(tmp_path)
    assert caught.value.code == "storage/locked"
    assert caught.value.words["pid"] == str(os.getpid())
    lock.release()


def test_an_unwritten_owner_is_unknown(tmp_path: Path) -> None:
    lock = DirectoryLock.acquire(tmp_path)
    (tmp_path / "lock").write_bytes(b"")
    with pytest.raises(StoreLockedError) as caught:
        DirectoryLock.acquire(tmp_path)
    assert caught.value.words["pid"] == "unknown"
    lock.release()


def test_a_released_lock_is_free(tmp_path: Path) -> None:
    lock = DirectoryLock.acquire(tmp_path)
    lock.release()
    lock.release()
    DirectoryLock.acquire(tmp_path).release()


def test_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from brightline.storage.lock import DirectoryLock as Lock; "
        "Lock.acquire(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    DirectoryLock.acquire(tmp_path).release()


def test_a_missing_directory_and_a_link_refuse(tmp_path: Path) -> None:
    with pytest.raises(StoreLockedError) as caught:
        DirectoryLock.acquire(tmp_path / "nowhere")
    assert caught.value.code == "storage/cannot-lock"
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreLockedError):
        DirectoryLock.acquire(tmp_path)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    DirectoryLock.acquire(tmp_path).release()
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
