"""Faults under a running ledger: how each is made, how it is mended, and what the ledger did in between."""

import asyncio
import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, decode
from brightline.domain.record import Appended, Entry
from brightline.ledger import verify_directory
from brightline.ledger.files import LocalFiles
from brightline.ledger.ports import Room
from brightline.ledger.service import Ledger
from brightline.ledger.settings import LedgerSettings, Machine
from brightline.ledger.space import SystemSpace
from brightline.ledger.state import Condition
from brightline.ledger.verify import DirectoryReader
from brightline.storage import Store
from brightline.storage.interpose import Interposed
from brightline.testing.faulty_vfs import FailingDisk
from tests.benchmarks.crash_checks import AGREEMENT, SEED, intent, lost_entries, make_house, outcome

IN_FLIGHT = 64
_PATIENCE_SECONDS = 20.0
_TMPFS_BYTES = 24 * 1024 * 1024


@dataclass
class Broken:
    """A fault that can be made and mended; `seen_by_publishing` faults are met only when something is published."""

    make: Callable[[], None]
    mend: Callable[[], None]
    seen_by_publishing: bool = False
    vfs: str | None = None
    files: LocalFiles = field(default_factory=LocalFiles)
    space: SystemSpace = field(default_factory=SystemSpace)


@dataclass
class Told:
    """What a story told; only `tried` may be above zero, and `healed` must be true."""

    name: str
    tried: int = 0
    let_through: int = 0
    lost: int = 0
    invented: int = 0
    left_open: int = 0
    healed: bool = False
    code: str = ""

    @property
    def good(self) -> bool:
        return self.healed and self.tried > 0 and not (self.let_through or self.lost or self.invented or self.left_open)


class FailingFiles(LocalFiles):
    """Plain files whose writes fail while `broken`."""

    def __init__(self, number: int = errno.EIO) -> None:
        self.broken = False
        self._number = number

    def write(self, path: Path, data: bytes) -> None:
        if self.broken:
            raise OSError(self._number, os.strerror(self._number), str(path))
        super().write(path, data)


@contextmanager
def failing_disk(house: Path, kind: str) -> Iterator[Broken]:
    disk = FailingDisk(kind)
    layer = Interposed(f"failing-{os.urandom(4).hex()}", disk)

    def turn(broken: bool) -> Callable[[], None]:
        return lambda: setattr(disk, "broken", broken)

    try:
        yield Broken(turn(True), turn(False), vfs=layer.name)
    finally:
        layer.unregister()


@contextmanager
def failing_publication(house: Path, number: int) -> Iterator[Broken]:
    files = FailingFiles(number)

    def turn(broken: bool) -> Callable[[], None]:
        return lambda: setattr(files, "broken", broken)

    yield Broken(turn(True), turn(False), seen_by_publishing=True, files=files)


@contextmanager
def moved(house: Path, name: str) -> Iterator[Broken]:
    there, away = house / name, house.parent / f"away-{name.replace('/', '-')}"
    yield Broken(lambda: there.rename(away), lambda: away.rename(there))


@contextmanager
def replaced_store(house: Path) -> Iterator[Broken]:
    store, away = house / "store.db", house.parent / "away-store.db"

    def make() -> None:
        store.rename(away)
        shutil.copyfile(away, store)

    yield Broken(make, lambda: away.replace(store))


@contextmanager
def unlinked_store(house: Path) -> Iterator[Broken]:
    """Another name keeps the file, else nothing could ever heal."""
    store, kept = house / "store.db", house.parent / "kept-store.db"

    def make() -> None:
        os.link(store, kept)
        store.unlink()

    yield Broken(make, lambda: kept.rename(store))


@contextmanager
def log_of(house: Path, how: str) -> Iterator[Broken]:
    log, away = house / "log" / "pilot" / "field" / "1", house.parent / "away-log"

    def make() -> None:
        if how == "deleted":
            shutil.rmtree(log)
            return
        log.rename(away)
        if how == "replaced":
            log.mkdir()
            (log / "checkpoint").write_bytes(b"another log\n")

    def mend() -> None:
        if how == "deleted":
            # The log is written anew from the store, the same bytes again.
            log.mkdir(exist_ok=True)
            return
        shutil.rmtree(log, ignore_errors=True)
        away.rename(log)

    yield Broken(make, mend)


@contextmanager
def file_size_limit(house: Path) -> Iterator[Broken]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield Broken(
            lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard)),
            lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)),
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def full_tmpfs(house: Path) -> Iterator[Broken]:
    """A small disk of its own, filled to the last byte; needs root."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_TMPFS_BYTES}", "tmpfs", str(house)], check=True)
    filler = house / "filler"

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return

    try:
        yield Broken(fill, filler.unlink)
    finally:
        subprocess.run(["umount", "-l", str(house)], check=False)


class ReadOnlySpace(SystemSpace):
    """Says that the disk takes no writes, while `broken`; a file open for writing keeps a real one from becoming so."""

    broken = False

    def read(self, path: Path) -> Room:
        return Room(super().read(path).free_bytes, writable=not self.broken)


@contextmanager
def read_only_mount(house: Path) -> Iterator[Broken]:
    space = ReadOnlySpace()

    def turn(broken: bool) -> Callable[[], None]:
        return lambda: setattr(space, "broken", broken)

    yield Broken(turn(True), turn(False), space=space)


def can_mount() -> bool:
    """Whether this process may mount a disk of its own."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


