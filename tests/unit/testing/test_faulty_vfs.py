"""The simulated disks themselves: what a power loss leaves of a file."""

import random
from pathlib import Path

import pytest

from brightline.storage.interpose import DiskRefusal
from brightline.testing.faulty_vfs import FailingDisk, PowerLossDisk, PowerLossFiles


def left(disk: PowerLossDisk, target: Path, seed: int) -> dict[str, bytes]:
    image = target / str(seed)
    image.mkdir()
    disk.cut_power(image, random.Random(seed))
    return {path.name: path.read_bytes() for path in image.iterdir()}


def test_what_was_synced_is_there_whatever_happens(tmp_path: Path) -> None:
    disk = PowerLossDisk()
    disk.opened("/x/f")
    disk.write("/x/f", 2, b"synced")
    disk.sync("/x/f")
    disk.write("/x/f", 8, b"!" * 3000)
    found = [left(disk, tmp_path, seed)["f"] for seed in range(60)]
    assert all(content.startswith(b"\0\0synced") for content in found)
    lengths = {len(content) for content in found}
    assert {8, 3008} <= lengths
    assert any(8 < length < 3008 for length in lengths)  # torn


def test_a_file_that_was_never_synced_may_be_gone(tmp_path: Path) -> None:
    disk = PowerLossDisk()
    disk.opened("/x/f")
    disk.write("/x/f", 0, b"data")
    found = [left(disk, tmp_path, seed) for seed in range(40)]
    assert {} in found
    assert {"f": b"data"} in found


def test_cuts_and_removals(tmp_path: Path) -> None:
    disk = PowerLossDisk()
    (tmp_path / "old").write_bytes(b"there before")
    disk.opened(str(tmp_path / "old"))
    disk.truncate(str(tmp_path / "old"), 5)
    disk.opened(str(tmp_path / "old"))
    found = {left(disk, tmp_path, seed)["old"] for seed in range(40)}
    assert found == {b"there", b"there before"}
    disk.remove(str(tmp_path / "old"))
    assert left(disk, tmp_path, 99) == {}


def test_a_test_is_told_of_each_operation() -> None:
    seen: list[int] = []
    disk = PowerLossDisk(seen.append)
    disk.opened("/x/f")
    disk.write("/x/f", 0, b"data")
    disk.sync("/x/f")
    assert seen == [1, 2]


@pytest.mark.parametrize("kind", ["full", "write", "sync"])
def test_a_failing_disk_refuses_its_kind_from_a_number_on_until_mended(kind: str) -> None:
    disk = FailingDisk(kind, at=2)
    disk.opened("f")
    disk.remove("f")

    def operate() -> None:
        if kind == "sync":
            disk.write("f", 0, b"")
            disk.sync("f")
        else:
            disk.sync("f")
            disk.truncate("f", 0)

    operate()
    for _ in range(2):
        with pytest.raises(DiskRefusal):
            operate()
    disk.at, disk.broken = None, False
    operate()
    assert disk.refused == 2


def test_plain_files_keep_what_their_directory_was_synced_with(tmp_path: Path) -> None:
    files = PowerLossFiles()
    live, image = tmp_path / "live", tmp_path / "image"
    (live / "sub").mkdir(parents=True)
    image.mkdir()
    files.write(live / "sub" / "a", b"a")
    files.sync_directory(live / "sub")
    files.sync_directory(live)
    files.write(live / "b", b"b")
    files.cut_power(live, image)
    assert (image / "sub" / "a").read_bytes() == b"a"
    assert not (image / "b").exists()
