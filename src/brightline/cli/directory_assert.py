"""`brightline directory assert`: say, for the directory, in which roles a person who enrolled may sign, until when."""

import time
from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.cli.passphrase import open_key, passphrase_option
from brightline.cli.whole_file import write_whole
from brightline.domain.sign_off.assertion import RoleAssertion
from brightline.domain.sign_off.trust import DAY_MS
from brightline.oversight.directory import MAX_DIRECTORY_BYTES, Directory, make_assertion
from brightline.oversight.enrolment import MAX_ENROLMENT_BYTES, Enrolment


@click.command("assert")
@click.argument("enrolment", type=click.Path(), metavar="ENROLMENT")
@click.option("--role", "roles", multiple=True, required=True, help="A role to sign in; repeatable.")
@click.option("--days", type=click.IntRange(1, 366), default=90, help="How long it holds (default: 90).")
@click.option("--serial", type=click.IntRange(0), required=True, help="A number never used before; revoked by it.")
@click.option("--key", "key_file", required=True, type=click.Path(), metavar="FILE", help="The directory's key.")
@click.option("--directory", type=click.Path(), default=None, metavar="FILE", help="Needed to check a passkey.")
@click.option("--out", required=True, type=click.Path(), metavar="FILE", help="Where to write the assertion.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@passphrase_option
@json_option
def command(
    enrolment: str,
    *,
    key_file: str,
    directory: str | None,
    out: str,
    yes: bool,
    passphrase_file: str | None,
    as_json: bool,
    **terms: object,
) -> None:
    """Say in which roles a person may sign, and until when.

    ENROLMENT is the file that the person made with `brightline approver enrol` or in the console. Its proof is checked;
    that the person is who it says, you have to see yourself. Whoever has the role `policy-author` approves nothing.

    \b
    Example:
      brightline directory assert ana-enrolment.json --role duty-officer --serial 7 --key directory.pem --out ana.json
    """
    enrolled = Enrolment.parse(read_bounded(enrolment, MAX_ENROLMENT_BYTES))
    known = None if directory is None else Directory.parse(read_bounded(directory, MAX_DIRECTORY_BYTES))
    enrolled.check(known)
    assertion = _assertion(enrolled, terms, now_ms=time.time_ns() // 1_000_000)
    lines = [
        f"person    {assertion.person}",
        f"key       {assertion.key.id}, {assertion.key.entry.algorithm}, kept by {assertion.key.assurance}",
        f"roles     {', '.join(assertion.roles)}",
        f"until     {utc(assertion.not_after_ms)}, serial {assertion.serial}",
    ]
    if not yes:
        for line in lines:
            click.echo(line, err=True)
        click.confirm("assert this?", abort=True, err=True)
        lines = []
    signed = make_assertion(assertion, open_key(key_file, passphrase_file))
    write_whole(Path(out), signed.canonical)
    result = {"file": out, **assertion.to_json(), "directory_key": signed.directory_key}
    report(result, [*lines, f"asserted  {out}"], as_json=as_json)


def _assertion(enrolled: Enrolment, terms: dict[str, object], *, now_ms: int) -> RoleAssertion:
    roles, days, serial = terms["roles"], terms["days"], terms["serial"]
    assert isinstance(roles, tuple)
    assert isinstance(days, int)
    assert isinstance(serial, int)
    made = RoleAssertion(
        person=enrolled.person,
        key=enrolled.key,
        roles=tuple(sorted(set(roles))),
        not_before_ms=now_ms,
        not_after_ms=now_ms + days * DAY_MS,
        serial=serial,
    )
    return RoleAssertion.parse(made.canonical)
