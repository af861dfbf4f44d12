"""Tool calls that an answer proposes: decided one by one, held before a byte of them leaves, released when signed."""

import asyncio
import base64
import json

import pytest

from brightline.crypto.seal import unseal
from brightline.domain.call import Dialect, Operation
from brightline.domain.decision import Decision, Effect, Hold
from brightline.domain.leaf import Check, Kind, Outcome, Verdict
from brightline.domain.record import Group
from brightline.gateway.answering import MOST_RELEASE_BYTES
from brightline.gateway.errors import UseError
from brightline.gateway.holding import HEADER
from brightline.gateway.pipeline import Pipeline
from brightline.gateway.ports import HoldState
from brightline.testing.rooms import FORBID, HOLD, PERMIT, WRAPPING_KEY, Answer, House, Wire
from brightline.wire import codec

VALVE = {"type": "function", "function": {"name": "set_valve", "parameters": {"type": "object"}}}
LOOK = {"type": "function", "function": {"name": "look_up", "parameters": {}}}
CHAT = json.dumps({"model": "small", "messages": [{"role": "user", "content": "go"}], "tools": [VALVE, LOOK]}).encode()
STREAM = CHAT[:-1] + b', "stream": true}'
MESSAGES = json.dumps(
    {
        "model": "small",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "go"}],
        "tools": [{"name": "set_valve", "input_schema": {"type": "object"}}, {"name": "look_up", "input_schema": {}}],
    }
).encode()
AT_ONCE = Decision(Effect.HOLD, "policy/held", HOLD.reasons, holds=(Hold("ops.1", "officer", 2, wait_seconds=0),))
SET = ("set_valve", '{"valve": 7, "open": true}')
SEE = ("look_up", '{"what": "valve 7"}')
PATHS = {Dialect.OPENAI_CHAT: "/v1/chat/completions", Dialect.ANTHROPIC_MESSAGES: "/v1/messages"}


def whole(*calls: tuple[str, str]) -> bytes:
    rows = [
        {"id": f"c{i}", "type": "function", "function": {"name": name, "arguments": text}}
        for i, (name, text) in enumerate(calls)
    ]
    return json.dumps({"choices": [{"index": 0, "message": {"content": None, "tool_calls": rows}}]}).encode()


def chunk(delta: dict[str, object]) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": delta}]}).encode() + b"\n\n"


TEXT = chunk({"content": "I shall "})


def streamed(*calls: tuple[str, str]) -> list[bytes]:
    pieces = [TEXT]
    for index, (name, text) in enumerate(calls):
        pieces.append(chunk({"tool_calls": [{"index": index, "id": f"c{index}", "function": {"name": name}}]}))
        pieces += [chunk({"tool_calls": [{"index": index, "function": {"arguments": c}}]}) for c in text]
    return [*pieces, b"data: [DONE]\n\n"]


def message(*calls: tuple[str, str]) -> bytes:
    rows = [
        {"type": "tool_use", "id": f"c{i}", "name": name, "input": json.loads(text)}
        for i, (name, text) in enumerate(calls)
    ]
    return json.dumps({"type": "message", "role": "assistant", "content": rows}).encode()


def event(kind: str, **rest: object) -> bytes:
    return f"event: {kind}\ndata: ".encode() + json.dumps({"type": kind, **rest}).encode() + b"\n\n"


def message_stream(*calls: tuple[str, str]) -> list[bytes]:
    pieces = [event("message_start", message={"content": []})]
    for index, (name, text) in enumerate(calls):
        block = {"type": "tool_use", "id": f"c{index}", "name": name, "input": {}}
        pieces.append(event("content_block_start", index=index, content_block=block))
        part = {"type": "input_json_delta", "partial_json": text}
        pieces += [event("content_block_delta", index=index, delta=part), event("content_block_stop", index=index)]
    return [*pieces, event("message_stop")]


