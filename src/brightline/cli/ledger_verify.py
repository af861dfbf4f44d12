"""`brightline ledger verify`: check a log directory with nothing but the log's verification key.

INVARIANT: loads neither store, network nor policy engine; an inspector can read all of what runs.
"""

import time
from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.ledger.verify import DirectoryReader, verify_directory

# A gateway at work writes several files for one checkpoint: look again this often before calling it a fault.
_LOOKS = 5
_SECONDS_BETWEEN = 0.3
_MOST_CHECKPOINT_BYTES = 1024 * 1024


@click.command("verify")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.option("--vkey", required=True, metavar="K", help="The log's verification key, had from the operator.")
@click.option("--cosigner", "cosigners", multiple=True, metavar="K", help="A further key that may sign; repeatable.")
@click.option(
    "--old-checkpoint", type=click.Path(), default=None, help="A checkpoint you kept, which the log must continue."
)
@json_option
def command(
    directory: str, vkey: str, cosigners: tuple[str, ...], old_checkpoint: str | None, *, as_json: bool
) -> None:
    """Check a log directory, entry by entry.

    DIR is the directory of one log, with the file `checkpoint` in it. Needs no store, no network and no secret.

    \b
    Example:
      brightline ledger verify gate/log/AGREEMENT/ENCLAVE/SHARD --vkey 'KEY'
    """
    place = Path(directory)
    if not place.is_dir():
        raise PlaceError("cli/not-a-directory", path=directory)
    verified = verify_directory(
        DirectoryReader(place),
        vkey,
        cosigners=cosigners,
        old_checkpoint=_read(old_checkpoint),
        look_again=_look_again,
    )
    counts = {kind.name.lower().replace("_", "-"): count for kind, count in sorted(verified.counts.items()) if count}
    result = {
        "origin": verified.origin,
        "size": verified.size,
        "root": verified.root_hex,
        "first_time": utc(verified.first_time_ms),
        "last_time": utc(verified.last_time_ms),
        "counts": counts,
        "open_intents": list(verified.open_intents),
    }
    lines = [
        f"verified: {verified.size} entries of {verified.origin}",
        f"root      {verified.root_hex}",
        f"from      {utc(verified.first_time_ms)} to {utc(verified.last_time_ms)}",
        f"kinds     {', '.join(f'{count} {kind}' for kind, count in counts.items())}",
        f"open      {len(verified.open_intents)} intents without an outcome yet",
    ]
    report(result, lines, as_json=as_json)


def _look_again(attempt: int) -> bool:
    if attempt >= _LOOKS:
        return False
    time.sleep(_SECONDS_BETWEEN)
    return True


def _read(path: str | None) -> bytes | None:
    if path is None:
        return None
    with Path(path).open("rb") as file:
        return file.read(_MOST_CHECKPOINT_BYTES)
