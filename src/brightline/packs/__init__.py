"""The packs: rules of law and published wordings of vendors as Cedar policies, to be copied into an agreement's layers.

A pack is a folder of data: `pack.json` says what it rests on, what of it could be read, how it was understood and what
it leaves out; `rules/` go into a layer of the agreement, `redlines/` beside the layers.
INVARIANT: no pack is legal advice or a claim of compliance, and each says so; each rule names its source and clause.
"""

from collections.abc import Mapping
from pathlib import Path

from brightline.packs.around import files_around, placed
from brightline.packs.info import NotEncoded, PackInfo, Source, read_files, read_packs

__all__ = ["PACKS_DIRECTORY", "NotEncoded", "PackInfo", "Source", "agreement_around", "pack_files", "packs", "placed"]

PACKS_DIRECTORY = Path(__file__).parent


def packs() -> tuple[PackInfo, ...]:
    """Every pack of this release, by name."""
    return read_packs(PACKS_DIRECTORY)


def pack_files(name: str) -> Mapping[str, bytes]:
    """The policies of pack `name` by their path inside it; raises `KeyError` when there is no such pack."""
    if name not in {pack.name for pack in packs()}:
        raise KeyError(name)
    return read_files(PACKS_DIRECTORY / name)


def agreement_around(*names: str) -> Mapping[str, bytes]:
    """A small whole agreement around the packs `names`, but for `schema.json`; raises `KeyError` for an unknown one."""
    known = {pack.name: pack for pack in packs()}
    return files_around(PACKS_DIRECTORY, tuple(known[name] for name in names))
