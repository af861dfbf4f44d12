"""`brightline agreement sign`: sign an agreement for one party, having shown what is signed."""

from pathlib import Path

import click

from brightline.cli.agreement_drafts import draft_in
from brightline.cli.errors import PlaceError
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.cli.passphrase import open_key, passphrase_option
from brightline.cli.whole_file import write_whole
from brightline.crypto.dsse import SignedEnvelope
from brightline.crypto.errors import EnvelopeError
from brightline.crypto.party_keys import PublicKey
from brightline.policy.directory import CERTIFICATE, SIGNATURES
from brightline.policy.draft import Draft, examine
from brightline.policy.errors import AgreementFaultsError, PolicyError
from brightline.policy.faults import Fault
from brightline.policy.proof.verify_proof import check_certificate
from brightline.policy.signing import (
    changes_between,
    check_follows,
    party_of,
    sign,
    signed_of,
)


@click.command("sign")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.option("--key", "key_file", required=True, type=click.Path(), metavar="FILE", help="The private key.")
@click.option("--party", required=True, metavar="NAME", help="The party to sign for, as the manifest names it.")
@click.option("--previous", type=click.Path(), default=None, metavar="DIR", help="The version before this one.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@passphrase_option
@json_option
def command(
    directory: str,
    key_file: str,
    party: str,
    *,
    previous: str | None,
    yes: bool,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Sign an agreement for one party.

    Shows the version, its digest and what it changes, and asks. Refuses an agreement with faults or without the
    certificate of its proof. Signatures that others made over the same files stay. With `--previous`, a key that only
    the version before lists may sign as well: a change of keys needs old and new.

    \b
    Example:
      brightline agreement sign draft --key vendor.pem --party "Example Model Laboratory"
    """
    draft, warnings = _examined(directory)
    before = None if previous is None else draft_in(previous)
    check_certificate(draft, draft.texts.get(CERTIFICATE))
    if before is not None:
        check_follows(draft, before)
    changes = () if before is None else changes_between(before, draft)
    lines = _shown(draft, changes, compared=before is not None) + [str(warning) for warning in warnings]
    key = open_key(key_file, passphrase_file)
    _check_listed(draft, before, key.public, party)
    kept, dropped = _kept(draft)
    lines += [f"party     {party}", f"key       {key.public.id}"]
    if dropped:
        lines.append("dropped   the signatures that lay here: they are not over these files")
    if not yes:
        for line in lines:
            click.echo(line, err=True)
        click.confirm("sign this?", abort=True, err=True)
        lines = []
    envelope = sign(draft, [key], kept)
    write_whole(Path(directory) / SIGNATURES, envelope.to_bytes())
    manifest = draft.manifest
    result = {
        "agreement": manifest.id,
        "version": manifest.version,
        "digest": draft.digest.hex(),
        "changes": list(changes),
        "party": party,
        "key": key.public.id,
        "signatures": sorted(envelope.signatures),
    }
    report(result, [*lines, f"signed    {Path(directory) / SIGNATURES}"], as_json=as_json)


def _examined(directory: str) -> tuple[Draft, tuple[Fault, ...]]:
    """The agreement as `agreement check` sees it, with its warnings; raises `AgreementFaultsError` for any fault."""
    place = Path(directory)
    if not place.is_dir():
        raise PlaceError("cli/not-a-directory", path=directory)
    found = examine(place)
    if found.draft is None:
        raise AgreementFaultsError(found.faults)
    return found.draft, found.warnings


def _shown(draft: Draft, changes: tuple[str, ...], *, compared: bool) -> list[str]:
    manifest = draft.manifest
    lines = [
        f"agreement {manifest.id}, version {manifest.version}",
        f"digest    {draft.digest.hex()}",
        f"valid     {utc(manifest.not_before_ms)} to {utc(manifest.expires_ms)}",
    ]
    if not compared:
        return [*lines, "changes   not compared: give `--previous DIR` to see what it changes"]
    return [*lines, *(f"change    {change}" for change in changes or ("none",))]


def _check_listed(draft: Draft, before: Draft | None, key: PublicKey, party: str) -> None:
    """Check that `key` signs for `party` under this version or under the one before."""
    try:
        party_of(draft, key, named=party)
    except PolicyError:
        if before is None:
            raise
        party_of(before, key, named=party)


def _kept(draft: Draft) -> tuple[SignedEnvelope | None, bool]:
    """The envelope that lies there when it is over this draft, and whether another one is dropped."""
    if SIGNATURES not in draft.texts:
        return None, False
    try:
        envelope = signed_of(draft).envelope
    except EnvelopeError:
        return None, True
    return (envelope, False) if envelope.payload == draft.payload else (None, True)
