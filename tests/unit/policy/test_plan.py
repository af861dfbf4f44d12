import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from brightline.domain.call import Call, Dialect, Operation, ToolOffer
from brightline.domain.decision import Effect
from brightline.domain.principal import Principal
from brightline.policy.attributes import actions_of
from brightline.policy.draft import Draft, read_draft
from brightline.policy.errors import PolicyError
from brightline.policy.facts_record import RecordedUse, facts_of, read_recorded, recorded_json
from brightline.policy.plan import Decider, read_uses, recorded_changes
from brightline.policy.typical import Typical, registers_of
from brightline.policy.written import WrittenRequest

WHO = Principal("k", "ana", "org", "unit", frozenset(), "app", frozenset(), None)
FORBID = '@id("no-links") @clause("c") @source("s") forbid (principal, action, resource) when {{ {} }};\n'
Read = Callable[..., Draft]


@pytest.fixture
def read(directory: Callable[..., Path]) -> Read:
    def draft(changes: Mapping[str, str] | None = None) -> Draft:
        found, faults = read_draft(directory(changes))
        assert found is not None, faults
        return found

    return draft


def line(*, tool: str = "search", deployment: str = "one", enclave: str = "field") -> dict[str, object]:
    tools = (ToolOffer(tool),)
    call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "any", stream=False, body=b"", tools=tools)
    made = recorded_json(
        entry=9,
        time_ms=1,
        effect="permit",
        groups={
            "who": {"app": "app", "key": "k", "organisation": "org", "unit": "unit"},
            "mission": {"mission": "m"},
            "decision": {"enclave": enclave, "facts": facts_of(call, WHO)},
            "model": {"deployment": deployment, "dialect": "openai-chat", "tools": [tool]},
        },
    )
    assert made is not None
    return made


def recorded(**changes: str) -> RecordedUse:
    return read_recorded(line(**changes), place="f:1")


def plain(draft: Draft) -> WrittenRequest:
    generate = next(action for action in actions_of(draft.schema) if action.id == "generate")
    return Typical(generate, registers_of((draft.manifest,)), [], []).plain


def test_a_use_of_what_is_not_there_any_more_is_refused(read: Read) -> None:
    decider = Decider(read())
    assert decider.decide(recorded(deployment="gone")).code == "policy/deployment-not-authorised"
    assert decider.decide(recorded(enclave="gone")).code == "policy/deployment-not-authorised"
    assert decider.decide(recorded(enclave="bare")).code == "policy/deployment-not-authorised"


def test_decided_again_under_the_registers_of_the_version(read: Read) -> None:
    relabelled = {"search": {"effect": "surveil", "origins": [], "subjects": [], "activities": []}}
    old, new = read(), read({"effectors.json": json.dumps({"format": 2, "tools": relabelled})})
    assert Decider(old).decide(recorded()).effect is Effect.PERMIT
    assert Decider(new).decide(recorded()).effect is Effect.FORBID
    assert Decider(new).decide(plain(new)).effect is Effect.PERMIT


def test_only_what_changes_is_told(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = read(), read({"law/more.cedar": FORBID.format('context.fact.tools.contains("search")')})
    uses = [("f:1", recorded()), ("f:2", recorded(tool="watch")), ("f:3", plain(old)), ("f:4", recorded())]
    monkeypatch.setattr("brightline.policy.plan.MOST_SHOWN", 1)
    found = recorded_changes(old, new, uses)
    assert (found.total, found.changing, found.widening) == (4, 2, 0)
    assert found.counts == {("permit", "forbid"): 2}
    assert [(change.place, change.widens) for change in found.changed] == [("f:1", False)]
    back = recorded_changes(new, old, uses)
    assert (back.widening, back.changed[0].widens) == (2, True)


def test_reads_requests_and_recorded_uses(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "uses.jsonl"
    asked = plain(read())
    path.write_text(f"{json.dumps(line())}\n{json.dumps(asked.as_json())}\n", encoding="utf-8")
    assert list(read_uses(path)) == [(f"{path}:1", recorded()), (f"{path}:2", asked)]
    path.write_text('{"recorded": 1}\n', encoding="utf-8")
    with pytest.raises(PolicyError, match=r"uses.jsonl:1"):
        list(read_uses(path))
