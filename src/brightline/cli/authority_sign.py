"""`brightline authority sign`: sign an authority, having shown what is signed."""

from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.cli.passphrase import open_key, passphrase_option
from brightline.cli.whole_file import write_whole
from brightline.crypto.signatures import sign
from brightline.domain.authority import MAX_AUTHORITY_BYTES, Authority, Signature, SignedAuthority
from brightline.domain.sign_off.canonical import parse_object
from brightline.domain.sign_off.rendering import shown


@click.command("sign")
@click.argument("file", type=click.Path())
@click.option("--key", "key_file", required=True, type=click.Path(), metavar="FILE", help="The private key.")
@click.option("--out", required=True, type=click.Path(), metavar="FILE", help="Where to write it, signed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@passphrase_option
@json_option
def command(file: str, key_file: str, out: str, *, yes: bool, passphrase_file: str | None, as_json: bool) -> None:
    """Sign an authority, having shown what is signed.

    FILE is what `brightline authority draft` wrote, or what another key signed already; signatures that stand there
    stay.

    \b
    Example:
      brightline authority sign warrant-17.json --key court.pem --out warrant-17.signed.json
    """
    authority, before = _read(read_bounded(file, MAX_AUTHORITY_BYTES))
    key = open_key(key_file, passphrase_file)
    lines = [
        f"authority  {shown(authority.id)}, kind {shown(authority.kind)}, issued by {shown(authority.issuer)}",
        f"covers     {len(authority.persons)} persons for {shown(authority.organisation)}/{shown(authority.unit)}",
        f"valid      from {utc(authority.not_before_ms)} until {utc(authority.expires_ms)}",
        f"agreement  {shown(authority.agreement)}",
        f"digest     {authority.digest.hex()}",
        f"key        {key.public.id}",
    ]
    if not yes:
        for line in lines:
            click.echo(line, err=True)
        click.confirm("sign this?", abort=True, err=True)
        lines = []
    mine = Signature(key.public.id, sign(key, authority.tagged))
    kept = [each for each in before if each.key != mine.key]
    signed = SignedAuthority(authority, tuple(sorted([*kept, mine])))
    write_whole(Path(out), SignedAuthority.parse(signed.canonical).canonical)
    result = {
        "id": authority.id,
        "digest": authority.digest.hex(),
        "signatures": [each.key for each in signed.signatures],
    }
    report(result, [*lines, f"signed     {out}"], as_json=as_json)


def _read(data: bytes) -> tuple[Authority, tuple[Signature, ...]]:
    """The authority in a file, signed or not, with the signatures that stand there; raises `SignOffError`."""
    if "signatures" in parse_object(data, limit=MAX_AUTHORITY_BYTES):
        signed = SignedAuthority.parse(data)
        return signed.authority, signed.signatures
    return Authority.parse(data), ()
