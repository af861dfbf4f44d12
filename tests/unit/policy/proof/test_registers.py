import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from brightline.policy.draft import Draft, own_schema, read_draft
from brightline.policy.proof.registers import register_differences, union_chart

NAMES = ("version 3", "version 4")
Change = Callable[..., tuple[Draft, Draft]]


@pytest.fixture
def two(directory: Callable[..., Path], manifest: dict[str, Any]) -> Change:
    """The agreement before and after its manifest was bent, and some files replaced."""

    def make(bend: Callable[[dict[str, Any]], object], files: Mapping[str, str] | None = None) -> tuple[Draft, Draft]:
        before, faults = read_draft(directory())
        assert before is not None, faults
        bent = deepcopy(manifest)
        bend(bent)
        after, faults = read_draft(directory({"manifest.json": json.dumps(bent), **(files or {})}))
        assert after is not None, faults
        return before, after

    return make


def said(drafts: tuple[Draft, Draft]) -> list[str]:
    return [one.sentence for one in register_differences(*drafts, NAMES)]


def widens(drafts: tuple[Draft, Draft]) -> bool:
    return any(one.may_widen for one in register_differences(*drafts, NAMES))


def test_the_same_registers(two: Change) -> None:
    assert said(two(lambda bent: bent.update(version=4))) == []


def test_units_and_deployments(two: Change) -> None:
    drafts = two(lambda bent: bent["organisations"][0]["units"].append("more"))
    (sentence,) = said(drafts)
    assert sentence == (
        "version 4 lists the unit `org/more` (an agency of the kind `defence`), which version 3 does not"
    )
    assert widens(drafts)
    assert said((drafts[1], drafts[0])) == ["version 4 no longer lists the unit `org/more`"]
    assert not widens((drafts[1], drafts[0]))
    moved = two(lambda bent: bent["deployments"][0].update(location="cloud"))
    assert "location `cloud`" in said(moved)[0]
    assert widens(moved)


def test_what_a_tool_does(two: Change) -> None:
    relabelled = {"search": {"effect": "write", "origins": ["commercial"], "subjects": [], "activities": []}}
    drafts = two(lambda bent: None, {"effectors.json": json.dumps({"format": 2, "tools": relabelled})})
    changed, gone = said(drafts)
    assert changed == (
        "version 4 changes the tool `search`: effect `write`, data origins `commercial`, "
        "where version 3 has effect `read`"
    )
    assert gone == "version 4 no longer lists the tool `watch`"
    # Without its row a tool is unknown in everything, which a policy may permit.
    assert [one.may_widen for one in register_differences(*drafts, NAMES)] == [True, True]


def test_who_acts_on_a_tool_is_told(two: Change) -> None:
    row = {"effect": "read", "origins": [], "subjects": [], "activities": []}
    files = {"effectors.json": json.dumps({"format": 2, "tools": {"search": {**row, "audience": "valve-7"}}})}
    changed = said(two(lambda bent: None, files))[0]
    assert "effect `read`, acted on by `valve-7`, where version 3 has effect `read`" in changed


def test_whom_a_tool_touches_is_told(two: Change) -> None:
    row = {"effect": "read", "origins": [], "subjects": [], "activities": []}
    counted = {"count": {"argument": "$.many"}, "most": 100, "unreadable": "most"}
    named = {"arguments": [{"path": "$.who", "kind": "email"}], "most": 5, "unreadable": "refuse"}
    for persons, words in (
        (counted, "as many as `$.many` says, at most 100, 100 where that cannot be read"),
        (named, "email at `$.who`, at most 5, refused where that cannot be read"),
    ):
        files = {"effectors.json": json.dumps({"format": 2, "tools": {"search": {**row, "persons": persons}}})}
        changed = said(two(lambda bent: None, files))[0]
        assert f"effect `read`, touching people ({words}), where version 3 has effect `read`" in changed


PEOPLE = {
    "id": "people",
    "measure": "data-subjects",
    "per": ["agreement", "unit"],
    "seconds": 3600,
    "parts": 12,
    "exact_to": 1000,
    "unreadable": 3,
}
ACTS = {
    "id": "acts",
    "measure": "effects",
    "per": ["agreement", "unit"],
    "seconds": 60,
    "parts": 6,
    "effects": ["write", "control"],
}


def test_meters(two: Change) -> None:
    drafts = two(lambda bent: bent.update(meters=[PEOPLE, ACTS]), {"schema.json": own_schema(("people", "acts"))})
    people, acts = sorted(said(drafts), reverse=True)
    assert people == (
        "version 4 lists the meter `people` (data-subjects per `agreement`, `unit` in 3600 s of 12 parts, "
        "one by one up to 1000, 3 for what nobody can read), which version 3 does not"
    )
    assert "effects per `agreement`, `unit` in 60 s of 6 parts, effects `control`, `write`" in acts


def test_effectors_that_are_nobodys(two: Change) -> None:
    tools = {"search": {"effect": "read", "origins": [], "subjects": [], "activities": []}}
    plain, reserving = (
        json.dumps({"format": 2, "tools": tools, **more}) for more in ({}, {"null_audiences": ["uav-2", "uav-3"]})
    )
    before, reserved = two(lambda bent: None, {"effectors.json": reserving})
    (sentence,) = [one for one in said((before, reserved)) if "nobody" in one]
    assert sentence == "version 4 reserves the effector ids `uav-2`, `uav-3` for nobody, where version 3 has none"
    _, free = two(lambda bent: None, {"effectors.json": plain})
    assert "for nobody, where version 3 has `uav-2`, `uav-3`" in said((reserved, free))[0]
    assert widens((reserved, free))


def test_missions_enclaves_names_and_the_rest(two: Change) -> None:
    def bend(bent: dict[str, Any]) -> None:
        bent["missions"][0].update(individual_basis=True)
        bent["enclaves"][1]["deployments"].append("far")
        bent["aliases"]["gone"] = ["one"]
        bent["expires"] = "2028-01-01T00:00:00Z"

    sentences = said(two(bend))
    assert sentences == [
        "version 4 changes the enclave `bare`: deployments `far`, where version 3 has deployments none",
        "version 4 changes the mission `m`: purpose `general`, a basis against individual persons, constrained, "
        "where version 3 has purpose `general`, constrained",
        "version 4 changes the model name `gone`: deployments `one`, where version 3 has deployments none",
        "version 4 changes the day on which it expires",
    ]


def test_the_chart_of_both(two: Change) -> None:
    def bend(bent: dict[str, Any]) -> None:
        bent["organisations"][0]["units"].append("more")
        bent["enclaves"][1]["deployments"].append("one")
        bent["deployments"][0]["model"] = "model-new"

    before, after = two(bend)
    chart = {(one["uid"]["type"], one["uid"]["id"]): one for one in union_chart(before.manifest, after.manifest)}
    assert ("Unit", "org/unit") in chart
    assert ("Unit", "org/more") in chart
    one = chart["Deployment", "one"]
    assert [parent["id"] for parent in one["parents"]] == ["field", "bare"]
    assert one["attrs"]["model"] == "model-new"
