"""What the ledger needs from the machine; the adapters beside it use the real one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Two clocks, both in milliseconds."""

    def wall_ms(self) -> int:
        """UTC milliseconds since 1970, which somebody may set."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds since some moment, which nobody can set; counts while the machine sleeps."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """What a disk has left: bytes this user may still write, and whether it takes writes at all."""

    free_bytes: int
    writable: bool


class Space(Protocol):
    """How full disks are."""

    def read(self, path: Path) -> Room:
        """The room on the disk that `path` lies on; raises `OSError`."""
        ...


class Files(Protocol):
    """Plain files; each method raises `OSError`."""

    def read(self, path: Path) -> bytes | None:
        """The file's bytes, or none when there is no file."""
        ...

    def write(self, path: Path, data: bytes) -> None:
        """A file with exactly these bytes, which are on the disk when this returns; its name may not be."""
        ...

    def replace(self, source: Path, target: Path) -> None:
        """Rename over what is there, in one step."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file, or an empty directory; nothing happens when there is none, or it is not empty."""
        ...

    def make_directory(self, path: Path) -> bool:
        """Make one directory; false when it is there already."""
        ...

    def sync_directory(self, path: Path) -> None:
        """Make the names within a directory durable."""
        ...

    def names(self, path: Path) -> list[str]:
        """The names within a directory; none when there is no directory."""
        ...
