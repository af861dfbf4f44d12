from dataclasses import replace

import pytest

from brightline.domain.agreement import Deployment
from brightline.domain.call import Call, Claimed, Dialect, Operation, ToolOffer
from brightline.domain.decision import Effect
from brightline.domain.description import NO_READING, TextReading
from brightline.domain.metering import Measure, MeterRule
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect
from brightline.policy.errors import PolicyError
from brightline.policy.facts_record import facts_of, read_recorded, recorded_json

METER = MeterRule(id="people", measure=Measure.DATA_SUBJECTS, per=frozenset(), seconds=60, parts=6)
WHO = Principal("k", "ana", "org", "unit", frozenset({"b", "a"}), "app", frozenset({"m"}), "m")
CALL = Call(
    Dialect.OPENAI_CHAT,
    Operation.GENERATE,
    "any",
    stream=True,
    body=b"secret contents",
    tools=(ToolOffer("search"),),
    message_count=2,
    max_output_tokens=7,
)


def groups() -> dict[str, dict[str, object]]:
    return {
        "who": {"app": "app", "key": "k", "organisation": "org", "principal": "ana", "unit": "unit"},
        "mission": {"claimed_authority": "a", "claimed_mission": None, "claimed_purpose": None, "mission": "m"},
        "decision": {"enclave": "field", "facts": facts_of(CALL, WHO), "meter": {"people": 9, "other": 1}},
        "model": {"deployment": "one", "dialect": "openai-chat", "model": "x", "tools": ["search"], "body_sha256": ""},
    }


def line() -> dict[str, object]:
    made = recorded_json(entry=4, time_ms=5, effect="permit", groups=groups())
    assert made is not None
    return made


def test_what_words_were_read_as_is_told_again() -> None:
    read = {"state": "unknown", "uncalibrated": False, "held": ["cyber.intrusion"], "advised": ["cyber.intrusion"]}
    made = groups()
    made["decision"]["described"] = {**read, "attention": 3, "leaf": "", "scores": {}, "evidence": []}
    found = recorded_json(entry=4, time_ms=5, effect="permit", groups=made)
    assert found is not None
    text = read_recorded(found, place="f:1").text
    assert text == TextReading(True, False, frozenset({"cyber.intrusion"}), frozenset({"cyber.intrusion"}))
    assert read_recorded(line(), place="f:1").text == NO_READING


def broken(**changes: object) -> str:
    with pytest.raises(PolicyError) as caught:
        read_recorded({**line(), **changes}, place="f:1")
    assert caught.value.code == "policy/bad-request-file"
    return str(caught.value.words["why"])


def test_refuses_a_line_that_is_no_recorded_use() -> None:
    facts = dict(groups()["decision"]["facts"])
    assert "format 2" in broken(recorded=2)
    assert "expected an object" in broken(who=[])
    assert "perhaps" in broken(effect="perhaps")
    assert "`entry`" in broken(entry="4")
    assert "`entry`" in broken(entry=True)
    assert "`enclave`" in broken(enclave=3)
    assert "`stream`" in broken(facts={**facts, "stream": 1})
    assert "`acting`" in broken(facts={**facts, "acting": 1})
    assert "`roles`" in broken(facts={**facts, "roles": [1]})
    assert "`tools`" in broken(model={"deployment": "one", "dialect": "openai-chat", "tools": None})
    assert "input_bytes" in broken(facts={name: value for name, value in facts.items() if name != "input_bytes"})


def test_records_neither_contents_nor_the_name() -> None:
    assert b"secret" not in str(facts_of(CALL, WHO)).encode()
    assert "ana" not in str(line())
    assert facts_of(CALL, None)["roles"] == []


def test_what_holds_no_facts_is_left_out() -> None:
    before_facts = {**groups(), "decision": {"enclave": "field"}}
    assert recorded_json(entry=1, time_ms=1, effect="permit", groups=before_facts) is None
    unread = {**groups(), "who": {"unit": ""}}
    assert recorded_json(entry=1, time_ms=1, effect="forbid", groups=unread) is None


def test_comes_back_as_the_use_that_it_was() -> None:
    recorded = read_recorded(line(), place="f:1")
    assert (recorded.entry, recorded.effect, recorded.enclave) == (4, Effect.PERMIT, "field")
    deployment = Deployment("one", "Vendor", "model", frozenset({Dialect.OPENAI_CHAT}))
    use = recorded.use(deployment, lambda tool: ToolEffect(tool, "read"), (METER, replace(METER, id="new")))
    assert use.readings == {"people": 9, "new": 0}
    assert use.principal == replace(WHO, name="", missions=frozenset(), default_mission=None)
    assert use.claimed == Claimed(None, None, "a")
    assert use.tools[0].effect == "read"
    assert (use.input_bytes, use.max_output_tokens, use.stream) == (15, 7, True)
    assert use.modalities == frozenset({"text"})
    assert not use.acting


def test_an_act_comes_back_as_one_and_an_older_record_as_none() -> None:
    facts = facts_of(CALL, WHO, acting=True)
    assert read_recorded({**line(), "facts": facts}, place="f:1").acting
    del facts["acting"]
    assert not read_recorded({**line(), "facts": facts}, place="f:1").acting
    assert read_recorded({**line(), "meter": {}}, place="f:1").readings == {}
    assert "`people`" in broken(meter={"people": "9"})
