"""Plain files on the machine's own disk."""

import contextlib
import errno
import os
from pathlib import Path

_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalFiles:
    """The adapter of `ports.Files` for local disks."""

    def read(self, path: Path) -> bytes | None:
        """The file's bytes, or none when there is no file."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: Path, data: bytes) -> None:
        """A file with exactly these bytes, which are on the disk when this returns."""
        descriptor = os.open(path, _WRITE, 0o644)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        """Rename over what is there, in one step."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Remove a file, or an empty directory."""
        try:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
        except (IsADirectoryError, PermissionError):  # macOS answers with the second for a directory
            try:
                path.rmdir()
            except OSError as error:
                if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                    raise

    def make_directory(self, path: Path) -> bool:
        """Make one directory; false when it is there already."""
        try:
            path.mkdir()
        except FileExistsError:
            return False
        return True

    def sync_directory(self, path: Path) -> None:
        """Make the names within a directory durable."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def names(self, path: Path) -> list[str]:
        """The names within a directory; none when there is no directory."""
        try:
            return [entry.name for entry in path.iterdir()]
        except FileNotFoundError:
            return []
