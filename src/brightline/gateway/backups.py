"""Backups of a data directory: written whole or not at all, and checked file by file before anything is restored.

A backup is a directory with `backup.json` (format, agreement, enclave, the SHA-256 of each file), `store.db`,
`brightline.toml`, `trust.json`, `agreements/`, `directory.json` where there is one and, unless left out, `keys/`. The
log directory is not in it: it is published anew.
INVARIANT: nothing is overwritten; a backup that is not whole restores nothing.
"""

import asyncio
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

from brightline.domain.agreement import AgreementRef
from brightline.gateway.admin import Result
from brightline.gateway.errors import AdminError

FORMAT = 2
MANIFEST = "backup.json"
STORE = "store.db"
SETTINGS = "brightline.toml"
AGREEMENTS = "agreements"
TRUST = "trust.json"
DIRECTORY = "directory.json"
KEYS = "keys"
_PIECE = 1024 * 1024
_MOST_MANIFEST_BYTES = 16 * 1024 * 1024


class Backup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `backup.json` says; `files` are paths with forward slashes and their SHA-256 in hexadecimal."""

    format: int
    agreement: str
    enclave: str
    made_at: str
    entries: int
    files: dict[str, str]

    @property
    def has_keys(self) -> bool:
        """Whether the directory's keys are in it."""
        return any(name.startswith(f"{KEYS}/") for name in self.files)


class DirectoryBackups:
    """Writes backups of one data directory beside the work of the gateway; `now` gives the time as text."""

    def __init__(
        self,
        *,
        data_dir: Path,
        agreements_dir: Path,
        agreement: Callable[[], AgreementRef],
        copy_store: Callable[[Path], None],
        now: Callable[[], str],
    ) -> None:
        self._data_dir = data_dir
        self._agreements_dir = agreements_dir
        self._agreement = agreement
        self._copy_store = copy_store
        self._now = now

    async def __call__(self, path: str, *, with_keys: bool, entries: int) -> Result:
        """What was written at the absolute `path`; `entries` are in it for certain, perhaps more."""
        agreement = self._agreement()
        facts: dict[str, str | int] = {
            "agreement": agreement.id,
            "enclave": agreement.enclave,
            "made_at": self._now(),
            "entries": entries,
        }
        out = Path(path)
        if not out.is_absolute():
            raise AdminError("gateway/admin-bad-request")
        backup = await asyncio.to_thread(
            write_backup,
            out,
            data_dir=self._data_dir,
            agreements_dir=self._agreements_dir,
            copy_store=self._copy_store,
            with_keys=with_keys,
            facts=facts,
        )
        size = sum((out / name).stat().st_size for name in backup.files)
        return {"path": path, "entries": entries, "files": len(backup.files), "bytes": size, "keys": backup.has_keys}


def write_backup(
    out: Path,
    *,
    data_dir: Path,
    agreements_dir: Path,
    copy_store: Callable[[Path], None],
    with_keys: bool,
    facts: dict[str, str | int],
) -> Backup:
    """A backup of `data_dir` at `out`, durable when this returns.

    `copy_store` puts a whole copy of the store at a path; `facts` are the manifest's agreement, enclave, made_at and
    entries. Raises `AdminError` when `out` is there already.
    """
    draft = out.with_name(f".{out.name}.part")
    for place in (out, draft):
        if place.exists() or place.is_symlink():
            raise AdminError("cli/backup-exists", path=str(place))
    draft.mkdir(mode=0o700)
    copy_store(draft / STORE)
    # SQLite makes its file readable by the group; the directory alone would hide it, until somebody copies it out.
    (draft / STORE).chmod(0o600)
    _copy_file(data_dir / SETTINGS, draft / SETTINGS)
    # After the store: a version's files are there before the store says that it was accepted.
    _copy_tree(agreements_dir, draft / AGREEMENTS)
    _copy_file(data_dir / TRUST, draft / TRUST)
    if (data_dir / DIRECTORY).exists():
        _copy_file(data_dir / DIRECTORY, draft / DIRECTORY)
    if with_keys:
        _copy_tree(data_dir / KEYS, draft / KEYS)
    files = {name: _sync_and_hash(draft / name) for name in sorted(_names(draft))}
    backup = msgspec.convert({"format": FORMAT, **facts, "files": files}, Backup)
    with (draft / MANIFEST).open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(backup)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(out)
    return backup


def read_backup(place: Path) -> Backup:
    """The manifest of the backup at `place`, once every file in it has been checked; raises `AdminError`."""
    try:
        with (place / MANIFEST).open("rb") as file:
            raw = file.read(_MOST_MANIFEST_BYTES)
        found = msgspec.json.decode(raw, type=dict[str, object]).get("format")
        if isinstance(found, int) and found > FORMAT:
            raise AdminError("cli/backup-newer", format=found)
        backup = msgspec.json.decode(raw, type=Backup)
    except (OSError, msgspec.DecodeError) as error:
        raise AdminError("cli/backup-broken", why=f"`{MANIFEST}` cannot be read") from error
    names = set(_names(place)) - {MANIFEST}
    for name in sorted(names ^ set(backup.files)):
        raise AdminError("cli/backup-broken", why=f"`{name}` is {'unknown' if name in names else 'missing'}")
    for name, digest in backup.files.items():
        if _hash(place / name) != digest:
            raise AdminError("cli/backup-broken", why=f"`{name}` was changed")
    return backup


def restore_files(backup: Backup, place: Path, data_dir: Path) -> None:
    """Copy the files of a backup that was read into the new directory `data_dir`; raises `AdminError` if it has any."""
    if data_dir.is_symlink() or (data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir()))):
        raise AdminError("cli/not-empty", path=str(data_dir))
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    for name in backup.files:
        target = data_dir / PurePosixPath(name)
        _make_folders(data_dir, PurePosixPath(name))
        _copy_file(place / name, target)
        _sync_and_hash(target)


def _names(root: Path) -> Iterator[str]:
    for directory, subdirectories, files in os.walk(root):
        subdirectories.sort()
        for name in (*files, *(link for link in subdirectories if (Path(directory) / link).is_symlink())):
            yield (Path(directory) / name).relative_to(root).as_posix()


def _copy_tree(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for name in _names(source):
        if name.startswith("."):
            continue  # a version that is being taken in
        _make_folders(target, PurePosixPath(name))
        _copy_file(source / name, target / name)


def _make_folders(root: Path, name: PurePosixPath) -> None:
    """The folders above `name` below `root`, each its owner's alone (`mkdir` gives its mode to the last one only)."""
    for folder in reversed(name.parents):
        (root / folder).mkdir(mode=0o700, exist_ok=True)


def _copy_file(source: Path, target: Path) -> None:
    # A link could lead anywhere, and would be read with the operator's rights.
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as read:
        if not stat.S_ISREG(os.fstat(read.fileno()).st_mode):
            raise AdminError("cli/backup-broken", why=f"`{source.name}` is not a plain file")
        made = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as written:
            while piece := read.read(_PIECE):
                written.write(piece)


def _sync_and_hash(path: Path) -> str:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    return _hash(path)


def _hash(path: Path) -> str:
    if path.is_symlink():
        return "link"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
