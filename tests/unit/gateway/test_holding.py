"""Held calls: what is asked of people, who may resume, and that the model is called once at most."""

import asyncio
import hashlib
import json
from collections.abc import Callable

import pytest

from brightline.crypto.seal import unseal
from brightline.domain.agreement import AgreementRef
from brightline.domain.call import Dialect, Operation
from brightline.domain.decision import Decision, Effect, Hold, Layer, Reason
from brightline.domain.leaf import Kind, Outcome, Verdict
from brightline.domain.record import Group
from brightline.gateway.errors import UseError
from brightline.gateway.holding import HEADER, wait_seconds
from brightline.gateway.pipeline import Pipeline
from brightline.gateway.ports import HoldState
from brightline.ledger.errors import AgreementChangedError
from brightline.providers import UnreachableError
from brightline.testing.holds import MemoryHolds
from brightline.testing.rooms import FORBID, HOLD, PERMIT, WHO, WRAPPING_KEY, Agreement, Answer, House, Wire, term_of
from brightline.wire import codec

CHAT = json.dumps({"model": "small", "messages": [{"role": "user", "content": "canary question"}]}).encode()
OTHER = CHAT.replace(b"question", b"demand")
WHOLE = json.dumps({"choices": [{"index": 0, "message": {"role": "assistant", "content": "canary answer"}}]}).encode()
AT_ONCE = Decision(Effect.HOLD, "policy/held", HOLD.reasons, holds=(Hold("ops.1", "officer", 2, wait_seconds=0),))


class Scene:
    """A house whose agreement holds every call."""

    def __init__(self, decision: Decision = AT_ONCE) -> None:
        self.house = House(UseError("gateway/internal"))
        self.house.agreement.decision = decision
        self.house.upstream.answer = Answer(200, "application/json", WHOLE)
        self.holds: MemoryHolds = self.house.with_holds()
        self.pipeline = Pipeline(self.house.rooms)

    async def ask(self, body: bytes = CHAT, *headers: tuple[str, str]) -> tuple[int, bytes]:
        """One request on a connection of its own: status, and everything said."""
        wire = self.house.wire = Wire()
        exchange = self.house.exchange("/v1/chat/completions", body, *headers)
        await self.pipeline.use(exchange, Operation.GENERATE, codec(Dialect.OPENAI_CHAT))
        assert self.house.counters.running == 0
        return int(bytes(wire.out).split(b" ")[1]), bytes(wire.out)

    async def resume(self, body: bytes = CHAT, *headers: tuple[str, str]) -> tuple[int, bytes]:
        """The same request with the hold that was placed first."""
        return await self.ask(body, (HEADER, self.holds.ids[0].hex()), *headers)

    @property
    def kinds(self) -> list[Kind]:
        return [leaf.kind for leaf in self.house.ledger.leaves]

    def sealed(self, index: int) -> dict[str, object]:
        record = unseal(self.house.ledger.entries[index].blob or b"", WRAPPING_KEY)
        return json.loads(record[Group.DECISION])  # type: ignore[no-any-return]


def code_of(told: bytes) -> str:
    return str(json.loads(told.split(b"\r\n\r\n", 1)[1])["error"]["code"])


def test_a_held_call_asks_people_and_calls_nobody() -> None:
    scene = Scene()
    status, told = asyncio.run(scene.ask())
    hold = scene.holds.ids[0].hex()
    assert (status, code_of(told)) == (403, "hold/pending")
    assert f"brightline-hold: {hold}\r\n".encode() in told
    error = json.loads(told.split(b"\r\n\r\n", 1)[1])["error"]["brightline"]
    assert error["pending"] == [hold]
    assert error["holds"] == [{"policy": "ops.1", "role": "officer", "quorum": 2}]
    assert f"Brightline-Hold: {hold}" in error["hint"]
    assert scene.house.upstream.sent == []
    (leaf,) = scene.house.ledger.leaves
    assert (leaf.kind, leaf.verdict) == (Kind.REFUSAL, Verdict.HOLD)
    assert scene.sealed(0)["held"] == [hold]
    proposal = scene.holds.kept[scene.holds.ids[0]].proposal
    assert (proposal.kind, proposal.tool, proposal.definition, proposal.content) == ("model-call", "", b"{}", CHAT)
    assert proposal.arguments["body_sha256"] == hashlib.sha256(CHAT).hexdigest()
    assert proposal.arguments["request"] == json.loads(CHAT)
    assert b"canary" not in told


