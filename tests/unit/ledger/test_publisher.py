"""Publishing: the order, and what a publication that was cut short leaves."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from brightline.ledger import verify_directory
from brightline.ledger.anchor import Anchor
from brightline.ledger.batch import write_all
from brightline.ledger.errors import LogFaultError
from brightline.ledger.files import LocalFiles
from brightline.ledger.log_directory import LogDirectory
from brightline.ledger.publisher import Publisher
from brightline.ledger.verify import DirectoryReader
from brightline.ledger.writer import Writer
from brightline.testing.faulty_vfs import PowerLossFiles
from tests.unit.ledger.conftest import NOON, House, refusal


class CutFiles(LocalFiles):
    """Files that fail at the operation numbered `at`; writes down what was done."""

    def __init__(self, at: int = 10**9) -> None:
        self.at = at
        self.done: list[str] = []

    def _step(self, what: str, path: Path) -> None:
        self.done.append(f"{what} {path.name}")
        if len(self.done) >= self.at:
            raise OSError(errno.EIO, "input/output error", str(path))

    def write(self, path: Path, data: bytes) -> None:
        self._step("write", path)
        super().write(path, data)

    def replace(self, source: Path, target: Path) -> None:
        self._step("replace", target)
        super().replace(source, target)

    def remove(self, path: Path) -> None:
        self._step("remove", path)
        super().remove(path)

    def sync_directory(self, path: Path) -> None:
        self._step("sync", path)
        super().sync_directory(path)


@pytest.fixture
def writer(house: House) -> Iterator[Writer]:
    opened = house.writer()
    yield opened
    opened.stop()


def publisher(house: House, files: LocalFiles) -> Publisher:
    return Publisher(LogDirectory(house.log, files), Anchor(house.path / "anchor", files))


def grow(writer: Writer, count: int) -> None:
    with writer._store.database.transaction():
        write_all(writer.log, [refusal()] * count, NOON)
    writer.log.settle()


def verified(house: House, writer: Writer) -> int:
    return verify_directory(DirectoryReader(house.log), writer.log.signer.vkey).size


def test_a_directory_that_cannot_be_read_is_a_fault(house: House, writer: Writer) -> None:
    class Unreadable(LocalFiles):
        def read(self, path: Path) -> bytes | None:
            raise OSError(errno.EIO, "input/output error")

    with pytest.raises(LogFaultError) as caught:
        publisher(house, Unreadable()).open(writer.log)
    assert caught.value.code == "ledger/cannot-publish"


def published(one: Publisher, writer: Writer) -> bool:
    """Publish; whether that went well."""
    try:
        one.publish(writer.log, writer.log.sign(one.settled))
    except LogFaultError:
        return False
    return True


def test_wherever_a_publication_is_cut_the_next_start_makes_it_whole(house: House, writer: Writer) -> None:
    first = publisher(house, LocalFiles())
    first.open(writer.log)
    first.publish(writer.log, writer.log.sign(0))
    steps = 0
    for at in range(1, 61, 3):
        grow(writer, 97)
        cut = CutFiles(at)
        broken = publisher(house, cut)
        broken.size = broken.settled = verified(house, writer)
        steps += not published(broken, writer)
        mended = publisher(house, LocalFiles())
        mended.open(writer.log)
        assert verified(house, writer) == mended.size
        mended.publish(writer.log, writer.log.sign(mended.settled))
        assert verified(house, writer) == writer.log.size
    assert steps > 5


@pytest.mark.parametrize("steps", [(300, 20, 1), (20, 300, 1), (200, 56, 300, 1), (255, 1, 1, 255, 1)])
def test_a_power_loss_cannot_bring_back_what_an_earlier_publication_removed(
    house: House, writer: Writer, steps: tuple[int, ...], tmp_path: Path
) -> None:
    files = PowerLossFiles()
    one = publisher(house, files)
    LogDirectory(house.log, files).create(house.path)
    one.open(writer.log)
    signed = writer.log.sign(one.settled)
    for number, count in enumerate(steps):
        if signed.view.size:
            one.publish(writer.log, signed)
        grow(writer, count)
        signed = writer.log.sign(one.settled)  # signed, durably, and the power is cut before it is published
        if number < 2:
            continue
        image = tmp_path / f"image-{number}"
        image.mkdir()
        files.cut_power(house.log, image)
        again = Publisher(LogDirectory(image, files), Anchor(house.path / "anchor", files))
        again.open(writer.log)
        assert verify_directory(DirectoryReader(image), writer.log.signer.vkey).size == again.size
        again.publish(writer.log, writer.log.sign(again.settled))
        assert verify_directory(DirectoryReader(image), writer.log.signer.vkey).size == writer.log.size


def test_the_order_is_tiles_then_anchor_then_checkpoint_then_sweeping(house: House, writer: Writer) -> None:
    files = CutFiles()
    one = publisher(house, files)
    one.open(writer.log)
    one.publish(writer.log, writer.log.sign(0))
    grow(writer, 1)
    files.done.clear()
    one.publish(writer.log, writer.log.sign(one.settled))
    kinds = [what.split()[0] for what in files.done]
    anchored = next(i for i, what in enumerate(files.done) if what.startswith("replace acme_"))
    placed = files.done.index("replace checkpoint")
    assert kinds.index("sync") < anchored < placed < kinds.index("remove")
    assert "write" not in kinds[placed:]
    assert (one.settled, one.size) == (2, 3)


def test_an_unfinished_publication_does_not_settle(house: House, writer: Writer) -> None:
    one = publisher(house, LocalFiles())
    one.publish(writer.log, writer.log.sign(0))
    grow(writer, 1)
    files = CutFiles(8)
    two = publisher(house, files)
    two.size = two.settled = 2
    with pytest.raises(LogFaultError) as caught:
        two.publish(writer.log, writer.log.sign(two.settled))
    assert caught.value.code == "ledger/cannot-publish"
    assert "input/output error" in caught.value.message
    assert two.settled == 2
