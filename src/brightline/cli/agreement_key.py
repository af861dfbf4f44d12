"""`brightline agreement key`: make a party's key, or show what the manifest lists of it."""

import json
from pathlib import Path

import click

from brightline.cli.output import json_option, report
from brightline.cli.passphrase import new_passphrase, open_key, passphrase_option
from brightline.crypto.errors import PassphraseError
from brightline.crypto.party_keys import ALGORITHMS, ED25519, create, save


@click.command("key")
@click.argument("action", type=click.Choice(["create", "show"]), metavar="create|show")
@click.argument("file", type=click.Path(), metavar="FILE")
@click.option("--algorithm", type=click.Choice(ALGORITHMS), default=ED25519, help=f"Of a new key (default: {ED25519}).")
@passphrase_option
@json_option
def command(action: str, file: str, algorithm: str, passphrase_file: str | None, *, as_json: bool) -> None:
    """Make a key with which a party signs agreements, or show its entry.

    `create` writes a new private key to FILE, sealed with a passphrase. `show` prints the entry for the manifest; it
    holds the public key only. Give the key's id to the other parties by a way that nobody in between can change.

    \b
    Example:
      brightline agreement key create vendor.pem
      brightline agreement key show vendor.pem
    """
    if action == "create":
        passphrase = new_passphrase(passphrase_file)
        if not passphrase:
            raise PassphraseError(file, "a new key needs a passphrase")
        key = create(algorithm)
        save(Path(file), key, passphrase)
    else:
        key = open_key(file, passphrase_file)
    entry = key.public.entry()
    made = [f"made {file}"] if action == "create" else []
    lines = [*made, f"key id  {entry['id']}", "entry for the manifest:", json.dumps(entry, indent=1)]
    report({"file": file, "entry": entry}, lines, as_json=as_json)
