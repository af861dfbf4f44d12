"""`brightline agreement packs`: list the packs, show one, copy it into an agreement, or write one around it."""

from collections.abc import Mapping
from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.output import json_option, report
from brightline.packs import PackInfo, agreement_around, pack_files, packs, placed
from brightline.policy.draft import own_schema


@click.command("packs")
@click.argument("name", metavar="[NAME]", default="")
@click.option("--copy-to", type=click.Path(), default=None, metavar="DIR", help="Copy the pack into this agreement.")
@click.option("--layer", type=click.Choice(["law", "vendor"]), default=None, help="Into this layer (default: its own).")
@click.option("--around", type=click.Path(), default=None, metavar="DIR", help="Write a small agreement around it.")
@json_option
def command(name: str, copy_to: str | None, layer: str | None, around: str | None, *, as_json: bool) -> int:
    """List the packs of rules, show one, or copy it into an agreement.

    A pack is a law or a published wording as policies, with what it rests on and what it leaves out. No pack is legal
    advice or a claim of compliance.

    \b
    Example:
      brightline agreement packs
      brightline agreement packs s-4113
      brightline agreement packs s-4113 --copy-to draft --layer law
      brightline agreement packs defence-clause-2026-02-28 --around february
    """
    known = {pack.name: pack for pack in packs()}
    if not name:
        if copy_to or layer or around:
            raise click.UsageError("name the pack")
        _list(list(known.values()), as_json=as_json)
        return 0
    if name not in known:
        raise PlaceError("cli/unknown-pack", pack=name, known=", ".join(known))
    if (layer or around) and (copy_to is None) == (around is None):
        raise click.UsageError("`--layer` goes with `--copy-to`, and `--around` goes alone")
    if around is not None:
        _write_around(known[name], Path(around), as_json=as_json)
    elif copy_to is not None:
        _copy(known[name], Path(copy_to), layer or known[name].layers[0], as_json=as_json)
    else:
        _show(known[name], as_json=as_json)
    return 0


def _list(known: list[PackInfo], *, as_json: bool) -> None:
    width = max(len(pack.name) for pack in known)
    lines = [f"{pack.name:<{width}}  {pack.kind:<6}  {pack.date}  {pack.title}" for pack in known]
    rows = [{"name": pack.name, "kind": pack.kind, "date": pack.date, "title": pack.title} for pack in known]
    report({"packs": rows}, [*lines, known[0].disclaimer], as_json=as_json)


def _show(pack: PackInfo, *, as_json: bool) -> None:
    files = {path: text.decode() for path, text in pack_files(pack.name).items()}
    result: dict[str, object] = {
        "name": pack.name,
        "title": pack.title,
        "kind": pack.kind,
        "date": pack.date,
        "summary": pack.summary,
        "disclaimer": pack.disclaimer,
        "layers": list(pack.layers),
        "sources": [{name: getattr(source, name) for name in source.__slots__} for source in pack.sources],
        "facts": list(pack.facts),
        "parameters": list(pack.parameters),
        "readings": list(pack.readings),
        "not_encoded": [{"what": item.what, "why": item.why} for item in pack.not_encoded],
        "files": files,
    }
    report(result, _words(pack, files), as_json=as_json)


def _words(pack: PackInfo, files: dict[str, str]) -> list[str]:
    lines = [f"{pack.name}: {pack.title}", f"{pack.kind}, {pack.date}", pack.disclaimer, "", pack.summary]
    lines += ["", "Rests on"]
    lines += [
        f"  {item.publisher}: {item.title}, {item.date}; read {item.read} ({item.address})" for item in pack.sources
    ]
    lines += ["", "Facts it needs", f"  {', '.join(pack.facts)}"]
    lines += ["", "Made to be edited", *[f"  {line}" for line in pack.parameters]]
    lines += ["", "How the text was read", *[f"  {line}" for line in pack.readings]]
    lines += ["", "Not encoded", *[f"  {item.what}: {item.why}" for item in pack.not_encoded]]
    for path, text in files.items():
        lines += ["", path, "", text.rstrip()]
    return lines


def _copy(pack: PackInfo, directory: Path, layer: str, *, as_json: bool) -> None:
    if not directory.is_dir():
        raise PlaceError("cli/not-a-directory", path=str(directory))
    if layer not in pack.layers:
        raise PlaceError("cli/pack-layer", pack=pack.name, layer=layer, layers=" or ".join(pack.layers))
    files = {placed(path, layer): text for path, text in pack_files(pack.name).items()}
    # Looked at before anything is written, so that half a pack is never left behind.
    for path in files:
        target = directory / path
        if target.exists() or target.is_symlink():
            raise PlaceError("cli/file-exists", path=str(target))
    written = _write(directory, files)
    lines = [f"wrote {path}" for path in written]
    lines.append("next: read the rules, edit their parameters, then run `brightline agreement check` and `prove`")
    report({"pack": pack.name, "layer": layer, "written": written}, lines, as_json=as_json)


def _write_around(pack: PackInfo, directory: Path, *, as_json: bool) -> None:
    if directory.is_symlink() or (directory.exists() and (not directory.is_dir() or any(directory.iterdir()))):
        raise PlaceError("cli/not-empty", path=str(directory))
    files = {**agreement_around(pack.name), "schema.json": own_schema().encode()}
    written = _write(directory, files)
    lines = [f"wrote an agreement around {pack.name} to {directory}: {len(written)} files, of invented parties"]
    lines.append("next: `brightline agreement prove` it, or `brightline agreement diff` it with another")
    report({"pack": pack.name, "directory": str(directory), "written": written}, lines, as_json=as_json)


def _write(directory: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write `files` below `directory`, none of which may exist; their paths."""
    for path, text in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(text)
    return [str(directory / path) for path in files]
