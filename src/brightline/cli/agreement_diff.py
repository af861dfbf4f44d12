"""`brightline agreement diff`: what a new version decides otherwise, by example, and proved to be all."""

import json
import sys
from pathlib import Path

import click

from brightline.cli.agreement_drafts import called, draft_named
from brightline.cli.errors import PlaceError
from brightline.cli.output import json_option, report
from brightline.policy.proof.diff import MAX_GROUPS, diff
from brightline.policy.proof.differences import Diff, Verdict
from brightline.policy.proof.sentences import as_json as diff_json
from brightline.policy.proof.sentences import lines_of, request_json
from brightline.policy.proof.solver import Limits

DONE = (Verdict.EQUIVALENT, Verdict.DIFFERENT)


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--requests", type=click.Path(), default=None, metavar="DIR", help="Write each request into this new DIR."
)
@click.option("--most", type=click.IntRange(1, 1000), default=MAX_GROUPS, show_default=True, help="Groups to show.")
@click.option("--seconds", type=click.IntRange(1, 3600), default=30, show_default=True, help="For each question.")
@json_option
def command(old: str, new: str, requests: str | None, most: int, seconds: int, *, as_json: bool) -> int:
    """Show by example what a new version decides otherwise.

    OLD and NEW are agreements' directories, or `pack:NAME` for a pack. Each group has one request with the fewest
    choices in it, decided by both engines under both versions. Ends with 1 when a solver gave up or groups were left
    out. Needs the extra `prove`.

    \b
    Example:
      brightline agreement diff gate/agreements/1 proposal --requests examples
      brightline agreement diff pack:defence-clause-2026-02-28 pack:defence-clause-2026-03-02
    """
    found = compare(old, new, most=most, seconds=seconds, as_json=as_json)
    lines, written = lines_of(found), _write(found, requests)
    lines += [f"wrote {path}" for path in written]
    report({**diff_json(found), "requests": written}, lines, as_json=as_json, ok=found.verdict in DONE)
    return 0 if found.verdict in DONE else 1


def on_a_terminal() -> bool:
    """Whether a person watches."""
    return sys.stderr.isatty()


def compare(old: str, new: str, *, most: int, seconds: int, as_json: bool) -> Diff:
    """The diff of what `old` and `new` name; says on a terminal how far it is."""
    drafts = draft_named(old), draft_named(new)
    show = on_a_terminal() and not as_json

    def progress(words: str) -> None:
        if show:
            click.echo(words, err=True)

    limits = Limits(seconds=float(seconds))
    names = called(old, new, drafts)
    return diff(*drafts, limits=limits, progress=progress, names=names, most_groups=most)


def _write(found: Diff, requests: str | None) -> list[str]:
    """Write each group's request to a file of its own; the paths."""
    if requests is None:
        return []
    place = Path(requests)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise PlaceError("cli/not-empty", path=requests)
    place.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, group in enumerate(found.groups, 1):
        path = place / f"{number:03}-{group.change.value}.json"
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps(request_json(found, group), indent=2, sort_keys=True) + "\n")
        paths.append(str(path))
    return paths
