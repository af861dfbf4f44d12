"""Keeps consumed nonces in a directory on a local disk, so that no release runs twice, whatever stops in between.

    lock         held (flock) by whoever looks or changes: threads, processes and replicas may share one directory
    epoch        which store this is: a random id, and when it began
    place        inode and ctime of `epoch`, and the inode of `used/`: what no copy and no restored backup has
    head         the number to give next, the latest clock seen, and the ctime that `used/` has since
    used/NONCE   one consumed nonce; its file is locked while the action runs
    ended/NONCE  the signed receipt of how it ended

Where `place` or the ctime of `used/` is not what it was, the directory was copied, restored or changed by another hand,
or the machine stopped in the middle of consuming: a new epoch begins, and what could have been used before it is
refused. Nothing is ever removed.

INVARIANT: a nonce is consumed by `link`, which fails where it is there already, and is durable before anything runs.
INVARIANT: the numbers of an epoch rise by one, and none is given twice.
LIMIT: a whole disk or machine that is rolled back to an earlier image looks as it did then. One audience has one store:
two stores for one audience can each let one release pass that was opened after both began.
LIMIT: whoever removes or restores the store while the clock is behind hides what was used since: root on the machine.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

from brightline.domain.sign_off.fields import HEX_32
from brightline.oversight.effector_ports import Begun
from brightline.oversight.errors import EffectorError

# Longer than 64 replicas need that come at once to a slow disk.
_LOCK_TRIES = 3000
_LOCK_WAIT_SECONDS = 0.01
# How far the clock moves before that is written down.
_CLOCK_STEP_MS = 1000
_MOST_BYTES = 64 * 1024
_WRITABLE_BY_OTHERS = 0o022
_DRAFT = "used.draft"


class Disk:
    """What the store does to its directory; each of these may fail, and the machine may stop before or after each."""

    def write(self, path: Path, data: bytes) -> None:
        """A new file of `data`, durable, in place of one that may be there."""
        self.remove(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)

    def link(self, path: Path, name: Path) -> None:
        """`name` for the file at `path`; raises `FileExistsError` where there is one of that name."""
        os.link(path, name)

    def replace(self, path: Path, name: Path) -> None:
        """The file at `path`, moved to `name` in place of what is there."""
        path.replace(name)

    def remove(self, path: Path) -> None:
        """No file at `path`."""
        path.unlink(missing_ok=True)

    def sync(self, directory: Path) -> None:
        """The names in `directory`, durable."""
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Epoch:
    """Which store a directory is, and when it began (UTC milliseconds)."""

    id: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class _Place:
    inode: int
    ctime_ns: int
    used_inode: int


@dataclass(frozen=True, slots=True)
class _Head:
    epoch: str
    sequence: int
    clock_ms: int
    used_ctime_ns: int


T = TypeVar("T", Epoch, _Place, _Head, Begun)


class DirectoryReplayStore:
    """The replay store in one directory, which is made if it is not there; its file system must know hard links."""

    def __init__(
        self,
        path: Path,
        *,
        clock_ms: Callable[[], int],
        random: Callable[[int], bytes] = os.urandom,
        disk: Disk | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises `EffectorError` for a directory that cannot be used, or that others can write to."""
        self._path = path
        self._used = path / "used"
        self._ended = path / "ended"
        self._random = random
        self._disk = disk or Disk()
        self._wait = wait
        self._running: dict[str, int] = {}
        try:
            for directory in (path, self._used, self._ended):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                if directory.stat().st_mode & _WRITABLE_BY_OTHERS:
                    raise EffectorError("effector/store", why="others can write to its directory")
        except OSError as error:
            raise _unusable(error) from error
        with self._locked():
            self._state(clock_ms())

    @property
    def epoch(self) -> Epoch:
        """Which store the directory is now; raises `EffectorError`."""
        with self._locked():
            return _read(self._path / "epoch", Epoch)

    def observe(self, now_ms: int, *, tolerance_ms: int) -> None:
        """Remember the clock; raises `EffectorError` for one that is behind by more, and for a disk that fails."""
        with self._locked():
            _, head = self._state(now_ms)
            if now_ms + tolerance_ms < head.clock_ms:
                raise EffectorError("effector/clock")
            if now_ms >= head.clock_ms + _CLOCK_STEP_MS:
                self._put(head, now_ms)

    def begin(self, nonce: str, binding: str, *, now_ms: int, made_by_ms: int) -> Begun:
        """Consume `nonce` durably; raises `EffectorError` where it was consumed, or the epoch began after `made_by_ms`.

        Whatever fails in between leaves the nonce as it was, or consumed and its outcome unknown.
        """
        with self._locked():
            epoch, head = self._state(now_ms)
            self._refuse_used(_checked(nonce))
            if epoch.created_ms > made_by_ms:
                raise EffectorError("effector/store-too-young")
            begun = Begun(nonce, binding, epoch.id, head.sequence, now_ms)
            try:
                self._consume(begun)
                self._put(replace(head, sequence=head.sequence + 1, used_ctime_ns=_ctime_ns(self._used)), now_ms)
            except (OSError, EffectorError):
                self._let_go(nonce)
                raise
            return begun

    def finish(self, begun: Begun, receipt: bytes) -> None:
        """Keep the receipt of `begun` durably; raises `EffectorError` where there is one, or the disk fails."""
        try:
            with self._locked():
                self._name_ended(begun.nonce, receipt)
        finally:
            self._let_go(begun.nonce)

    def unfinished(self) -> Sequence[Begun]:
        """What was begun and never ended by a process that is gone; each is this process's own from now on."""
        with self._locked():
            names = {path.name for path in self._used.iterdir()} - {path.name for path in self._ended.iterdir()}
            return [_read(self._used / name, Begun) for name in sorted(names) if self._hold(name, self._used / name)]

    def receipt(self, nonce: str) -> bytes | None:
        """The signed receipt of a nonce, if it ended."""
        path = self._ended / _checked(nonce)
        with self._locked():
            return path.read_bytes() if path.exists() else None

    def close(self) -> None:
        """Let go of what this process was running, as if it had stopped."""
        for nonce in tuple(self._running):
            self._let_go(nonce)

    def _refuse_used(self, nonce: str) -> None:
        if not (self._used / nonce).exists():
            return
        if (self._ended / nonce).exists() or not self._hold(nonce, self._used / nonce):
            raise EffectorError("effector/used")
        self._let_go(nonce)
        raise EffectorError("effector/unknown-outcome")

    def _consume(self, begun: Begun) -> None:
        draft = self._path / _DRAFT
        self._disk.write(draft, _encode(begun))
        self._hold(begun.nonce, draft)
        try:
            self._disk.link(draft, self._used / begun.nonce)
        except FileExistsError as error:  # where the file system does not keep locks, the link decides
            raise EffectorError("effector/used") from error
        self._disk.sync(self._used)

    def _hold(self, nonce: str, path: Path) -> bool:
        """Lock the file of a nonce until it is finished, or this process is gone; false if somebody else does."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._running[nonce] = descriptor
        return True

    def _let_go(self, nonce: str) -> None:
        descriptor = self._running.pop(nonce, None)
        if descriptor is not None:
            os.close(descriptor)

    def _name_ended(self, nonce: str, receipt: bytes) -> None:
        draft, name = self._path / "ended.draft", self._ended / nonce
        self._disk.write(draft, receipt)
        self._disk.link(draft, name)
        try:
            self._disk.sync(self._ended)
        except OSError:
            self._disk.remove(name)  # whoever is told that it could not be stored must not find it stored
            raise

    def _put(self, head: _Head, now_ms: int) -> None:
        self._overwrite("head", _encode(replace(head, clock_ms=max(head.clock_ms, now_ms))))

    def _overwrite(self, name: str, data: bytes) -> None:
        self._disk.write(self._path / "new", data)
        self._disk.replace(self._path / "new", self._path / name)
        self._disk.sync(self._path)

    def _state(self, now_ms: int) -> tuple[Epoch, _Head]:
        """The epoch and the head, as they are or of a new epoch."""
        latest_ms = now_ms
        try:
            head = _read(self._path / "head", _Head)
            latest_ms = max(now_ms, head.clock_ms)
            epoch = _read(self._path / "epoch", Epoch)
            same = _read(self._path / "place", _Place) == self._place() and head.epoch == epoch.id
        except (FileNotFoundError, ValueError):
            return self._renew(latest_ms)
        if not same or head.used_ctime_ns != _ctime_ns(self._used) or self._is_half_done(head):
            return self._renew(latest_ms)
        return epoch, head

    def _is_half_done(self, head: _Head) -> bool:
        """Whether the next number was consumed already: seen by `used/` too, unless its time has not moved since."""
        try:
            begun = _read(self._path / _DRAFT, Begun)
        except (FileNotFoundError, ValueError):
            return False
        return (begun.epoch, begun.sequence) == (head.epoch, head.sequence) and (self._used / begun.nonce).exists()

    def _renew(self, now_ms: int) -> tuple[Epoch, _Head]:
        """Begin a new epoch; what was consumed stays consumed. `place` is written last: without it nothing counts."""
        epoch = Epoch(self._random(16).hex(), now_ms)
        head = _Head(epoch.id, 0, now_ms, _ctime_ns(self._used))
        self._disk.remove(self._path / "place")
        self._disk.write(self._path / "epoch", _encode(epoch))
        self._overwrite("head", _encode(head))
        self._overwrite("place", _encode(self._place()))
        return epoch, head

    def _place(self) -> _Place:
        epoch = (self._path / "epoch").stat()
        return _Place(epoch.st_ino, epoch.st_ctime_ns, self._used.stat().st_ino)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the directory; raises `EffectorError` for whatever the disk refuses inside."""
        try:
            descriptor = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self._lock(descriptor)
                yield
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise _unusable(error) from error

    def _lock(self, descriptor: int) -> None:
        for _ in range(_LOCK_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._wait(_LOCK_WAIT_SECONDS)
                continue
            # A directory that was put in the place of this one while we waited has another lock.
            if os.fstat(descriptor).st_ino != (self._path / "lock").stat().st_ino:
                raise EffectorError("effector/store", why="its directory was replaced while it was used")
            return
        raise EffectorError("effector/store", why="somebody else does not let go of it")


def _checked(nonce: str) -> str:
    """`nonce`, which becomes the name of a file; raises `EffectorError` for anything but 16 bytes in hexadecimal."""
    if not HEX_32.fullmatch(nonce):
        raise EffectorError("effector/malformed", why="its nonce is none")
    return nonce


def _ctime_ns(path: Path) -> int:
    return path.stat().st_ctime_ns


def _encode(value: Epoch | _Place | _Head | Begun) -> bytes:
    return json.dumps(asdict(value)).encode()


def _read(path: Path, kind: type[T]) -> T:
    """The `kind` in the file at `path`; raises `OSError` and `ValueError`."""
    with path.open("rb") as file:
        value = json.loads(file.read(_MOST_BYTES))
    wanted = {field.name: field.type for field in fields(kind)}
    if type(value) is not dict or {name: type(part) for name, part in value.items()} != wanted:
        raise ValueError(f"`{path.name}` is not what it was")
    return kind(**value)


def _unusable(error: Exception) -> EffectorError:
    why = error.strerror if isinstance(error, OSError) else "a file of it cannot be read"
    return EffectorError("effector/store", why=(why or type(error).__name__).lower())