def stories() -> dict[str, Callable[[Path], AbstractContextManager[Broken]]]:
    """Every fault by name."""
    found: dict[str, Callable[[Path], AbstractContextManager[Broken]]] = {
        "disk full (file layer)": lambda house: failing_disk(house, "full"),
        "EIO on write": lambda house: failing_disk(house, "write"),
        "EIO on sync": lambda house: failing_disk(house, "sync"),
        "read-only store": lambda house: failing_disk(house, "read-only"),
        "read-only mount": read_only_mount,
        "file-size limit": file_size_limit,
        "store moved away": lambda house: moved(house, "store.db"),
        "write-ahead log moved away": lambda house: moved(house, "store.db-wal"),
        "store replaced": replaced_store,
        "store unlinked": unlinked_store,
        "log directory moved away": lambda house: log_of(house, "moved"),
        "log directory replaced": lambda house: log_of(house, "replaced"),
        "log directory deleted": lambda house: log_of(house, "deleted"),
        "EIO on publishing": lambda house: failing_publication(house, errno.EIO),
        "no space for publishing": lambda house: failing_publication(house, errno.ENOSPC),
    }
    if can_mount():
        found["disk full (tmpfs)"] = full_tmpfs
    return found


async def tell(name: str, house: Path, broken: Broken) -> Told:
    """Run a ledger, break it, see that nothing gets through, mend it, and hold what is there against what was told."""
    told = Told(name)
    make_house(house)
    store = Store.open(house, create=True, vfs=broken.vfs)
    settings = LedgerSettings(
        operator="acme",
        agreement=AGREEMENT,
        log_dir=house / "log",
        anchor_dir=house / "anchor",
        watermark_bytes=0,
        publish_seconds=0.05,
    )
    loop = asyncio.get_running_loop()
    ledger = Ledger.open(
        store, seed=SEED, settings=settings, loop=loop, machine=Machine(space=broken.space, files=broken.files)
    )
    load = _Load(ledger)
    await load.run(8)
    running = await load.begin(8)
    await ledger.publish()
    broken.make()
    await _meet(ledger, load, broken, told)
    await _try_while_broken(load, running[:4], told)
    told.code = ledger.state().code
    broken.mend()
    told.healed = await _await_condition(ledger, Condition.READY)
    if told.healed:
        await load.end(running[4:])
        await load.run(4)
        told.lost = len(lost_entries(ledger, load.acknowledged))
        told.invented = load.count_invented(ledger)
        told.left_open = ledger.metrics().open_intents
    vkey, directory = ledger.vkey, ledger.directory
    await ledger.close()
    if told.healed:
        verify_directory(DirectoryReader(directory), vkey)
    return told


async def _meet(ledger: Ledger, load: "_Load", broken: Broken, told: Told) -> None:
    """Let a fault that only publishing meets be met; all others must be met by the very next entry."""
    if broken.seen_by_publishing:
        await load.attempt(told, count=False)
        await _await_condition(ledger, Condition.FAILED)


async def _try_while_broken(load: "_Load", running: Sequence[Appended], told: Told) -> None:
    for _ in range(5):
        await load.attempt(told)
        await asyncio.sleep(0.06)
    await load.attempt_ends(running, told)


async def _await_condition(ledger: Ledger, condition: Condition) -> bool:
    deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
    while ledger.state().condition is not condition:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


class _Load:
    """Uses at a ledger, and what it was told of each."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._uses: dict[int, bytes] = {}
        self._submitted: set[bytes] = set()
        self.acknowledged: dict[int, bytes] = {}

    async def _append(self, entry: Entry) -> Appended:
        appended = await self._ledger.append(entry)
        self.acknowledged[appended.index] = appended.leaf_hash
        return appended

    async def _begin(self) -> Appended:
        use_id = os.urandom(16)
        self._submitted.add(use_id)
        appended = await self._append(intent(use_id, os.urandom(700)))
        self._uses[appended.index] = use_id
        return appended

    async def _end(self, began: Appended) -> None:
        await self._append(outcome(self._uses[began.index], began.index, os.urandom(700)))

    async def _use(self) -> None:
        await self._end(await self._begin())

    async def run(self, times: int) -> None:
        for _ in range(times):
            await asyncio.gather(*(self._use() for _ in range(IN_FLIGHT)))

    async def begin(self, count: int) -> list[Appended]:
        return list(await asyncio.gather(*(self._begin() for _ in range(count))))

    async def end(self, running: Sequence[Appended]) -> None:
        await asyncio.gather(*(self._end(began) for began in running))

    async def attempt(self, told: Told, *, count: bool = True) -> None:
        """Hand in intents that must be refused."""
        results = await asyncio.gather(*(self._begin() for _ in range(IN_FLIGHT)), return_exceptions=True)
        if not count:
            began = [result for result in results if isinstance(result, Appended)]
            await asyncio.gather(*(self._end(one) for one in began), return_exceptions=True)
            return
        told.tried += len(results)
        told.let_through += sum(not isinstance(result, BrightlineError) for result in results)

    async def attempt_ends(self, running: Sequence[Appended], told: Told) -> None:
        """Hand in outcomes that must be refused; their uses end as abandoned."""
        results = await asyncio.gather(*(self._end(began) for began in running), return_exceptions=True)
        told.tried += len(results)
        told.let_through += sum(not isinstance(result, BrightlineError) for result in results)

    def count_invented(self, ledger: Ledger) -> int:
        """Entries of uses that nobody handed in, or of uses handed in once and there twice."""
        seen: dict[tuple[Kind, bytes], int] = {}
        for index in range(ledger.size):
            leaf = decode(ledger.entry(index).leaf)
            if leaf.kind in {Kind.INTENT, Kind.OUTCOME, Kind.ABANDONED}:
                seen[leaf.kind, leaf.use_id] = seen.get((leaf.kind, leaf.use_id), 0) + 1
        return sum(count > 1 or use_id not in self._submitted for (_, use_id), count in seen.items())
