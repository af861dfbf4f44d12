"""The file of the log's signing key, and its change: staged beside the old one, then put in its place.

A rotation writes the new seed durably first, then the ledger's entry, then renames. A crash in between leaves both
files, and the ledger's own last verification key tells which one signs: `candidates` gives both.
INVARIANT: a seed that signed anything is on the disk before it signs.
"""

import os
from collections.abc import Callable
from pathlib import Path

from brightline.crypto.keyfiles import create_key, load_key

STAGED_SUFFIX = ".next"


class LogSeed:
    """The seed file at `path`."""

    def __init__(self, path: Path, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self._path = path
        self._staged = path.with_name(path.name + STAGED_SUFFIX)
        self._random = random

    def candidates(self) -> tuple[bytes, ...]:
        """The seed in use, then a staged one if there is any; raises `KeyFileError`."""
        found = [load_key(self._path)]
        if self._staged.exists():
            found.append(load_key(self._staged))
        return tuple(found)

    def stage(self) -> bytes:
        """A fresh seed beside the one in use, or the one that an interrupted rotation left; raises `KeyFileError`."""
        if self._staged.exists():
            return load_key(self._staged)
        return create_key(self._staged, self._random)

    def settle(self) -> None:
        """Let the staged seed take the place of the one in use, durably; raises `OSError`."""
        self._staged.replace(self._path)
        descriptor = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