def test_without_holds_what_is_held_is_refused_as_before() -> None:
    scene = Scene()
    scene.pipeline = Pipeline(House(UseError("gateway/internal")).rooms)
    house = House(UseError("gateway/internal"))
    house.agreement.decision = AT_ONCE
    scene.house, scene.pipeline = house, Pipeline(house.rooms)
    assert code_of(asyncio.run(scene.ask())[1]) == "policy/held"
    assert code_of(asyncio.run(scene.ask(CHAT, (HEADER, "0" * 32)))[1]) == "policy/held"


def test_a_call_that_is_signed_in_time_goes_on() -> None:
    scene = Scene(HOLD)
    scene.holds.on_place = scene.holds.approve
    status, told = asyncio.run(scene.ask())
    assert (status, told.endswith(WHOLE)) == (200, True)
    assert scene.kinds == [Kind.INTENT, Kind.OUTCOME]
    kept = scene.holds.kept[scene.holds.ids[0]]
    assert (kept.state, kept.outcome, kept.begun_by) == (HoldState.ENDED, 1, scene.house.ledger.leaves[0].use_id)


def test_a_call_that_is_signed_later_is_resumed_once_and_then_given_again() -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        status, told = await scene.resume()
        assert (status, told.endswith(WHOLE)) == (200, True)
        assert b"brightline-receipt: test/log 1 " in told
        scene.holds.kept[scene.holds.ids[0]].answer = WHOLE
        entries = len(scene.house.ledger.entries)
        status, told = await scene.resume()
        assert (status, told.endswith(WHOLE)) == (200, True)
        assert b"brightline-replayed: true" in told
        assert len(scene.house.ledger.entries) == entries

    asyncio.run(story())
    assert len(scene.house.upstream.sent) == 1
    assert scene.kinds == [Kind.REFUSAL, Kind.INTENT, Kind.OUTCOME]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (HoldState.OPEN, "hold/pending"),
        (HoldState.DENIED, "hold/denied"),
        (HoldState.REVOKED, "hold/revoked"),
        (HoldState.EXPIRED, "hold/expired"),
        (HoldState.STARTED, "hold/unknown"),
        (HoldState.ENDED, "hold/spent"),
    ],
)
def test_what_is_not_approved_is_not_begun(state: HoldState, code: str) -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        scene.holds.turn(scene.holds.ids[0], state)
        status, told = await scene.resume()
        assert (status, code_of(told)) == (403, code)

    asyncio.run(story())
    assert scene.house.upstream.sent == []
    assert scene.kinds == [Kind.REFUSAL, Kind.REFUSAL]
    assert [leaf.verdict for leaf in scene.house.ledger.leaves] == [Verdict.HOLD, Verdict.HOLD]


def test_nobody_else_and_no_other_body_resumes() -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        assert code_of((await scene.resume(OTHER))[1]) == "hold/mismatch"
        proposal = scene.holds.kept[scene.holds.ids[0]].proposal
        object.__setattr__(proposal, "principal", _named("bo"))
        assert code_of((await scene.resume())[1]) == "hold/mismatch"

    asyncio.run(story())
    assert scene.house.upstream.sent == []


def _named(name: str) -> object:
    return type(WHO)(WHO.key_id, name, WHO.organisation, WHO.unit, WHO.roles, WHO.app, WHO.missions, None)


@pytest.mark.parametrize("value", ["", "last", "0" * 31, "0" * 33, "A" * 32, "0" * 32 + ",", ",".join(["0" * 32] * 17)])
def test_a_header_that_is_no_list_of_holds_is_refused(value: str) -> None:
    scene = Scene()
    status, told = asyncio.run(scene.ask(CHAT, (HEADER, value)))
    assert (status, code_of(told)) == (400, "hold/bad-header")
    assert code_of(asyncio.run(scene.ask(CHAT, (HEADER, "0" * 32), (HEADER, "0" * 32)))[1]) == "hold/bad-header"


