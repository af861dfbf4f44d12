"""Watched paths."""

from pathlib import Path

import pytest

from brightline.ledger import watch as watch_module
from brightline.ledger.errors import LogFaultError
from brightline.ledger.watch import PathWatch


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "log").mkdir()
    return tmp_path


def watch(place: Path) -> PathWatch:
    return PathWatch((place / "a", place / "b"), (place / "log",))


def test_what_is_not_there_cannot_be_watched(place: Path) -> None:
    for files, directories in (((place / "x",), ()), ((), (place / "x",)), ((), (place / "a",))):
        with pytest.raises(LogFaultError) as caught:
            PathWatch(files, directories)
        assert caught.value.code == "ledger/moved"


@pytest.mark.parametrize("name", ["a", "log"])
def test_moved_away_is_seen(place: Path, name: str) -> None:
    watched = watch(place)
    watched.look()
    (place / name).rename(place / "away")
    with pytest.raises(LogFaultError) as caught:
        watched.look()
    assert caught.value.words["path"] == str(place / name)
    (place / "away").rename(place / name)
    watched.look()
    watched.close()


def test_replaced_is_seen_even_where_numbers_are_given_again(place: Path) -> None:
    watched = watch(place)
    (place / "log").rmdir()
    (place / "log").mkdir()
    with pytest.raises(LogFaultError):
        watched.look()
    watched.close()


def test_files_that_belong_together_are_both_or_neither(place: Path) -> None:
    watched, pair = watch(place), (place / "a", place / "b")
    watched.look_together(pair)
    (place / "a").rename(place / "away")
    with pytest.raises(LogFaultError):
        watched.look_together(pair)
    (place / "a").write_bytes(b"another")
    with pytest.raises(LogFaultError):
        watched.look_together(pair)
    (place / "b").unlink()
    watched.look_together(pair)
    watched.close()


def test_without_a_way_to_hold_files_they_are_watched_all_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "_HOLD", None)
    watched = watch(place)
    (place / "a").rename(place / "away")
    with pytest.raises(LogFaultError):
        watched.look()
    watched.close()
    watched.close()
