"""`brightline hold show`: one held action, and the file that people sign from."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from brightline.cli.output import data_option, json_option, report, rows_of
from brightline.cli.perform import perform
from brightline.cli.whole_file import write_whole


@click.command("show")
@click.argument("hold", metavar="HOLD")
@click.option("--out", default=None, type=click.Path(), metavar="FILE", help="Write the approval file there.")
@data_option
@json_option
def command(hold: str, out: str | None, data: str, *, as_json: bool) -> None:
    """Show one held action, as whoever signs it is shown it.

    `--out` writes the approval file: `brightline sign` renders the action anew from it, on the approver's own machine.
    What is held has contents, so the ledger records who looked at it.

    \b
    Example:
      brightline hold show 5f3c0d1e2a4b59687786958493a2b1c0 --out hold.json --data gate
    """
    result = dict(perform(data, "hold.show", {"hold": hold, "request": out is not None}))
    lines = list(_lines(result))
    if out is not None:
        write_whole(Path(out), str(result.pop("request")).encode())
        result["file"] = out
        lines.append(f"wrote      {out}")
    report(result, lines, as_json=as_json)


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
