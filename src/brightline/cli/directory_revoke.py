"""`brightline directory revoke`: issue the list of what no longer counts, also when nothing new is revoked."""

import time
from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.cli.passphrase import open_key, passphrase_option
from brightline.cli.whole_file import write_whole
from brightline.crypto.party_keys import PrivateKey
from brightline.domain.sign_off.revocation import MAX_REVOCATIONS_BYTES, RevocationList, SignedRevocationList
from brightline.oversight.directory import MAX_DIRECTORY_BYTES, Directory, entries_of, make_revocations


@click.command("revoke")
@click.option("--key-id", "keys", multiple=True, help="Revoke a person's key, by its id; repeatable.")
@click.option("--person", "persons", multiple=True, help="Revoke a person with all keys; repeatable.")
@click.option("--serial", "serials", type=click.IntRange(0), multiple=True, help="Revoke an assertion; repeatable.")
@click.option("--binding", "bindings", multiple=True, help="Revoke one action, by its digest; repeatable.")
@click.option("--previous", type=click.Path(), default=None, metavar="FILE", help="The list before; its entries stay.")
@click.option("--directory", type=click.Path(), default=None, metavar="FILE", help="Where another key signed it.")
@click.option("--key", "key_file", required=True, type=click.Path(), metavar="FILE", help="The directory's key.")
@click.option("--out", required=True, type=click.Path(), metavar="FILE", help="Where to write the list.")
@passphrase_option
@json_option
def command(
    *,
    previous: str | None,
    directory: str | None,
    key_file: str,
    out: str,
    passphrase_file: str | None,
    as_json: bool,
    **revoked: tuple[object, ...],
) -> None:
    """Issue the revocation list: what no longer counts, and since when that is known.

    Gateways and effectors rely on a list only for as long as `directory.json` and the trust bundle allow, a day unless
    set otherwise. Issue one at least that often, with `--previous`, also when nothing new is revoked.

    \b
    Example:
      brightline directory revoke --key directory.pem --out revoked-1.json
      brightline directory revoke --previous revoked-1.json --person ana --key directory.pem --out revoked-2.json
    """
    key = open_key(key_file, passphrase_file)
    before = None if previous is None else _previous(previous, directory, key)
    signed = make_revocations(_next(before, revoked, time.time_ns() // 1_000_000), key)
    write_whole(Path(out), signed.canonical)
    made = signed.revocations
    counts = {name: len(listed) for name, listed in _listed(made).items()}
    result = {"file": out, "number": made.number, "issued_ms": made.issued_ms, **counts}
    words = ", ".join(f"{count} {name}" for name, count in counts.items())
    report(result, [f"issued list {made.number} at {utc(made.issued_ms)}: {words}", f"wrote {out}"], as_json=as_json)


def _previous(path: str, directory: str | None, key: PrivateKey) -> RevocationList:
    """The list before, if the directory signed it; raises `SignOffError`."""
    signed = SignedRevocationList.parse(read_bounded(path, MAX_REVOCATIONS_BYTES))
    if directory is None:
        return Directory(keys=entries_of([key.public])).check_revocations(signed)
    return Directory.parse(read_bounded(directory, MAX_DIRECTORY_BYTES)).check_revocations(signed)


def _next(before: RevocationList | None, revoked: dict[str, tuple[object, ...]], now_ms: int) -> RevocationList:
    """The list after `before`, with its entries and those of `revoked`; its number and time only rise."""
    held = before or RevocationList(0, 0)
    return RevocationList(
        issued_ms=max(now_ms, held.issued_ms),
        number=held.number + 1,
        keys=tuple(sorted({*held.keys, *map(str, revoked["keys"])})),
        persons=tuple(sorted({*held.persons, *map(str, revoked["persons"])})),
        serials=tuple(sorted({*held.serials, *(each for each in revoked["serials"] if isinstance(each, int))})),
        bindings=tuple(sorted({*held.bindings, *map(str, revoked["bindings"])})),
    )


def _listed(revocations: RevocationList) -> dict[str, tuple[object, ...]]:
    return {
        "keys": revocations.keys,
        "persons": revocations.persons,
        "serials": revocations.serials,
        "bindings": revocations.bindings,
    }
