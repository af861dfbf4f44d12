"""Key files: 32 secret bytes in a file that only its owner reads.

A file is written whole under another name, made durable, and then linked to its own, so a crash leaves no half a key.
INVARIANT: a file that others may read, that is no plain file, or that has another length, refuses.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from brightline.crypto.errors import KeyFileError

KEY_FILE_BYTES = 32
_OWNER_ONLY = 0o600


def create_key(path: Path, random: Callable[[int], bytes] = os.urandom) -> bytes:
    """Make a new key file at `path`, durable when this returns; raises `KeyFileError` when it exists or cannot be."""
    # A link refuses to replace what is there; a rename would not.
    return _made(path, random(KEY_FILE_BYTES), os.link)


def replace_key(path: Path, random: Callable[[int], bytes] = os.urandom) -> bytes:
    """Put a new key in the place of the one at `path`, durable when this returns; raises `KeyFileError`.

    A crash leaves the one or the other, whole.
    """
    load_key(path)
    return _made(path, random(KEY_FILE_BYTES), os.replace)


def _made(path: Path, key: bytes, name: Callable[[Path, Path], None]) -> bytes:
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
            name(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_directory(path.parent)
    except OSError as error:
        raise KeyFileError(str(path), _reason(error)) from error
    return key


def load_key(path: Path) -> bytes:
    """The 32 bytes of the key file at `path`; raises `KeyFileError` when it is missing, open to others or odd."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise KeyFileError(str(path), "it is not a plain file")
            if status.st_uid not in {os.geteuid(), 0}:
                raise KeyFileError(str(path), "it belongs to another user")
            if stat.S_IMODE(status.st_mode) & 0o077:
                raise KeyFileError(str(path), "other users may read or change it")
            key = file.read(KEY_FILE_BYTES + 1)
    except OSError as error:
        raise KeyFileError(str(path), _reason(error)) from error
    if len(key) != KEY_FILE_BYTES:
        raise KeyFileError(str(path), f"it does not have {KEY_FILE_BYTES} bytes")
    return key


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