def test_a_hold_that_nobody_placed_is_not_found() -> None:
    status, told = asyncio.run(Scene().ask(CHAT, (HEADER, "0" * 32)))
    assert (status, code_of(told)) == (404, "hold/not-found")


def test_holds_of_two_requests_are_of_no_request() -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        await scene.ask()
        both = ", ".join(hold.hex() for hold in scene.holds.ids)
        assert code_of((await scene.ask(CHAT, (HEADER, both)))[1]) == "hold/mismatch"

    asyncio.run(story())


def test_after_its_term_a_hold_gives_nothing() -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        kept = scene.holds.kept[scene.holds.ids[0]]
        kept.expires_ms = scene.house.ledger.now
        assert code_of((await scene.resume())[1]) == "hold/expired"

    asyncio.run(story())


def change_agreement(scene: Scene) -> None:
    changed = Agreement()
    changed.decision = scene.house.agreement.decision
    changed.ref = AgreementRef("sample", 2, b"e" * 32, "demo")  # type: ignore[misc]
    scene.house.standing.replace(term_of(changed))


def test_what_was_signed_under_another_agreement_is_worth_nothing() -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        change_agreement(scene)
        assert code_of((await scene.resume())[1]) == "hold/changed"
        scene.holds.turn(scene.holds.ids[0], HoldState.ENDED)
        scene.holds.kept[scene.holds.ids[0]].answer = WHOLE
        assert code_of((await scene.resume())[1]) == "hold/changed"

    asyncio.run(story())
    assert scene.house.upstream.sent == []


def test_an_agreement_that_changes_while_people_sign_undoes_what_they_signed() -> None:
    scene = Scene(HOLD)

    def sign(hold: bytes) -> None:
        change_agreement(scene)
        scene.holds.approve(hold)

    scene.holds.on_place = sign
    assert code_of(asyncio.run(scene.ask())[1]) == "hold/changed"
    assert scene.house.upstream.sent == []


def test_an_agreement_that_changes_as_the_call_starts_makes_no_second_hold() -> None:
    scene = Scene(HOLD)
    scene.holds.on_place = scene.holds.approve
    failed: list[bool] = []

    def fail_once() -> None:
        if not failed:
            failed.append(True)
            change_agreement(scene)
            raise AgreementChangedError

    scene.house.ledger.before = fail_once
    assert code_of(asyncio.run(scene.ask())[1]) == "hold/changed"
    assert len(scene.holds.ids) == 1
    assert scene.house.upstream.sent == []


@pytest.mark.parametrize(("decision", "code"), [(FORBID, "policy/forbidden"), (HOLD, "hold/changed")])
def test_what_is_signed_is_decided_again(decision: Decision, code: str) -> None:
    """Meters and times may have moved since: the signatures lift what asked for them and nothing else."""
    scene = Scene()
    decide: Callable[..., Decision] = scene.house.agreement.decide

    def later(use: object, sign_offs: object = None, break_glass: object = None) -> Decision:
        return decide(use, sign_offs, break_glass) if sign_offs is None else decision

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        scene.house.agreement.decide = later  # type: ignore[assignment, method-assign]
        assert code_of((await scene.resume())[1]) == code

    asyncio.run(story())
    assert scene.house.upstream.sent == []


def test_of_two_that_resume_at_once_one_calls() -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        first, second = House(UseError("gateway/internal")), House(UseError("gateway/internal"))
        told = []
        for house in (first, second):
            exchange = house.exchange("/v1/chat/completions", CHAT, (HEADER, scene.holds.ids[0].hex()))
            told.append(scene.pipeline.use(exchange, Operation.GENERATE, codec(Dialect.OPENAI_CHAT)))
        await asyncio.gather(*told)
        assert sorted(house.told.split(b" ")[1] for house in (first, second)) == [b"200", b"409"]
        assert b"hold/running" in first.told + second.told
        scene.holds.kept[scene.holds.ids[0]].answer = WHOLE
        assert (await scene.resume())[0] == 200

    asyncio.run(story())
    assert len(scene.house.upstream.sent) == 1


