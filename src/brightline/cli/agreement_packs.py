"""`brightline agreement packs`: list the packs, show one, copy its policies into an agreement."""

from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.output import json_option, report
from brightline.packs import PackInfo, pack_files, packs

RULES, RED_LINES = "rules", "redlines"


@click.command("packs")
@click.argument("name", metavar="[NAME]", default="")
@click.option("--copy-to", type=click.Path(), default=None, metavar="DIR", help="Copy the pack into this agreement.")
@click.option("--layer", type=click.Choice(["law", "vendor"]), default=None, help="Into this layer (default: its own).")
@json_option
def command(name: str, copy_to: str | None, layer: str | None, *, as_json: bool) -> int:
    """List the packs of rules, show one, or copy it into an agreement.

    A pack is a law or a published wording as policies, with what it rests on and what it leaves out. No pack is legal
    advice or a claim of compliance.

    \b
    Example:
      brightline agreement packs
      brightline agreement packs s-4113
      brightline agreement packs s-4113 --copy-to gate/agreement --layer law
    """
    known = {pack.name: pack for pack in packs()}
    if not name:
        if copy_to or layer:
            raise click.UsageError("name the pack to copy")
        _list(list(known.values()), as_json=as_json)
        return 0
    if name not in known:
        raise PlaceError("cli/unknown-pack", pack=name, known=", ".join(known))
    if copy_to is None:
        if layer:
            raise click.UsageError("`--layer` goes with `--copy-to`")
        _show(known[name], as_json=as_json)
        return 0
    _copy(known[name], Path(copy_to), layer, as_json=as_json)
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


def _copy(pack: PackInfo, directory: Path, layer: str | None, *, as_json: bool) -> None:
    if not directory.is_dir():
        raise PlaceError("cli/not-a-directory", path=str(directory))
    chosen = layer or pack.layers[0]
    if chosen not in pack.layers:
        raise PlaceError("cli/pack-layer", pack=pack.name, layer=chosen, layers=" or ".join(pack.layers))
    written = {
        directory / path.replace(RULES, chosen, 1) if path.startswith(f"{RULES}/") else directory / path: text
        for path, text in pack_files(pack.name).items()
    }
    # Looked at before anything is written, so that half a pack is never left behind.
    for target in written:
        if target.exists() or target.is_symlink():
            raise PlaceError("cli/file-exists", path=str(target))
    for target, text in written.items():
        target.parent.mkdir(exist_ok=True)
        with target.open("xb") as file:
            file.write(text)
    paths = [str(target) for target in written]
    lines = [f"wrote {path}" for path in paths]
    lines.append("next: read the rules, edit their parameters, then run `brightline agreement check` and `prove`")
    report({"pack": pack.name, "layer": chosen, "written": paths}, lines, as_json=as_json)
