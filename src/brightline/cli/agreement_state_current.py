"""`brightline agreement state-current`: state that an agreement is still the one in force, in one enclave."""

import time
from pathlib import Path

import click

from brightline.cli.errors import PlaceError
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.cli.passphrase import open_key, passphrase_option
from brightline.cli.whole_file import write_whole
from brightline.crypto.dsse import MAX_ENVELOPE_BYTES
from brightline.crypto.party_keys import PublicKey
from brightline.policy.draft import Draft
from brightline.policy.errors import PolicyError
from brightline.policy.signing import add_to_current, check_covers, check_current, make_current, read_signed


@click.command("state-current")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.option("--enclave", required=True, metavar="NAME", help="The enclave that it is for.")
@click.option("--key", "key_file", required=True, type=click.Path(), metavar="FILE", help="The private key.")
@click.option("--days", type=int, default=None, help="How long it lasts (default: as long as the manifest allows).")
@click.option("--add", type=click.Path(), default=None, metavar="FILE", help="Sign this statement too, as another did.")
@click.option("--out", type=click.Path(), default=None, metavar="FILE", help="Where to write (default: current.json).")
@passphrase_option
@json_option
def command(
    directory: str,
    *,
    enclave: str,
    key_file: str,
    days: int | None,
    add: str | None,
    out: str | None,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """State that an agreement is still the one in force.

    A gateway permits nothing without such a statement, signed by every party that the manifest names in `current_by`.
    It is about one version in one enclave, and ends after the days that the manifest gives that enclave.

    \b
    Example:
      brightline agreement state-current gate/agreements/1 --enclave demo --days 7 --key operator.pem
    """
    if add is not None and days is not None:
        raise click.UsageError("`--add` keeps the days of the statement that it adds to")
    signed = read_signed(_place(directory))
    check_covers(signed)
    draft = signed.draft
    key = open_key(key_file, passphrase_file)
    _check_named(draft, key.public)
    now_ms = time.time_ns() // 1_000_000
    if add is not None:
        data = add_to_current(_read(add), draft, enclave, key)
    else:
        lasts = draft.manifest.current_days.get(enclave, 1) if days is None else days
        data = make_current(draft, enclave, issued_ms=now_ms, days=lasts, keys=[key])
    place = Path(out or add or "current.json")
    if place.exists() and str(place) != add:
        raise PlaceError("cli/file-exists", path=str(place))
    missing, until = _standing(data, draft, enclave, now_ms)
    write_whole(place, data)
    words = (
        f"until     {until}" if until else f"missing   {missing}: have them add their signatures with `--add {place}`"
    )
    lines = [f"agreement {draft.manifest.id}, version {draft.manifest.version}, in enclave {enclave}", words]
    result = {
        "file": str(place),
        "agreement": draft.manifest.id,
        "enclave": enclave,
        "missing": missing,
        "until": until,
    }
    report(result, [*lines, f"written   {place}"], as_json=as_json)


def _place(directory: str) -> Path:
    place = Path(directory)
    if not place.is_dir():
        raise PlaceError("cli/not-a-directory", path=directory)
    return place


def _check_named(draft: Draft, key: PublicKey) -> None:
    """Check that `key` is of a party that is named for such statements."""
    named = [party for party in draft.manifest.parties if party.name in draft.manifest.current_by]
    if not any(key.id in party.keys for party in named):
        raise PolicyError("policy/key-not-listed", key=key.id, party=" or ".join(draft.manifest.current_by))


def _standing(data: bytes, draft: Draft, enclave: str, now_ms: int) -> tuple[str, str]:
    """Who has still to sign, or until when the statement lasts."""
    try:
        return "", utc(check_current(data, draft, enclave, now_ms).until_ms)
    except PolicyError as error:
        if error.code != "policy/current-unsigned":
            raise
        return str(error.words["missing"]), ""


def _read(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(MAX_ENVELOPE_BYTES + 1)
