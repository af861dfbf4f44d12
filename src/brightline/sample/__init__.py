"""The sample agreement that `brightline init` copies and the demo tells its story with; data, and a way to read it.

Its parties are invented. Its rules show each layer at work; they are no legal advice and claim no compliance.
"""

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable

__all__ = ["agreement_files"]


def agreement_files() -> Mapping[str, bytes]:
    """The bytes of every file of the sample agreement, by its path inside the agreement's directory."""
    return dict(sorted(_files(resources.files(__name__).joinpath("agreement"), "")))


def _files(folder: Traversable, inside: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _files(item, f"{inside}{item.name}/")
        else:
            found.append((f"{inside}{item.name}", item.read_bytes()))
    return found