class Scene:
    """A house whose agreement permits calls, and holds acts of the tool `set_valve`."""

    def __init__(self, decision: Decision = AT_ONCE, dialect: Dialect = Dialect.OPENAI_CHAT) -> None:
        self.house = House(UseError("gateway/internal"))
        self.house.agreement.acts["set_valve"] = decision
        self.dialect = dialect
        self.holds = self.house.with_holds()
        self.pipeline = Pipeline(self.house.rooms)

    def answers(self, *pieces: bytes) -> None:
        kind = "text/event-stream" if len(pieces) > 1 else "application/json"
        self.house.upstream.answer = Answer(200, kind, *pieces)

    async def ask(self, body: bytes = CHAT, *headers: tuple[str, str]) -> tuple[int, bytes]:
        wire = self.house.wire = Wire()
        exchange = self.house.exchange(PATHS[self.dialect], body, *headers)
        await self.pipeline.use(exchange, Operation.GENERATE, codec(self.dialect))
        assert self.house.counters.running == 0
        return int(bytes(wire.out).split(b" ")[1]), bytes(wire.out)

    async def resume(self, body: bytes = CHAT) -> tuple[int, bytes]:
        return await self.ask(body, (HEADER, ", ".join(hold.hex() for hold in self.holds.ids)))

    def approve(self) -> None:
        for hold in self.holds.ids:
            self.holds.approve(hold)

    @property
    def ends(self) -> list[tuple[Kind, Outcome]]:
        return [(leaf.kind, leaf.outcome) for leaf in self.house.ledger.leaves]

    def sealed(self, index: int) -> dict[str, object]:
        record = unseal(self.house.ledger.entries[index].blob or b"", WRAPPING_KEY)
        return json.loads(record[Group.DECISION])  # type: ignore[no-any-return]


def body_of(told: bytes) -> bytes:
    """What came in the body, chunks put together."""
    head, _, rest = told.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head:
        return rest
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        body, rest = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return body


def code_of(told: bytes) -> str:
    last = body_of(told).rstrip().rpartition(b"data: ")[2]
    return str(json.loads(last)["error"]["brightline"]["code"])


def test_a_call_of_a_tool_that_is_forbidden_refuses_the_answer() -> None:
    scene = Scene(FORBID)
    scene.answers(whole(SEE, SET))
    status, told = asyncio.run(scene.ask())
    assert (status, code_of(told)) == (403, "screening/tool-forbidden")
    assert json.loads(body_of(told))["error"]["brightline"]["reasons"][0]["policy"] == "law.1"
    assert scene.ends == [(Kind.INTENT, Outcome.NONE), (Kind.OUTCOME, Outcome.SCREENED)]
    proposed = scene.sealed(1)["proposed"]
    assert [(row["tool"], row["effect"]) for row in proposed] == [  # type: ignore[attr-defined]
        ("look_up", "permit"),
        ("set_valve", "forbid"),
    ]
    assert b"valve" not in told.replace(b"set_valve", b"")
    assert scene.holds.ids == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"a":1,"a":2}', '{"a":"\\ud800"}', '{"a":9007199254740993}', "{}x"]
)
def test_arguments_that_are_not_one_whole_object_refuse_the_answer(text: str) -> None:
    scene = Scene(PERMIT)
    scene.answers(whole(("set_valve", text)))
    status, told = asyncio.run(scene.ask())
    assert (status, code_of(told)) == (502, "screening/bad-arguments")
    scene.answers(*streamed(("set_valve", text)))
    told = asyncio.run(scene.ask(STREAM))[1]
    assert code_of(told) == "screening/bad-arguments"
    assert b"tool_calls" not in told


def test_a_call_that_is_permitted_leaves_whole_and_is_named_in_the_record() -> None:
    scene = Scene(PERMIT)
    scene.answers(*streamed(SET))
    told = asyncio.run(scene.ask(STREAM))[1]
    assert body_of(told) == b"".join(streamed(SET))
    assert scene.house.ledger.leaves[1].checks & Check.ACTS_DECIDED
    assert [use.acting for use in scene.house.agreement.asked] == [False, True]
    assert [tool.name for tool in scene.house.agreement.asked[1].tools] == ["set_valve"]
    (row,) = scene.sealed(1)["proposed"]  # type: ignore[misc]
    assert (row["tool"], row["call_id"], row["effect"], "hold" in row) == ("set_valve", "c0", "permit", False)


