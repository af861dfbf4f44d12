"""A small whole agreement around packs, so that a pack can be proved and two wordings can be compared.

Its parties are invented. Its operator permits every call for an answer, and its vendor permits everything where no pack
speaks for the vendor: what is refused is refused by the packs.
"""

from collections.abc import Mapping
from pathlib import Path

from brightline.packs.info import PackInfo, read_files

HOST = "host"
VENDOR = "vendor"


def files_around(directory: Path, chosen: tuple[PackInfo, ...]) -> Mapping[str, bytes]:
    """The files of an agreement that holds the `chosen` packs of `directory`, each in its own layer; no schema."""
    host = directory / HOST
    files = {
        path.relative_to(host).as_posix(): path.read_bytes() for path in sorted(host.rglob("*.*")) if path.is_file()
    }
    if any(pack.layers[0] == VENDOR for pack in chosen):
        files = {path: text for path, text in files.items() if not path.startswith(f"{VENDOR}/")}
    for pack in chosen:
        for path, text in read_files(directory / pack.name).items():
            files[placed(path, pack.layers[0])] = text
    return files


def placed(path: str, layer: str) -> str:
    """Where the pack's file `path` belongs in an agreement that takes the rules into `layer`."""
    folder, _, name = path.partition("/")
    return f"{layer}/{name}" if folder == "rules" else path
