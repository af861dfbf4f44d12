"""`brightline agreement plan`: what a new version would change, for recorded uses as well; 1 when anything widens."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from brightline.cli.agreement_diff import DONE, compare
from brightline.cli.agreement_drafts import draft_named
from brightline.cli.output import json_option, report
from brightline.cli.perform import perform
from brightline.policy.plan import ChangedUse, Made, Recorded, read_uses, recorded_changes
from brightline.policy.proof.diff import MAX_GROUPS
from brightline.policy.proof.differences import Diff
from brightline.policy.proof.sentences import as_json as diff_json
from brightline.policy.proof.sentences import decision_json, lines_of, reasons_in_words
from brightline.policy.proof.wording import told
from brightline.policy.written import WrittenRequest

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])
_END_OF_TIME_MS = 2**63 - 1


@click.command("plan")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--uses", type=click.Path(), multiple=True, metavar="FILE", help="Recorded uses, one a line; repeatable.")
@click.option(
    "--data", type=click.Path(), default=None, metavar="DIR", help="Take the uses that this gateway recorded."
)
@click.option(
    "--from", "first", type=MOMENT, default=None, metavar="T", help="With --data: not before this moment (UTC)."
)
@click.option("--to", "last", type=MOMENT, default=None, metavar="T", help="With --data: before this moment (UTC).")
@click.option("--seconds", type=click.IntRange(1, 3600), default=30, show_default=True, help="For each question.")
@json_option
def command(
    old: str,
    new: str,
    uses: tuple[str, ...],
    data: str | None,
    first: datetime | None,
    last: datetime | None,
    seconds: int,
    *,
    as_json: bool,
) -> int:
    """Say what a new version would change; end with 1 when anything widens.

    OLD and NEW are agreements' directories. Shows the examples of `agreement diff`, and which recorded uses would have
    been decided otherwise. Made for a check before a merge: it ends with 1 when the new version lets anything more
    happen, or when that could not be ruled out. Taking uses from a gateway opens their records, without contents and
    names of people, and is an entry of its ledger.

    \b
    Example:
      brightline agreement plan gate/agreements/1 proposal --uses november.jsonl
      brightline agreement plan gate/agreements/1 proposal --data gate --from 2026-11-01 --to 2026-12-01
    """
    if (first or last) and data is None:
        raise click.UsageError("`--from` and `--to` go with `--data`")
    found = compare(old, new, most=MAX_GROUPS, seconds=seconds, as_json=as_json)
    with tempfile.TemporaryDirectory() as folder:
        files = (*uses, *([_export(data, first, last, Path(folder) / "uses.jsonl")] if data is not None else []))
        recorded = recorded_changes(draft_named(old), draft_named(new), _uses(files))
    why = _widening(found, recorded)
    result = {**diff_json(found), "recorded": _recorded_json(recorded), "widening": why}
    lines = [*lines_of(found), *_recorded_lines(found, recorded, asked=bool(files))]
    lines += [f"WIDENS: {reason}" for reason in why] or ["nothing widens"]
    report(result, lines, as_json=as_json, ok=not why)
    return 1 if why else 0


def _export(data: str, first: datetime | None, last: datetime | None, path: Path) -> str:
    """Have the gateway of `data` write its recorded uses to `path`; raises `BrightlineError`."""
    span = {"from_ms": _ms(first, 0), "until_ms": _ms(last, _END_OF_TIME_MS)}
    perform(data, "uses.export", {"path": str(path.resolve()), **span})
    return str(path)


def _ms(moment: datetime | None, otherwise: int) -> int:
    return otherwise if moment is None else int(moment.replace(tzinfo=UTC).timestamp() * 1_000)


def _uses(files: tuple[str, ...]) -> Iterator[tuple[str, Made]]:
    for file in files:
        yield from read_uses(Path(file))


def _made(use: ChangedUse) -> str:
    """A use in words; whoever made it is a unit here, never a person."""
    made = use.made
    if isinstance(made, WrittenRequest):
        return told(made, ())
    who = f"{made.principal.organisation}/{made.principal.unit}"
    tools = f" with the tools {', '.join(f'`{tool}`' for tool in made.tools)}" if made.tools else ""
    return f"entry {made.entry}: a call of unit `{who}` to `{made.deployment}`{tools}, in mission `{made.mission}`"


def _widening(found: Diff, recorded: Recorded) -> list[str]:
    """Every reason for which the new version lets more happen, or may."""
    why = []
    groups = [group for group in found.groups if group.widens]
    if groups:
        why.append(f"{len(groups)} of the groups above let more happen than before")
    if found.registers_may_widen:
        why.append("a register is not the same, so the same call may give other facts; read the differences above")
    if recorded.widening:
        why.append(f"{recorded.widening} recorded uses would be permitted, or held, that were not")
    if found.verdict not in DONE:
        why.append(f"not ruled out: {found.why or 'there are more groups than were shown'}")
    return why


def _recorded_lines(found: Diff, recorded: Recorded, *, asked: bool) -> list[str]:
    if not asked:
        return ["no recorded uses were given"]
    lines = [f"{recorded.total} recorded uses, {recorded.changing} of them decided otherwise"]
    lines += [f"  {was} -> {now}: {count}" for (was, now), count in sorted(recorded.counts.items())]
    for use in recorded.changed:
        why = reasons_in_words(use.after)
        lines.append(f"  {use.place}: {_made(use)}: {use.before.effect.value} -> {use.after.effect.value}")
        lines += [f"    {why}"] if why else []
    if len(recorded.changed) < recorded.changing:
        lines.append(f"  the first {len(recorded.changed)} are shown")
    return lines


def _recorded_json(recorded: Recorded) -> dict[str, object]:
    return {
        "total": recorded.total,
        "changing": recorded.changing,
        "widening": recorded.widening,
        "counts": [{"before": was, "after": now, "uses": n} for (was, now), n in sorted(recorded.counts.items())],
        "changed": [_use_json(use) for use in recorded.changed],
    }


def _use_json(use: ChangedUse) -> dict[str, object]:
    return {
        "place": use.place,
        "widens": use.widens,
        "before": decision_json(use.before),
        "after": decision_json(use.after),
        "request": use.made.as_json() if isinstance(use.made, WrittenRequest) else None,
        "entry": None if isinstance(use.made, WrittenRequest) else use.made.entry,
    }
