"""`brightline effector check`: say, offline, whether a machine would act under a release, and if not, why.

INVARIANT: loads neither store, network nor policy engine, and consumes nothing.
"""

import time
from pathlib import Path

import click

from brightline.cli.bounded_file import read_bounded
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.domain.sign_off.binding import MAX_BINDING_BYTES
from brightline.domain.sign_off.canonical import Json, parse
from brightline.domain.sign_off.fields import Fields, read_text
from brightline.domain.sign_off.release import MAX_RELEASE_BYTES
from brightline.domain.sign_off.revocation import MAX_REVOCATIONS_BYTES
from brightline.domain.sign_off.trust import MAX_BUNDLE_BYTES, TrustBundle
from brightline.oversight.effector import Action, ReleaseCheck

_MOST_PRECONDITIONS = 1024
_FIELDS = frozenset(("tool", "arguments", "preconditions"))


@click.command("check")
@click.option("--bundle", required=True, type=click.Path(), metavar="FILE", help="The machine's trust bundle.")
@click.option("--revocations", required=True, type=click.Path(), metavar="FILE", help="The signed revocation list.")
@click.option("--release", required=True, type=click.Path(), metavar="FILE", help="The release.")
@click.option("--action", required=True, type=click.Path(), metavar="FILE", help="What is about to run.")
@click.option("--at", "at_ms", type=click.IntRange(0), default=None, metavar="MS", help="Not now, but at this time.")
@json_option
def command(*, bundle: str, revocations: str, release: str, action: str, at_ms: int | None, as_json: bool) -> None:
    """Say whether a machine would act under a release, offline.

    The action is JSON: `{"tool": NAME, "arguments": {…}, "preconditions": {NAME: TEXT}}`, its preconditions being the
    state as the machine reads it. Everything is checked that the machine checks but for its replay store, which alone
    knows what was used. `--at` takes UTC milliseconds.

    \b
    Example:
      brightline effector check --bundle bundle.json --revocations revocations.json \\
        --release release.json --action action.json
    """
    trusted = TrustBundle.parse(read_bounded(bundle, MAX_BUNDLE_BYTES))
    listed = read_bounded(revocations, MAX_REVOCATIONS_BYTES)
    meant = _action(parse(read_bounded(action, MAX_BINDING_BYTES), limit=MAX_BINDING_BYTES))
    now_ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    check = ReleaseCheck(trusted, revocations=lambda: listed)
    cleared = check.check(read_bounded(release, MAX_RELEASE_BYTES), meant, now_ms=now_ms)
    binding = cleared.binding
    result: dict[str, object] = {
        "audience": binding.audience,
        "tool": binding.tool,
        "binding": binding.digest.hex(),
        "approvers": list(cleared.approvers),
        "nonce": binding.nonce,
        "not_after_ms": binding.not_after_ms,
    }
    lines = [
        f"would act: {binding.tool} on {binding.audience}, until {utc(binding.not_after_ms)}",
        f"approved by {', '.join(cleared.approvers)}",
        f"binding {binding.digest.hex()}",
        f"not asked: whether {Path(release).name} was used already, which the machine's store alone knows",
    ]
    report(result, lines, as_json=as_json)


def _action(value: Json) -> Action:
    """The action that a file describes; raises `SignOffError`."""
    fields = Fields(value, "action", _FIELDS)
    state = fields.members("preconditions", read_text, most=_MOST_PRECONDITIONS, named=MAX_BINDING_BYTES)
    return Action(fields.tool("tool"), fields.object("arguments"), state)
