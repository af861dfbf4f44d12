"""Disks that lose power or fail, beneath the real store and the real log directory.

A disk keeps of each file what was synced, and the writes since. Cutting the power leaves what was synced, and of the
writes since then none, all, or a random part, the last one torn. What SQLite or the ledger did not sync may be lost in
any order; what they did sync may not.
LIMIT: within one write, bytes survive up to a point and not beyond it; real disks may also reorder its sectors.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from brightline.ledger.files import LocalFiles
from brightline.storage.interpose import DiskRefusal

SECTOR = 512


@dataclass
class _File:
    """`synced` is safe; `since` are the writes (offset, bytes) and cuts (size, none) after the last sync."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    named: bool = False


class PowerLossDisk:
    """Remembers what would survive; `at_operation` is told the number of each write and sync before it happens."""

    def __init__(self, at_operation: Callable[[int], None] | None = None) -> None:
        self._files: dict[str, _File] = {}
        self._lock = threading.Lock()
        self._at_operation = at_operation
        self.operations = 0

    def opened(self, path: str) -> None:
        """What lies in a file at its first opening counts as synced."""
        with self._lock:
            if path not in self._files:
                there = Path(path)
                content = there.read_bytes() if there.exists() else b""
                self._files[path] = _File(bytearray(content), named=bool(content))

    def write(self, path: str, offset: int, data: bytes) -> None:
        """A write that may be lost."""
        self._step()
        with self._lock:
            self._files[path].since.append((offset, data))

    def truncate(self, path: str, size: int) -> None:
        """A cut that may be lost."""
        self._step()
        with self._lock:
            self._files[path].since.append((size, None))

    def sync(self, path: str) -> None:
        """Everything written before is safe from here on."""
        self._step()
        with self._lock:
            file = self._files[path]
            for offset, data in file.since:
                _apply(file.synced, offset, data)
            file.since.clear()
            file.named = True

    def remove(self, path: str) -> None:
        """A removal; it counts as durable at once, which is the worse case."""
        with self._lock:
            self._files.pop(path, None)

    def _step(self) -> None:
        self.operations += 1
        if self._at_operation is not None:
            self._at_operation(self.operations)

    def cut_power(self, target: Path, rng: random.Random) -> None:
        """Write into `target` what is left of every file when the power goes now."""
        mode = rng.choice(("none", "all", "some", "some"))
        with self._lock:
            for path, file in self._files.items():
                content = bytearray(file.synced)
                kept = [change for change in file.since if _survives(mode, rng)]
                for i, (offset, data) in enumerate(kept):
                    last = i == len(kept) - 1
                    _apply(content, offset, _torn(data, rng) if last and mode == "some" else data)
                if file.named or kept:
                    (target / Path(path).name).write_bytes(content)


def _survives(mode: str, rng: random.Random) -> bool:
    return mode == "all" or (mode == "some" and rng.random() < 0.5)


def _torn(data: bytes | None, rng: random.Random) -> bytes | None:
    if data is None or rng.random() < 0.3:
        return data
    return (
        data[: rng.randrange(len(data) // SECTOR + 1) * SECTOR]
        if rng.random() < 0.5
        else data[: rng.randrange(len(data) + 1)]
    )


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


class FailingDisk:
    """Refuses operations of its kind (`full`, `write`, `sync`) while `broken`, or from the one numbered `at`."""

    def __init__(self, kind: str = "full", *, at: int | None = None) -> None:
        self.kind = kind
        self.at = at
        self.broken = False
        self.writes = self.syncs = self.refused = 0

    def opened(self, path: str) -> None:
        """Nothing to do."""

    def write(self, path: str, offset: int, data: bytes) -> None:
        """Refused while the disk is full or fails writes."""
        self.writes += 1
        if self.kind != "sync":
            self._refuse(self.writes)

    def sync(self, path: str) -> None:
        """Refused while the disk fails syncs."""
        self.syncs += 1
        if self.kind == "sync":
            self._refuse(self.syncs)

    def _refuse(self, number: int) -> None:
        if self.at is not None and number >= self.at:
            self.broken = True
        if self.broken:
            self.refused += 1
            raise DiskRefusal(self.kind)

    def truncate(self, path: str, size: int) -> None:
        """As a write."""
        self.write(path, size, b"")

    def remove(self, path: str) -> None:
        """Nothing to do."""


class PowerLossFiles(LocalFiles):
    """Plain files; what was synced, name and all, is what `cut_power` leaves."""

    def __init__(self) -> None:
        self._names: dict[Path, dict[str, bytes | None]] = {}

    def sync_directory(self, path: Path) -> None:
        """The names in `path` are safe, with what each held."""
        super().sync_directory(path)
        self._names[path] = {entry.name: None if entry.is_dir() else entry.read_bytes() for entry in path.iterdir()}

    def cut_power(self, source: Path, target: Path) -> None:
        """Write into `target` what of `source` was synced."""
        for name, content in self._names.get(source, {}).items():
            if content is not None:
                (target / name).write_bytes(content)
            else:
                (target / name).mkdir(exist_ok=True)
                self.cut_power(source / name, target / name)
