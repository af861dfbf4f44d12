"""The versions of the agreement as they lie in the data directory: `agreements/<version>/`, and `trust.json` beside.

A version's directory is written whole under a name of its own and then renamed; what was renamed and not accepted
means nothing, for the store says which versions were.
INVARIANT: the files of an accepted version are never written again.
"""

import hashlib
import os
import shutil
from pathlib import Path, PurePosixPath

from brightline.gateway.errors import AdminError, HouseError
from brightline.policy import AgreementFaultsError
from brightline.policy.directory import read_directory
from brightline.policy.signing import GenesisTrust, read_trust, trust_text

TRUST_NAME = "trust.json"
STATEMENT_NAME = "current.json"
MOST_STATEMENT_BYTES = 256 * 1024
_STAGED = ".staged"


def trust_digest(trust: GenesisTrust) -> str:
    """The digest of the keys that judge the first version, as the log's genesis names it: SHA-256, in hexadecimal."""
    return hashlib.sha256(trust_text(trust).encode()).hexdigest()


def trust_of(data_dir: Path) -> GenesisTrust:
    """The trust that was given at `init`; raises `HouseError` when there is none, `PolicyError` when it is broken."""
    path = data_dir / TRUST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HouseError("gateway/no-trust", path=str(path)) from error
    return read_trust(text, str(path))


def statement_in(data_dir: Path) -> bytes | None:
    """The statement that lies in `data_dir`, or none; longer than any statement is cut, and then does not read."""
    try:
        with (data_dir / STATEMENT_NAME).open("rb") as file:
            return file.read(MOST_STATEMENT_BYTES + 1)
    except OSError:
        return None


class Versions:
    """The directory of all versions, at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def directory(self, version: int) -> Path:
        """Where the files of `version` lie."""
        return self.root / str(version)

    def stage(self, source: Path) -> Path:
        """A copy of the agreement in `source`, durable, under a name that means nothing yet.

        Raises `AgreementFaultsError` for files that do not belong to an agreement, `AdminError` when it cannot be
        written. What is judged afterwards is the copy, which nobody else can change meanwhile.
        """
        texts, faults = read_directory(source)
        if faults:
            raise AgreementFaultsError(faults)
        staged = self.root / _STAGED
        try:
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(mode=0o700, parents=True)
            for name, text in texts.items():
                place = staged / PurePosixPath(name)
                place.parent.mkdir(mode=0o700, exist_ok=True)
                _write(place, text.encode())
            for folder in (*(entry for entry in staged.iterdir() if entry.is_dir()), staged):
                _sync(folder)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise AdminError("gateway/agreement-not-kept", path=str(self.root), why=why) from error
        return staged

    def settle(self, staged: Path, version: int) -> Path:
        """Let what was staged lie under its version, durably; a directory there was never accepted, and goes."""
        place = self.directory(version)
        try:
            shutil.rmtree(place, ignore_errors=True)
            staged.rename(place)
            _sync(self.root)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise AdminError("gateway/agreement-not-kept", path=str(place), why=why) from error
        return place

    def drop(self) -> None:
        """Forget what was staged and not settled."""
        shutil.rmtree(self.root / _STAGED, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