def test_a_held_call_keeps_the_answer_and_binds_exactly_what_was_proposed() -> None:
    scene = Scene()
    scene.answers(whole(SEE, SET))
    status, told = asyncio.run(scene.ask())
    (hold,) = scene.holds.ids
    assert (status, code_of(told)) == (403, "hold/pending")
    assert f"brightline-hold: {hold.hex()}\r\n".encode() in told
    proposal = scene.holds.kept[hold].proposal
    assert (proposal.kind, proposal.tool, proposal.call_id) == ("tool-call", "set_valve", "c1")
    assert proposal.arguments == {"valve": 7, "open": True}
    assert json.loads(proposal.definition) == VALVE
    assert proposal.content == whole(SEE, SET)
    assert proposal.use.acting
    assert scene.ends[1] == (Kind.OUTCOME, Outcome.SCREENED)
    assert scene.sealed(1)["proposed"][1]["hold"] == hold.hex()  # type: ignore[index]


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("stream", [False, True])
def test_signed_later_the_answer_leaves_without_a_second_call(dialect: Dialect, stream: bool) -> None:
    scene = Scene(dialect=dialect)
    chat = dialect is Dialect.OPENAI_CHAT
    plain = CHAT if chat else MESSAGES
    body = plain[:-1] + b', "stream": true}' if stream else plain
    make = (streamed if stream else whole) if chat else (message_stream if stream else message)
    made = make(SET, SET)
    pieces = made if isinstance(made, list) else [made]
    scene.answers(*pieces)

    async def story() -> None:
        _, told = await scene.ask(body)
        assert code_of(told) == "hold/pending"
        assert b"valve" not in told
        assert len(scene.holds.ids) == 2
        scene.holds.approve(scene.holds.ids[0])
        assert code_of((await scene.resume(body))[1]) == "hold/pending"
        scene.approve()
        status, told = await scene.resume(body)
        assert (status, body_of(told)) == (200, b"".join(pieces))
        releases = told.partition(b"brightline-release: ")[2].partition(b"\r\n")[0].split(b", ")
        assert [json.loads(base64.urlsafe_b64decode(text))["release"] for text in releases] == [
            hold.hex() for hold in scene.holds.ids
        ]
        entries = len(scene.house.ledger.entries)
        status, told = await scene.resume(body)
        assert (status, body_of(told)) == (200, b"".join(pieces))
        assert b"brightline-replayed: true" in told
        assert len(scene.house.ledger.entries) == entries

    asyncio.run(story())
    assert len(scene.house.upstream.sent) == 1
    assert scene.ends == [
        (Kind.INTENT, Outcome.NONE),
        (Kind.OUTCOME, Outcome.SCREENED),
        (Kind.REFUSAL, Outcome.NONE),
        (Kind.INTENT, Outcome.NONE),
        (Kind.OUTCOME, Outcome.COMPLETE),
    ]
    assert scene.house.ledger.leaves[2].verdict is Verdict.HOLD
    assert {kept.state for kept in scene.holds.kept.values()} == {HoldState.ENDED}


@pytest.mark.parametrize("stream", [False, True])
def test_signed_in_time_the_answer_leaves_at_once(stream: bool) -> None:
    scene = Scene(HOLD)
    scene.holds.on_place = scene.holds.approve
    pieces = streamed(SET) if stream else [whole(SET)]
    scene.answers(*pieces)
    status, told = asyncio.run(scene.ask(STREAM if stream else CHAT))
    assert (status, body_of(told)) == (200, b"".join(pieces))
    assert (b"brightline-release: " in told) is not stream
    assert scene.ends == [(Kind.INTENT, Outcome.NONE), (Kind.OUTCOME, Outcome.COMPLETE)]
    assert scene.holds.kept[scene.holds.ids[0]].outcome == 1


def test_text_before_a_held_call_leaves_and_nothing_after() -> None:
    scene = Scene()
    scene.answers(*streamed(SET))
    told = body_of(asyncio.run(scene.ask(STREAM))[1])
    assert told.startswith(TEXT)
    assert b"[DONE]" not in told
    assert told.count(b"data: ") == 2


@pytest.mark.parametrize(
    ("state", "code"),
    [(HoldState.DENIED, "hold/denied"), (HoldState.REVOKED, "hold/revoked"), (HoldState.EXPIRED, "hold/expired")],
)
def test_one_denial_refuses_the_answer(state: HoldState, code: str) -> None:
    scene = Scene(HOLD)

    def vote(hold: bytes) -> None:
        scene.holds.turn(hold, state) if len(scene.holds.ids) == 2 else scene.holds.approve(hold)

    scene.holds.on_place = vote
    scene.answers(whole(SET, SET))
    status, told = asyncio.run(scene.ask())
    assert (status, code_of(told)) == (403, code)
    assert b"brightline-hold: " not in told


