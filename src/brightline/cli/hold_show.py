"""`brightline hold show`: one held action, and the file that people sign from."""

import hashlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.cli.whole_file import write_whole


@click.command("show")
@click.argument("hold", metavar="HOLD")
@click.option("--out", default=None, type=click.Path(), metavar="FILE", help="Write the approval file there.")
@click.option("--evidence", default=None, type=click.Path(), metavar="DIR", help="Write the evidence into it.")
@data_option
@json_option
def command(hold: str, out: str | None, evidence: str | None, data: str, *, as_json: bool) -> None:
    """Show one held action, as whoever signs it is shown it.

    `--out` writes the approval file: `brightline sign` renders the action anew from it, on the approver's own machine.
    `--evidence` writes each item of evidence, named by its SHA-256: who allows an action has opened all of it, and
    gives the files to `brightline sign --evidence`. What is held has contents, so the ledger records who looked at it.

    \b
    Example:
      brightline hold show 5f3c0d1e2a4b59687786958493a2b1c0 --out hold.json --evidence seen --data gate
    """
    result = dict(perform(data, "hold.show", {"hold": hold, "request": out is not None}))
    lines = list(_lines(result))
    if out is not None:
        write_whole(Path(out), str(result.pop("request")).encode())
        result["file"] = out
        lines.append(f"wrote      {out}")
    if evidence is not None:
        files = result["evidence_files"] = [str(path) for path in _write_evidence(hold, Path(evidence), data)]
        lines += [f"wrote      {file}" for file in files]
    report(result, lines, as_json=as_json)


def _write_evidence(hold: str, place: Path, data: str) -> Iterator[Path]:
    """Write each item of evidence into `place`."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for item in rows_of(perform(data, "hold.evidence", {"hold": hold}), "evidence"):
        content = b64decode(str(item["content"]))
        path = place / hashlib.sha256(content).hexdigest()
        write_whole(path, content)
        yield path


def _lines(result: Mapping[str, object]) -> Iterator[str]:
    yield from str(result["rendering"]).rstrip("\n").split("\n")
    yield ""
    yield f"state      {result['state']}, until {result['expires']}"
    for asked in rows_of(result, "demands"):
        yield f"asked      {asked['quorum']} as `{asked['role']}`, path {asked['path']}"
    for name, words in (("sign_offs", "signed"), ("break_glass", "broke glass")):
        counts = result.get(name)
        if isinstance(counts, dict) and counts:
            yield f"{words:<10} {', '.join(f'{count} as `{role}`' for role, count in sorted(counts.items()))}"
    yield f"digest     {result['digest']}"
    yield f"recorded   as entry {result['entry']} of the ledger: who opened this"
