"""Reads a file that a person named, up to a bound."""

from pathlib import Path

from brightline.cli.errors import PlaceError


def read_bounded(path: str, most: int) -> bytes:
    """The bytes of the file at `path`, of which there are at most `most`; raises `PlaceError`."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise PlaceError("cli/unreadable", path=path, why=(error.strerror or type(error).__name__).lower()) from error
    if len(data) > most:
        raise PlaceError("cli/unreadable", path=path, why=f"it is larger than {most} bytes")
    return data
