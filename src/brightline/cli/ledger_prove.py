"""`brightline ledger prove`: give the proof that an entry is in the log."""

from pathlib import Path

import click

from brightline.cli.output import data_option, json_option, report
from brightline.cli.perform import perform


@click.command("prove")
@click.argument("index", type=click.IntRange(min=0))
@data_option
@click.option("--out", type=click.Path(), default=None, help="Write the proof to this new file instead.")
@json_option
def command(index: int, data: str, out: str | None, *, as_json: bool) -> None:
    """Give the proof that an entry is in the log (C2SP tlog-proof).

    Whoever has the proof, the receipt and the log's verification key checks it with `brightline ledger verify-proof`,
    without asking anybody.

    \b
    Example:
      brightline ledger prove 17 --data gate --out entry-17.proof
    """
    result = perform(data, "ledger.prove", {"index": index})
    proof = str(result["proof"])
    if out is None:
        report(result, proof.splitlines(), as_json=as_json)
        return
    with Path(out).open("x", encoding="utf-8") as file:
        file.write(proof)
    lines = [f"wrote the proof of entry {index} to {out}", f"leaf hash: {result['leaf_hash']}"]
    report({**result, "path": out}, lines, as_json=as_json)
