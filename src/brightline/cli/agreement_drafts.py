"""Reads agreements for commands that look at them, signed or not: directories, or packs with an agreement around."""

import tempfile
from pathlib import Path

from brightline.cli.errors import PlaceError
from brightline.packs import agreement_around, packs
from brightline.policy import AgreementFaultsError
from brightline.policy.draft import Draft, own_schema, read_draft

PACK = "pack:"


def draft_in(directory: str) -> Draft:
    """The agreement in `directory`; raises `PlaceError`, or `AgreementFaultsError` with every fault."""
    place = Path(directory)
    if not place.is_dir():
        raise PlaceError("cli/not-a-directory", path=directory)
    draft, faults = read_draft(place)
    if draft is None:
        raise AgreementFaultsError(faults)
    return draft


def draft_named(word: str) -> Draft:
    """What `word` names: a directory, or `pack:NAME` (several as `pack:NAME+NAME`); raises as `draft_in`."""
    if not word.startswith(PACK):
        return draft_in(word)
    names, known = word.removeprefix(PACK).split("+"), [pack.name for pack in packs()]
    for name in names:
        if name not in known:
            raise PlaceError("cli/unknown-pack", pack=name, known=", ".join(known))
    files = {**agreement_around(*names), "schema.json": own_schema().encode()}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        return draft_in(folder)


def called(old: str, new: str, drafts: tuple[Draft, Draft]) -> tuple[str, str]:
    """What to call two agreements that were named by `old` and `new`."""
    before, after = drafts[0].manifest, drafts[1].manifest
    if PACK not in (old[: len(PACK)], new[: len(PACK)]) and before.id == after.id and before.version != after.version:
        return f"version {before.version}", f"version {after.version}"
    return f"`{old}`", f"`{new}`"
