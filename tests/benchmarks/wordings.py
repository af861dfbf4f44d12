"""Two published wordings of one clause and a bill, compared by the solver: what does each step forbid, by example?

The docs page `wordings` is made with the same functions. Nothing here names the request that the first step must find:
it is looked for by the diff, and only its shape is asserted.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import cedarpy

from brightline.domain.decision import Effect
from brightline.packs import agreement_around
from brightline.policy.draft import Draft, own_schema, read_draft
from brightline.policy.proof.diff import diff
from brightline.policy.proof.differences import Diff, Group, Verdict
from brightline.policy.proof.sentences import lines_of
from brightline.policy.proof.solver import Limits
from tests.benchmarks.harness import Bar, BenchResult, Control, Options

LIMITS = Limits(seconds=60, megabytes=2_000)
Edit = Callable[[str, str], str]  # of a file's name and text


class Wording(NamedTuple):
    """What is compared: packs with an agreement around them, and what to call it."""

    name: str
    packs: tuple[str, ...]


FEBRUARY = Wording("the wording of 28 February", ("defence-clause-2026-02-28",))
MARCH = Wording("the wording of 2-3 March", ("defence-clause-2026-03-02",))
WITH_BILL = Wording("the wording of 2-3 March under the bill", ("defence-clause-2026-03-02", "s-4113"))
STEPS = ((FEBRUARY, MARCH), (MARCH, WITH_BILL))


def unchanged(name: str, text: str) -> str:
    del name
    return text


def without_tools(name: str, text: str) -> str:
    """An empty effector register: no tool is there whose facts could lead the search."""
    return '{"format": 2, "tools": {}}' if name == "effectors.json" else text


def without_origins(name: str, text: str) -> str:
    """The policies as if no decision could look at where data comes from."""
    if not name.endswith(".cedar"):
        return text
    look = r"context\.fact\.data_origins\."
    text = re.sub(look + r'contains\(DataOrigin::"unknown"\)', "false", text)
    text = re.sub(look + r"isEmpty\(\)", "false", text)
    return re.sub(look + r"contains(?:Any)?\([^)]*\)", "true", text)


def draft_of(wording: Wording, edit: Edit = unchanged) -> Draft:
    """The agreement around the packs of `wording`, each file edited; raises `ValueError` with its faults."""
    files = {**agreement_around(*wording.packs), "schema.json": own_schema().encode()}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(edit(name, content.decode()), encoding="utf-8")
        draft, faults = read_draft(Path(folder))
    if draft is None:
        raise ValueError("\n".join(map(str, faults)))
    return draft


def compare(old: Wording, new: Wording, edit: Edit = unchanged) -> Diff:
    """Everything that `new` decides otherwise than `old`."""
    return diff(draft_of(old, edit), draft_of(new, edit), limits=LIMITS, names=(old.name, new.name))


def named(group: Group, fact: str) -> frozenset[str]:
    """The members of the set `fact` in the group's request."""
    text = json.dumps(group.request.context)
    written = json.loads(text)["fact"][fact]
    return frozenset(item["__entity"]["id"] for item in written)


def bought(found: Diff, old: Draft, new: Draft) -> list[Group]:
    """Permitted before, forbidden now: people of the country are watched through bought data, and that matters.

    It matters when the same request with public data is decided alike by both.
    """
    return [
        group
        for group in forbidden(found)
        if named(group, "data_origins") == {"commercial"}
        and named(group, "subjects") == {"domestic"}
        and group.before.effect is Effect.PERMIT
        and cedar_allows(old, found, with_public_data(group)) is cedar_allows(new, found, with_public_data(group))
    ]


def with_public_data(group: Group) -> str:
    """The group's request, its data open to everybody."""
    request = json.loads(json.dumps(group.request.as_json()))
    request["context"]["fact"]["data_origins"] = [{"__entity": {"type": "DataOrigin", "id": "public"}}]
    return json.dumps(request)


def forbidden(found: Diff) -> list[Group]:
    return [group for group in found.groups if group.after.effect is Effect.FORBID]


def by_policy(found: Diff, policy: str) -> list[Group]:
    return [group for group in forbidden(found) if any(cause.policy_id == policy for cause in group.causes)]


def otherwise(found: Diff, old: Draft, new: Draft) -> int:
    """Examples that the reference engine alone, asked with text and JSON, decides otherwise than the report says.

    Around a pack no permit can fail, so its plain answer is ours but for holds, which it denies.
    """
    wrong = 0
    for group in found.groups:
        request = json.dumps(group.request.as_json())
        for draft, decision in ((old, group.before), (new, group.after)):
            wrong += cedar_allows(draft, found, request) is not (decision.effect is Effect.PERMIT)
    return wrong


def cedar_allows(draft: Draft, found: Diff, request: str) -> bool:
    """What cedarpy says to the policies of `draft` as text, among the entities of the search."""
    policies = "\n".join(rule.text.text for rule in draft.rules)
    entities = json.dumps([dict(entity) for entity in found.entities])
    return bool(cedarpy.is_authorized(json.loads(request), policies, entities, schema=draft.schema).allowed)


def _titled(found: Diff) -> Iterable[str]:
    yield f"{found.old} -> {found.new}"
    yield from (f"  {line}" for line in lines_of(found))


def run(options: Options) -> BenchResult:
    """Compare; a run is short, so `quick` changes nothing."""
    del options
    february, march, with_bill = (draft_of(wording) for wording in (FEBRUARY, MARCH, WITH_BILL))
    first, second = (compare(old, new) for old, new in STEPS)
    toolless = compare(FEBRUARY, MARCH, without_tools)
    control = compare(FEBRUARY, MARCH, without_origins)
    blind = [draft_of(wording, without_origins) for wording in (FEBRUARY, MARCH)]
    told = [*_titled(first), *_titled(second)]
    beyond = by_policy(second, "s-4113-individual-basis")
    elsewhere = [group for group in beyond if not named(group, "data_origins") & {"private", "commercial"}]
    return BenchResult(
        bars=[
            Bar(
                "bought data: permitted in February, forbidden in March",
                len(bought(first, february, march)),
                1,
                "found",
                "high",
            ),
            Bar("the same with an empty register", len(bought(toolless, february, march)), 1, "found", "high"),
            Bar("the bill: other origins, no individual basis", len(elsewhere), 1, "found", "high"),
            Bar("the bill: nuclear weapons", len(by_policy(second, "s-4113-nuclear")), 1, "found", "high"),
            Bar("comparisons not shown whole by both solvers", _unproved(first, second, toolless, control), 0, "diffs"),
            Bar("steps that let anything more happen", sum(one.widens for one in (first, second)), 0, "steps"),
            Bar(
                "examples that the reference engine decides otherwise",
                otherwise(first, february, march) + otherwise(second, march, with_bill),
                0,
                "examples",
            ),
        ],
        controls=[
            Control(
                "no fact for the origin of data, same wordings",
                not bought(control, *blind) and bool(control.groups),
                f"{len(bought(control, *blind))} found, {len(control.groups)} other differences",
            )
        ],
        notes=told,
    )


def _unproved(*found: Diff) -> int:
    return sum(one.verdict is not Verdict.DIFFERENT for one in found)
