"""Whether any rotation changes the count: random stories at whole gateways, and what other counters would have told.

Each story names people in turn through random accounts, keys, apps, missions, claimed purposes and authorities, models,
dialects, sessions, places in a call and spellings; after every call the meter must tell how many were named so far. A
counter for each account, app or mission sees its share only. `-- STORIES` takes another number of stories.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from brightline.domain.data_subjects import Found
from brightline.gateway import tallying
from brightline.use.identifiers import identify
from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.rotations import Told, play

STORIES, QUICK_STORIES = 300, 6
CALLS = 40
# One story of many principals who agree to share the work.
COLLUDING, QUICK_COLLUDING = 200, 20


def run(options: Options) -> BenchResult:
    """Play the stories; the figures are counts, so a busy machine changes nothing."""
    stories = int(options.arguments[0]) if options.arguments else QUICK_STORIES if options.quick else STORIES
    colluding = QUICK_COLLUDING if options.quick else COLLUDING
    told, wrong = list[Told](), list[str]()
    for seed in range(stories):
        _play(seed, CALLS, told, wrong)
    shared = list[Told]()
    _play(10_000, 2 * colluding, shared, wrong, accounts=colluding)
    every = [*told, *shared]
    missed = sum(each.named - min(each.people, each.operator) for each in every)
    blind = list[str]()
    _with_plain_words(lambda: _play(0, 60, [], blind))
    named = max(1, sum(each.named for each in every))
    return BenchResult(
        bars=[
            Bar("stories after each of whose calls the count was right", len(every), stories + 1, "", "high"),
            Bar("people named and not counted", missed, 0, ""),
            Bar("calls after which the meter was wrong", len(wrong), 0, ""),
        ],
        controls=[
            _undercount("a counter for each account", [each.per_account for each in every], named),
            _undercount("a counter for each app", [each.per_app for each in every], named),
            _undercount("a counter for each mission", [each.per_mission for each in every], named),
            Control("reading plain words alone", bool(blind), blind[0] if blind else "nothing was missed"),
        ],
        notes=[
            f"{len(every)} stories of {CALLS} calls, one of them of {colluding} accounts",
            *wrong[:5],
        ],
    )


def _play(seed: int, calls: int, told: list[Told], wrong: list[str], **more: int) -> None:
    with tempfile.TemporaryDirectory(prefix="brightline-rotation-") as folder:
        try:
            told.append(play(Path(folder), seed, calls, **more))
        except AssertionError as error:
            wrong.append(str(error).splitlines()[0])


def _undercount(name: str, seen: list[int], named: int) -> Control:
    share = sum(seen) / named
    return Control(name, share < 1, f"tells at most {share:.0%} of the people")


def _with_plain_words(action: Callable[[], None]) -> None:
    """Run `action` with a reader that undoes no encoding."""
    before = tallying.find_in_text
    tallying.find_in_text = cast("Any", lambda text, **how: Found(identify(text)))
    try:
        action()
    finally:
        tallying.find_in_text = before
