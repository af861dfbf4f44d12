"""`brightline sign`: sign one action on one's own machine, as it is rendered from its own bytes.

Needs no data directory and no network: the approval file and the directory's assertion are enough.
INVARIANT: nothing allows but the word `allow` typed after the action was shown; silence, and any other word, is a no.
"""

import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.cli.person_key import key_choice, open_person_key, person_key_options
from brightline.cli.whole_file import write_whole
from brightline.domain.sign_off.assertion import MAX_ASSERTION_BYTES, SignedAssertion
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.rendering import shown as visible
from brightline.domain.sign_off.statement import ALLOW, BREAK_GLASS, DENY, REVOKE
from brightline.oversight.directory import MAX_DIRECTORY_BYTES, Directory
from brightline.oversight.people import check_duties
from brightline.oversight.signing import (
    MAX_REQUEST_BYTES,
    ApprovalRequest,
    Vote,
    make_statement,
    role_for,
    sign_statement,
)

_LONGEST_ANSWER = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the options say of the vote; without a decision, the person is asked."""

    role: str
    decision: str | None
    reason: str
    evidence: tuple[str, ...]


@click.command("sign")
@click.argument("file", type=click.Path(), metavar="FILE")
@click.option("--assertion", required=True, type=click.Path(), metavar="FILE", help="What the directory says of you.")
@click.option("--out", required=True, type=click.Path(), metavar="FILE", help="Where to write the signed statement.")
@click.option("--role", default="", help="The role to sign in, where you have several that are asked for.")
@click.option("--deny", "decision", flag_value=DENY, help="Deny, without a question.")
@click.option("--revoke", "decision", flag_value=REVOKE, help="Take back what was allowed, without a question.")
@click.option("--break-glass", "decision", flag_value=BREAK_GLASS, help="Ask for the emergency path, with a reason.")
@click.option("--reason", default="", help="Why; recorded with the statement.")
@click.option("--evidence", multiple=True, type=click.Path(), metavar="FILE", help="Evidence you opened; repeatable.")
@click.option("--directory", default=None, type=click.Path(), metavar="FILE", help="Check the assertion by this file.")
@person_key_options
@json_option
def command(file: str, *, assertion: str, directory: str | None, out: str, as_json: bool, **options: object) -> None:
    """Sign one action on your own machine.

    FILE is the approval file that you downloaded from the console or had from `brightline hold show --out`. The action
    is rendered here from its own bytes, with its digest, and you are asked to allow or to deny. There is no default.
    The signed statement goes to `--out`; hand that file in where you had the approval file from.

    \b
    Example:
      brightline sign hold.json --assertion ana.json --key ana.pem --out ana-signed.json
      brightline sign hold.json --assertion ana.json --pkcs11 opensc-pkcs11.so --key-id 02 --out ana-signed.json
    """
    wish = Wish(**{name: options.pop(name) for name in ("role", "decision", "reason", "evidence")})  # type: ignore[arg-type]
    choice = key_choice(**options)
    request = ApprovalRequest.parse(read_bounded(file, MAX_REQUEST_BYTES))
    signed = SignedAssertion.parse(read_bounded(assertion, MAX_ASSERTION_BYTES))
    if directory is not None:
        Directory.parse(read_bounded(directory, MAX_DIRECTORY_BYTES)).check_assertion(signed)
    vote = _vote(request, signed, wish)
    statement = make_statement(request, vote, signed, now_ms=time.time_ns() // 1_000_000)
    with open_person_key(choice) as mine:
        made = sign_statement(statement, signed, mine.sign)
    write_whole(Path(out), made.canonical)
    result = {
        "file": out,
        "decision": statement.decision,
        "binding": statement.binding,
        "statement": statement.digest.hex(),
        "person": statement.person,
        "role": statement.role,
        "key": statement.key,
    }
    words = f"signed {statement.decision} as {statement.person}, {statement.role}: {out}"
    report(result, [words, f"statement {statement.digest.hex()}"], as_json=as_json)


def _vote(request: ApprovalRequest, signed: SignedAssertion, wish: Wish) -> Vote:
    """What the person decides, having been shown the action; raises `SignOffError`."""
    opened = tuple(_sha256(each) for each in wish.evidence)
    meant = wish.decision or ALLOW
    role = role_for(request.binding, signed, decision=meant, chosen=wish.role)
    check_duties(signed.assertion.person, request.binding)
    for line in shown(request, signed, role, opened):
        click.echo(line, err=True)
    began = time.monotonic_ns()
    if meant in (ALLOW, BREAK_GLASS):
        meant = _answer(meant)
    dwell_ms = (time.monotonic_ns() - began) // 1_000_000
    return Vote(decision=meant, role=role, reason=wish.reason, evidence=opened, dwell_ms=dwell_ms, own_machine=True)


def shown(request: ApprovalRequest, signed: SignedAssertion, role: str, opened: Sequence[str]) -> Iterator[str]:
    """What the person sees before the question: the action, who has to sign, what was opened, and the digest."""
    binding = request.binding
    yield from binding.rendered.rstrip("\n").split("\n")
    yield ""
    if binding.tool and not binding.preconditions:
        yield "NOT ASKED  the machine did not say how it stands; nothing here says what this would change"
    for asked in request.demands:
        yield f"asked      {asked.quorum} as `{asked.role}`, path {asked.path}"
    yield f"log        {visible(request.log.origin)}, size {request.log.size}, root {request.log.root.hex()}"
    yield f"until      {utc(binding.not_after_ms)}"
    for item in _unopened(binding, opened):
        yield f"NOT OPENED {item}"
    if binding.own_machine:
        yield "machine    one approver has to sign on his own machine, as here"
    yield f"you        {signed.assertion.person}, as `{role}`, key {signed.assertion.key.id}"
    yield f"digest     {binding.digest.hex()}"


def _unopened(binding: ActionBinding, opened: Sequence[str]) -> Iterator[str]:
    for item in binding.evidence:
        if item.sha256 not in opened:
            yield f"evidence {item.sha256}"


def _answer(meant: str) -> str:
    """The decision that was typed; raises `SignOffError` for anything else, and for a closed input."""
    click.echo(f"type `{meant}` or `{DENY}`: ", err=True, nl=False)
    try:
        # Python has no standard input at all where it was closed before the start.
        typed = sys.stdin.readline(_LONGEST_ANSWER).strip() if sys.stdin is not None else ""
    except (ValueError, OSError) as error:  # no text, or closed meanwhile
        raise SignOffError("signoff/no-answer") from error
    if typed not in (meant, DENY):
        raise SignOffError("signoff/no-answer")
    return typed


def _sha256(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
