"""`brightline directory key`: make the directory's key, or show it, and write the `directory.json` that names it."""

import json
from pathlib import Path

import click

from brightline.cli.output import json_option, report
from brightline.cli.passphrase import new_passphrase, open_key, passphrase_option
from brightline.cli.whole_file import write_whole
from brightline.crypto.errors import PassphraseError
from brightline.crypto.party_keys import ALGORITHMS, ED25519, PublicKey, create, save
from brightline.domain.sign_off.assertion import ASSURANCES
from brightline.domain.sign_off.trust import RelyingParty
from brightline.oversight.directory import DEFAULT_ASSURANCES, DEFAULT_MAX_AGE_MS, Directory, entries_of


@click.command("key")
@click.argument("action", type=click.Choice(["create", "show"]), metavar="create|show")
@click.argument("file", type=click.Path(), metavar="FILE")
@click.option("--algorithm", type=click.Choice(ALGORITHMS), default=ED25519, help=f"Of a new key (default: {ED25519}).")
@click.option("--out", type=click.Path(), default=None, metavar="FILE", help="Write a `directory.json` that names it.")
@click.option("--rp-id", default="", help="The site of passkeys: the console's host name.")
@click.option("--origin", "origins", multiple=True, help="The console's address, as https://…; repeatable.")
@click.option(
    "--assurance",
    "assurances",
    multiple=True,
    type=click.Choice(ASSURANCES),
    default=DEFAULT_ASSURANCES,
    help="How keys of people may be kept; repeatable (default: passkeys and hardware).",
)
@passphrase_option
@json_option
def command(
    action: str,
    file: str,
    *,
    algorithm: str,
    out: str | None,
    passphrase_file: str | None,
    as_json: bool,
    **ways: object,
) -> None:
    """Make the directory's key, or show its entry.

    Whoever holds this key says who may sign in which role. Keep it apart from the gateway; its public half goes into
    `directory.json` in the data directory (`show --out`) and into the trust bundles of effectors.

    \b
    Example:
      brightline directory key create directory.pem
      brightline directory key show directory.pem --out gate/directory.json --rp-id console.example \\
        --origin https://console.example
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
    lines = [f"made {file}"] if action == "create" else []
    lines += [f"key id  {entry['id']}", "entry for `directory.json`:", json.dumps(entry, indent=1)]
    if out is not None:
        write_whole(Path(out), _directory(key.public, ways).to_bytes())
        lines.append(f"wrote {out}")
    report({"file": file, "entry": entry, "directory": out}, lines, as_json=as_json)


def _directory(key: PublicKey, ways: dict[str, object]) -> Directory:
    """The directory with this one key; raises `SignOffError` for what it could not be."""
    made = Directory(
        keys=entries_of([key]),
        assurances=tuple(sorted({*_texts(ways["assurances"])})),
        webauthn=RelyingParty(str(ways["rp_id"]), _texts(ways["origins"])),
        revocations_max_age_ms=DEFAULT_MAX_AGE_MS,
    )
    return Directory.parse(made.to_bytes())


def _texts(given: object) -> tuple[str, ...]:
    return tuple(str(each) for each in given) if isinstance(given, tuple) else ()