def test_two_calls_need_two_signatures() -> None:
    scene = Scene()
    scene.answers(whole(SET, ("set_valve", '{"valve": 7, "open": false}')))

    async def story() -> None:
        await scene.ask()
        assert len(set(scene.holds.ids)) == 2
        scene.holds.approve(scene.holds.ids[0])
        assert code_of((await scene.ask(CHAT, (HEADER, scene.holds.ids[0].hex())))[1]) == "hold/pending"

    asyncio.run(story())


def test_a_hold_is_of_exactly_its_arguments() -> None:
    """A hold that was placed for other arguments serves nothing, however it came to be of this use."""
    scene = Scene()
    scene.answers(whole(SET))

    async def story() -> None:
        await scene.ask()
        scene.approve()
        kept = scene.holds.kept[scene.holds.ids[0]]
        object.__setattr__(kept.binding, "arguments", {"valve": 8, "open": True})
        assert code_of((await scene.resume())[1]) == "hold/pending"
        assert len(scene.holds.ids) == 2

    asyncio.run(story())


def test_a_hold_that_is_revoked_as_the_answer_leaves_keeps_it() -> None:
    scene = Scene()
    scene.answers(whole(SET))

    async def story() -> None:
        await scene.ask()
        scene.approve()

        def revoke() -> None:
            scene.holds.turn(scene.holds.ids[0], HoldState.REVOKED)

        scene.house.ledger.before = revoke
        status, told = await scene.resume()
        assert (status, b"open" in body_of(told)) == (403, False)

    asyncio.run(story())
    assert scene.ends[-1] == (Kind.OUTCOME, Outcome.INCOMPLETE)


def test_a_hold_that_is_revoked_as_the_first_answer_leaves_keeps_it_too() -> None:
    scene = Scene(HOLD)
    scene.holds.on_place = scene.holds.approve
    scene.answers(whole(SET))
    start = scene.holds.start

    async def revoked(holds: tuple[bytes, ...], entry: object) -> object:
        scene.holds.turn(holds[0], HoldState.REVOKED)
        return await start(holds, entry)  # type: ignore[arg-type]

    scene.holds.start = revoked  # type: ignore[method-assign, assignment]
    status, told = asyncio.run(scene.ask())
    assert (status, code_of(told)) == (403, "hold/changed")
    assert scene.ends[-1] == (Kind.OUTCOME, Outcome.SCREENED)


def test_an_outcome_that_cannot_be_written_keeps_the_answer_and_the_holds() -> None:
    scene = Scene(HOLD)
    scene.holds.on_place = scene.holds.approve
    scene.answers(whole(SET))
    scene.house.ledger.fail_at = {1, 2}
    status, told = asyncio.run(scene.ask())
    assert (status, b"open" in told) == (500, False)
    assert scene.holds.kept[scene.holds.ids[0]].state is HoldState.APPROVED


@pytest.mark.parametrize("tools", [[VALVE, VALVE], [VALVE, {**VALVE, "strict": True}]])
def test_a_tool_that_was_offered_twice_cannot_be_bound(tools: list[object]) -> None:
    body = json.dumps({"model": "small", "messages": [], "tools": tools}).encode()
    scene = Scene()
    scene.answers(whole(SET))
    assert code_of(asyncio.run(scene.ask(body))[1]) == "hold/cannot-bind"
    assert scene.holds.ids == []


def test_a_definition_that_has_no_canonical_form_cannot_be_bound() -> None:
    deep = json.loads("[" * 40 + "]" * 40)
    tool = {"type": "function", "function": {"name": "set_valve", "parameters": deep}}
    body = json.dumps({"model": "small", "messages": [], "tools": [tool]}).encode()
    scene = Scene()
    scene.answers(whole(SET))
    assert code_of(asyncio.run(scene.ask(body))[1]) == "hold/cannot-bind"


