"""Key files: every file that cannot be trusted refuses."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from brightline.crypto import keyfiles
from brightline.crypto.errors import KeyFileError
from brightline.crypto.keyfiles import create_key, load_key, replace_key


def test_a_missing_file_refuses(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="no such file"):
        load_key(tmp_path / "log.seed")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_open_to_others_refuses(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "log.seed"
    create_key(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="other users"):
        load_key(path)


@pytest.mark.parametrize("size", [0, 31, 33, 4096])
def test_a_file_of_another_length_refuses(tmp_path: Path, size: int) -> None:
    path = tmp_path / "log.seed"
    path.write_bytes(bytes(size))
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="32 bytes"):
        load_key(path)


def test_a_link_refuses(tmp_path: Path) -> None:
    create_key(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(KeyFileError):
        load_key(tmp_path / "link")


def test_a_special_file_refuses_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(KeyFileError, match="plain"):
        load_key(tmp_path / "pipe")


def test_a_foreign_owner_refuses(tmp_path: Path) -> None:
    create_key(tmp_path / "key")
    real = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        fields = list(real(descriptor))
        fields[4] = os.geteuid() + 1
        return os.stat_result(fields)

    with patch.object(keyfiles.os, "fstat", fstat), pytest.raises(KeyFileError, match="another user"):
        load_key(tmp_path / "key")


def test_a_key_is_not_replaced(tmp_path: Path) -> None:
    key = create_key(tmp_path / "key")
    with pytest.raises(KeyFileError, match="exists"):
        create_key(tmp_path / "key")
    assert load_key(tmp_path / "key") == key
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_failed_sync_leaves_no_key(tmp_path: Path) -> None:
    full = patch.object(keyfiles.os, "fsync", side_effect=OSError(28, "No space left on device"))
    with full, pytest.raises(KeyFileError, match="no space"):
        create_key(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []


def test_a_draft_left_by_a_crash_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f".key.{os.getpid()}.new").write_bytes(b"half")
    assert create_key(tmp_path / "key") == load_key(tmp_path / "key")


def test_an_error_without_words_is_named(tmp_path: Path) -> None:
    with patch.object(keyfiles.os, "open", side_effect=OSError), pytest.raises(KeyFileError, match="oserror"):
        load_key(tmp_path / "key")


def test_a_new_key_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert create_key(path, random=lambda size: b"k" * size) == b"k" * 32 == load_key(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_is_put_in_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "key"
    before = create_key(path)
    assert before != replace_key(path) == load_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_nothing_is_put_where_no_key_is(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="no such file"):
        replace_key(tmp_path / "key")


def test_a_full_disk_leaves_the_key_that_was(tmp_path: Path) -> None:
    key = create_key(tmp_path / "key")
    full = patch.object(keyfiles.os, "fsync", side_effect=OSError(28, "No space left on device"))
    with full, pytest.raises(KeyFileError, match="no space"):
        replace_key(tmp_path / "key")
    assert load_key(tmp_path / "key") == key
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
