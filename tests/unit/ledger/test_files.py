"""Plain files."""

from pathlib import Path

import pytest

from brightline.ledger.files import LocalFiles

FILES = LocalFiles()


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="link"):
        FILES.write(tmp_path / "link", b"x")


def test_written_whole_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert FILES.read(path) is None
    FILES.write(path, b"longer than the next")
    FILES.write(path, b"next")
    assert FILES.read(path) == b"next"
    FILES.write(path, b"")
    assert FILES.read(path) == b""


def test_a_rename_replaces(tmp_path: Path) -> None:
    FILES.write(tmp_path / "a", b"a")
    FILES.write(tmp_path / "b", b"b")
    FILES.replace(tmp_path / "a", tmp_path / "b")
    assert FILES.names(tmp_path) == ["b"]
    assert FILES.read(tmp_path / "b") == b"a"


def test_removing_takes_files_and_empty_directories_only(tmp_path: Path) -> None:
    FILES.remove(tmp_path / "nothing")
    assert FILES.make_directory(tmp_path / "d")
    assert not FILES.make_directory(tmp_path / "d")
    FILES.write(tmp_path / "d" / "f", b"")
    FILES.remove(tmp_path / "d")
    assert FILES.names(tmp_path / "d") == ["f"]
    FILES.remove(tmp_path / "d" / "f" / "below")
    FILES.remove(tmp_path / "d" / "f")
    FILES.remove(tmp_path / "d")
    assert FILES.names(tmp_path / "d") == []
    assert FILES.names(tmp_path) == []


def test_a_directory_that_cannot_be_removed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise OSError(5, "input/output error")

    (tmp_path / "d").mkdir()
    monkeypatch.setattr(Path, "rmdir", refuse)
    with pytest.raises(OSError, match="input/output"):
        FILES.remove(tmp_path / "d")


def test_names_are_made_durable(tmp_path: Path) -> None:
    FILES.sync_directory(tmp_path)
    with pytest.raises(FileNotFoundError):
        FILES.sync_directory(tmp_path / "nowhere")