def test_a_call_that_failed_at_the_provider_is_not_made_twice() -> None:
    scene = Scene()
    scene.house.upstream.answer = UnreachableError("providers/unreachable", deployment="dep", why="refused")

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        assert (await scene.resume())[0] == 502
        assert code_of((await scene.resume())[1]) == "hold/spent"

    asyncio.run(story())
    assert len(scene.house.upstream.sent) == 1
    assert scene.house.ledger.leaves[2].outcome is Outcome.PROVIDER_ERROR


def test_nothing_starts_when_the_intent_cannot_be_written() -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        scene.house.ledger.fail_at = {1, 2}
        assert (await scene.resume())[0] == 500
        assert scene.holds.kept[scene.holds.ids[0]].state is HoldState.APPROVED
        assert (await scene.resume())[0] == 200

    asyncio.run(story())
    assert len(scene.house.upstream.sent) == 1


@pytest.mark.parametrize("code", ["hold/cannot-bind", "hold/changed"])
def test_what_cannot_be_held_is_refused_and_never_let_pass(code: str) -> None:
    scene = Scene()
    scene.holds.error = UseError(code, why="it is too large")
    assert code_of(asyncio.run(scene.ask())[1]) == code
    assert scene.house.upstream.sent == []


def test_a_body_that_cannot_be_bound_is_refused() -> None:
    deep = CHAT[:-1] + b', "metadata": ' + b"[" * 40 + b"]" * 40 + b"}"
    scene = Scene()
    told = asyncio.run(scene.ask(deep.replace(b"metadata", b"anything")))[1]
    assert code_of(told) == "hold/cannot-bind"
    assert scene.holds.ids == []


def test_an_idempotency_key_is_claimed_with_the_start_and_not_before() -> None:
    scene = Scene()
    key = ("idempotency-key", "k1")

    async def story() -> None:
        await scene.ask(CHAT, key)
        scene.holds.approve(scene.holds.ids[0])
        assert (await scene.resume(CHAT, key))[0] == 200

    asyncio.run(story())
    claims = [entry.idempotency is not None for entry in scene.house.ledger.entries]
    assert claims == [False, True, False]


def test_a_repeat_under_the_same_key_waits_instead_of_holding_twice() -> None:
    scene = Scene(HOLD)
    key = ("idempotency-key", "k1")

    async def story() -> None:
        first = asyncio.ensure_future(
            scene.pipeline.use(
                scene.house.exchange("/v1/chat/completions", CHAT, key), Operation.GENERATE, codec(Dialect.OPENAI_CHAT)
            )
        )
        while not scene.holds.ids:
            await asyncio.sleep(0)
        other = House(UseError("gateway/internal"))
        again = other.exchange("/v1/chat/completions", CHAT, key)
        await scene.pipeline.use(again, Operation.GENERATE, codec(Dialect.OPENAI_CHAT))
        assert b"gateway/idempotency-running" in other.told
        scene.holds.approve(scene.holds.ids[0])
        await first

    asyncio.run(story())
    assert len(scene.holds.ids) == 1
    assert len(scene.house.upstream.sent) == 1


def test_a_call_that_needs_no_signature_any_more_still_uses_its_hold_up() -> None:
    scene = Scene()

    async def story() -> None:
        await scene.ask()
        scene.holds.approve(scene.holds.ids[0])
        scene.house.agreement.decision = PERMIT
        assert (await scene.resume())[0] == 200
        assert scene.holds.kept[scene.holds.ids[0]].state is HoldState.ENDED
        assert code_of((await scene.resume())[1]) == "hold/spent"

    asyncio.run(story())
    assert len(scene.house.upstream.sent) == 1


def test_a_call_waits_no_longer_than_any_of_its_rules_says() -> None:
    holds = (Hold("a", "r", 1, wait_seconds=30), Hold("b", "r", 1, wait_seconds=5))
    reasons = (Reason("a", Layer.LAW),)
    assert wait_seconds(Decision(Effect.HOLD, "policy/held", reasons, holds=holds)) == 5.0
    assert wait_seconds(PERMIT) == 0.0
