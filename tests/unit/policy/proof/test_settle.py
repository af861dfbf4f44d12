from collections.abc import Callable
from pathlib import Path

import pytest

from brightline.domain.use import ToolEffect
from brightline.policy.attributes import Action, Attribute, actions_of, at, put
from brightline.policy.draft import own_schema, read_draft
from brightline.policy.proof.settle import settled
from brightline.policy.typical import Registers, Typical, registers_of
from brightline.policy.written import WrittenRequest

GENERATE = next(action for action in actions_of(own_schema()) if action.id == "generate")
NONE: frozenset[str] = frozenset()
WATCH = ToolEffect("watch", "surveil", frozenset({"public"}), NONE, NONE)
LOOK = ToolEffect("look", "surveil", NONE, NONE, NONE)
TOOLS = {tool.name: tool for tool in (WATCH, LOOK, ToolEffect("write", "write", NONE, NONE, NONE))}


@pytest.fixture
def typical(directory: Callable[..., Path]) -> Typical:
    draft, _ = read_draft(directory())
    assert draft is not None
    return Typical(GENERATE, registers_of((draft.manifest,)), [], [])


def changed(asked: WrittenRequest, **facts: object) -> WrittenRequest:
    for name, value in facts.items():
        asked = asked._replace(context=put(asked.context, ("fact", name), value))
    return asked


def entity(kind: str, name: str) -> dict[str, object]:
    return {"__entity": {"type": kind, "id": name}}


def always(asked: WrittenRequest) -> bool:
    return True


def tools(asked: WrittenRequest) -> object:
    return at(asked.context, ("fact", "tools"))


def test_what_would_leave_the_group_is_not_changed(typical: Typical) -> None:
    asked = changed(typical.plain, effects=[entity("Effect", "surveil")], purpose=entity("Purpose", "training"))
    assert settled(asked, typical, lambda other: False, TOOLS) == asked


def test_the_registered_tool_that_does_least_beside(typical: Typical) -> None:
    asked = changed(typical.plain, effects=[entity("Effect", "surveil")])
    assert tools(settled(asked, typical, always, TOOLS)) == ["look"]
    asked = changed(typical.plain, data_origins=[entity("DataOrigin", "public")])
    found = settled(asked, typical, always, TOOLS)
    assert tools(found) == ["watch"]
    assert at(found.context, ("fact", "effects")) == [entity("Effect", "surveil")]


def test_a_name_that_stands_for_a_tool(typical: Typical) -> None:
    asked = changed(typical.plain, effects=[entity("Effect", "kinetic")])
    assert tools(settled(asked, typical, always, TOOLS)) == ["some-tool"]
    assert settled(typical.plain, typical, always, TOOLS) == typical.plain
    named = changed(asked, tools=["its-own"])
    assert settled(named, typical, always, TOOLS) == named


def test_the_mission_of_that_purpose(typical: Typical) -> None:
    unlisted = changed(typical.plain, purpose=entity("Purpose", "training"))
    assert at(settled(unlisted, typical, always, {}).context, ("fact", "mission")) == "some-mission"
    missions = {**typical.registers.missions, "drill": {"purpose": entity("Purpose", "training")}}
    rows = {name: {"individual_basis": False, "constrained": True, **row} for name, row in missions.items()}
    more = Typical(
        GENERATE,
        Registers(typical.registers.units, typical.registers.deployments, rows, typical.registers.enclaves),
        [],
        [],
    )
    asked = changed(more.plain, mission="m", purpose=entity("Purpose", "training"), constrained=True)
    assert at(settled(asked, more, always, {}).context, ("fact", "mission")) == "drill"


def test_a_schema_without_tools() -> None:
    action = Action("do", ("U",), ("D",), (Attribute(("fact", "flag"), "Boolean", required=True),))
    small = Typical(action, Registers({}, {}, {}, {}), [], [])
    assert settled(small.plain, small, always, TOOLS) == small.plain
