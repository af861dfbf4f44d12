"""`brightline approver enrol`: hand the directory a person's public key, with the proof that it is in his hands."""

import secrets
from pathlib import Path

import click

from brightline.cli.output import json_option, report
from brightline.cli.person_key import key_choice, open_person_key, person_key_options
from brightline.cli.whole_file import write_whole
from brightline.oversight.enrolment import NONCE_BYTES, enrol_key


@click.command("enrol")
@click.option("--person", required=True, help="Your name, as the directory is to know it.")
@click.option("--out", required=True, type=click.Path(), metavar="FILE", help="Where to write the enrolment.")
@person_key_options
@json_option
def command(person: str, out: str, *, as_json: bool, **key: object) -> None:
    """Hand the directory your public key, with a proof that you hold its private half.

    Make a key file with `brightline agreement key create`, or use the signature key of your card. A passkey is enrolled
    in the console. Give the file to whoever keeps the directory, and your key's id by word of mouth.

    \b
    Example:
      brightline approver enrol --person ana --key ana.pem --out ana-enrolment.json
      brightline approver enrol --person ana --pkcs11 opensc-pkcs11.so --key-id 02 --out ana-enrolment.json
    """
    choice = key_choice(**key)
    with open_person_key(choice) as mine:
        made = enrol_key(person, mine.public, mine.assurance, mine.sign, nonce=secrets.token_bytes(NONCE_BYTES))
    write_whole(Path(out), made.canonical)
    result = {"file": out, "person": person, "key": made.key.id, "assurance": made.key.assurance}
    lines = [f"person  {person}", f"key id  {made.key.id}, kept by {made.key.assurance}", f"wrote   {out}"]
    report(result, lines, as_json=as_json)