def test_without_holds_a_held_act_refuses_the_answer() -> None:
    scene = Scene()
    house = House(UseError("gateway/internal"))
    house.agreement.acts["set_valve"] = AT_ONCE
    scene.house, scene.pipeline = house, Pipeline(house.rooms)
    scene.answers(whole(SET))
    status, told = asyncio.run(scene.ask())
    assert (status, code_of(told)) == (403, "policy/held")


@pytest.mark.parametrize("decision", [FORBID, AT_ONCE])
def test_a_tool_that_the_provider_runs_is_not_offered_where_its_acts_are_not_free(decision: Decision) -> None:
    tool = {"type": "web_search_20250305", "name": "set_valve"}
    body = json.dumps({"model": "small", "max_tokens": 9, "messages": [], "tools": [tool]}).encode()
    scene = Scene(decision, Dialect.ANTHROPIC_MESSAGES)
    status, told = asyncio.run(scene.ask(body))
    assert (status, code_of(told)) == (403, "hold/provider-runs")
    assert scene.house.upstream.sent == []
    scene.house.agreement.acts.clear()
    scene.answers(message())
    assert asyncio.run(scene.ask(body))[0] == 200


def test_a_model_call_and_its_answer_are_held_one_after_the_other() -> None:
    scene = Scene()
    scene.house.agreement.decision = AT_ONCE
    scene.answers(whole(SET))

    async def story() -> None:
        assert code_of((await scene.ask())[1]) == "hold/pending"
        (first,) = scene.holds.ids
        scene.approve()
        told = (await scene.resume())[1]
        second = scene.holds.ids[1]
        assert code_of(told) == "hold/pending"
        assert f"brightline-hold: {second.hex()}\r\n".encode() in told
        scene.holds.approve(second)
        # Either id leads to the answer: the caller may have lost what the second answer said.
        status, told = await scene.ask(CHAT, (HEADER, first.hex()))
        assert (status, body_of(told)) == (200, whole(SET))
        assert (await scene.ask(CHAT, (HEADER, second.hex())))[0] == 200
        assert (await scene.resume())[0] == 200

    asyncio.run(story())
    assert len(scene.house.upstream.sent) == 1


def test_a_key_spent_on_a_held_answer_is_not_asked_of_who_resumes_it() -> None:
    scene = Scene()
    scene.answers(whole(SET))
    key = ("idempotency-key", "k1")

    async def story() -> None:
        await scene.ask(CHAT, key)
        scene.approve()
        status, told = await scene.ask(CHAT, key, (HEADER, scene.holds.ids[0].hex()))
        assert (status, body_of(told)) == (200, whole(SET))

    asyncio.run(story())
    assert [entry.idempotency is not None for entry in scene.house.ledger.entries] == [True, False, False, False]


def test_after_the_term_of_one_of_its_holds_an_answer_is_not_given_again() -> None:
    scene = Scene()
    scene.answers(whole(SET, SET))

    async def story() -> None:
        await scene.ask()
        scene.approve()
        assert (await scene.resume())[0] == 200
        first, second = scene.holds.ids
        scene.holds.kept[second].expires_ms = 0
        assert code_of((await scene.ask(CHAT, (HEADER, first.hex())))[1]) == "hold/expired"

    asyncio.run(story())


def test_a_denial_holds_even_where_no_signature_is_needed_any_more() -> None:
    scene = Scene()
    scene.answers(whole(SET))

    async def story() -> None:
        await scene.ask()
        scene.holds.turn(scene.holds.ids[0], HoldState.DENIED)
        scene.house.agreement.acts["set_valve"] = PERMIT
        assert code_of((await scene.resume())[1]) == "hold/denied"

    asyncio.run(story())


@pytest.mark.parametrize("large", [False, True])
def test_a_release_that_cannot_go_along_is_fetched_later(large: bool) -> None:
    scene = Scene(HOLD)
    scene.holds.on_place = scene.holds.approve
    scene.answers(whole(SET))
    if large:

        async def release(hold: bytes) -> bytes:
            return b"r" * MOST_RELEASE_BYTES

        scene.holds.release = release  # type: ignore[method-assign]
    else:
        scene.holds.release_error = UseError("hold/changed")
    status, told = asyncio.run(scene.ask())
    assert (status, b"brightline-release" in told) == (200, False)
    assert ("release-later" in scene.house.log.getvalue()) is not large
