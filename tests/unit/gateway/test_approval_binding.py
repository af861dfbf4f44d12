"""A held action written down: what the gateway derived, in one way only, or refused."""

import hashlib
from dataclasses import replace

import pytest

from brightline.domain.agreement import AgreementRef
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.decision import BreakGlass, Decision, Effect, Hold, Layer, Reason
from brightline.domain.sign_off.binding import NO_DEFINITION, ActionBinding, Change
from brightline.domain.sign_off.state import EffectorState
from brightline.domain.use import ToolEffect, Use
from brightline.gateway.approval_binding import bind
from brightline.gateway.errors import UseError
from brightline.gateway.ports import Proposal
from brightline.testing.rooms import DEPLOYMENT, WHO

REF = AgreementRef("sample", 3, b"d" * 32, "demo")
TWO = Hold("ops.2", "release-officer", 2, risk="top", term_seconds=60, own_machine=True)
GLASS = Hold("ops.1", "duty-officer", 1, risk="low", break_glass=BreakGlass("watch-commander", 1))
HELD = Decision(
    Effect.HOLD,
    "policy/held",
    (Reason("ops.1", Layer.OPERATOR, "signed", clause="4.2", source="rules"),),
    holds=(TWO, GLASS),
)
USE = Use(
    use_id=b"u" * 16,
    principal=replace(WHO, owner="olga"),
    mission="m1",
    deployment=DEPLOYMENT,
    dialect=Dialect.OPENAI_CHAT,
    operation=Operation.GENERATE,
    stream=False,
    tools=(ToolEffect("set_valve", "control"),),
    modalities=frozenset({"text"}),
    remote_urls=False,
    input_bytes=9,
    message_count=1,
    max_output_tokens=None,
    claimed=Claimed(purpose="water", authority="order 12"),
    acting=True,
)
TOOL = Proposal(
    kind="tool-call",
    tool="set_valve",
    definition=b"{}",
    call_id="call_1",
    arguments={"valve": 7},
    use=USE,
    decision=HELD,
    principal=USE.principal,
    mission="m1",
    agreement=REF,
    deployment=DEPLOYMENT,
    audience="valve-7.example",
    body_sha256=b"b" * 32,
    content=b'{"an": "answer"}',
)


def bound(proposal: Proposal = TOOL, **changes: object) -> ActionBinding:
    return bind(replace(proposal, **changes), hold=b"h" * 16, nonce=b"n" * 16, now_ms=1000)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [{"tool": "a tool"}, {"call_id": "x" * 201}, {"arguments": {"a": 2**60}}, {"arguments": {"a": "\ud800"}}],
)
def test_what_has_no_one_writing_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UseError) as caught:
        bound(**changes)
    assert caught.value.code == "hold/cannot-bind"


def test_what_the_machine_said_of_itself_is_bound() -> None:
    assert (bound().preconditions, bound().diff) == ({}, ())
    change = Change("valve-7/state", "closed", "open")
    state = EffectorState("valve-7.example", "ab" * 32, {"valve-7/state": "closed"}, (change,), 1000)
    binding = bind(TOOL, hold=b"h" * 16, nonce=b"n" * 16, now_ms=1000, state=state)
    assert (binding.preconditions, binding.diff) == ({"valve-7/state": "closed"}, (change,))
    assert binding.digest != bound().digest


def test_what_nothing_holds_is_not_bound() -> None:
    with pytest.raises(UseError, match="gateway/internal"):
        bound(decision=Decision(Effect.PERMIT, "", ()))


def test_everything_of_a_tool_call_is_in_it() -> None:
    binding = bound()
    assert (binding.hold, binding.nonce) == ("68" * 16, "6e" * 16)
    assert (binding.audience, binding.tool, binding.arguments) == ("valve-7.example", "set_valve", {"valve": 7})
    assert (binding.requester.person, binding.agent_owner, binding.purpose) == ("ana", "olga", "water")
    assert (binding.authority, binding.mission) == ("order 12", "m1")
    assert (binding.agreement.version, binding.agreement.digest) == (3, (b"d" * 32).hex())
    assert [(rule.id, rule.clause, rule.reason, rule.quorum) for rule in binding.rules] == [
        ("ops.1", "4.2", "signed", 1),
        ("ops.2", "", "", 2),
    ]
    assert binding.rules[0].break_glass is not None
    binding.check_rendering()


def test_the_strictest_of_its_rules_counts() -> None:
    binding = bound()
    assert (binding.risk, binding.own_machine) == ("top", True)
    assert (binding.not_before_ms, binding.not_after_ms) == (1000, 61_000)


def test_an_action_of_no_effector_is_made_out_to_nobody() -> None:
    assert bound(audience="").audience == "null"


def test_the_answer_that_proposes_it_is_evidence() -> None:
    (item,) = bound().evidence
    assert (item.type, item.sha256) == ("application/json", hashlib.sha256(TOOL.content).hexdigest())
    assert bound(content=b"data: {}").evidence[0].type == "text/event-stream"
    assert bound(content=b"").evidence == ()


def test_a_model_call_holds_its_request_itself() -> None:
    call = bound(kind="model-call", tool="", call_id="", audience="", arguments={"request": {}})
    assert (call.kind, call.definition, call.evidence) == ("model-call", NO_DEFINITION, ())


def test_a_name_that_no_approver_can_have_is_left_out() -> None:
    odd = replace(WHO, name="ana the second")
    assert bound(principal=odd).requester.person == ""
