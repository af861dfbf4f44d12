"""Who hears what when a use is refused, and what is recorded first."""

import asyncio

import pytest

from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Outcome
from brightline.domain.record import Appended
from brightline.gateway.errors import ForbiddenError, UseError
from brightline.gateway.exchange import Exchange
from brightline.gateway.ports import Replay
from brightline.gateway.refusing import Refusing, refusal_headers, refusal_of
from brightline.gateway.run import Run
from brightline.testing.rooms import FORBID, WHO, Agreement, House
from brightline.wire import Refusal, codec

FAULT = UseError("gateway/internal")
CODEC = codec(Dialect.OPENAI_CHAT)


@pytest.fixture
def house() -> House:
    return House(UseError("gateway/draining"))


def run_of(*, principal: bool = True, call: bool = True) -> Run:
    run = Run(b"u" * 16, 0.0, Agreement.ref)
    run.principal = WHO if principal else None
    run.call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "m", stream=True, body=b"{}") if call else None
    return run


def refuse(house: House, run: Run, error: BrightlineError = FAULT, exchange: Exchange | None = None) -> bytes:
    asked = exchange or house.exchange("/v1/chat/completions", b"{}")
    asyncio.run(Refusing(house.rooms).refuse(run, asked, CODEC, error))
    return house.told


def test_a_stranger_leaves_no_entry(house: House) -> None:
    assert refuse(house, run_of(principal=False)).startswith(b"HTTP/1.1 500")
    assert (house.ledger.entries, house.counters.unauthenticated) == ([], 1)


def test_an_unread_call_leaves_no_entry(house: House) -> None:
    refuse(house, run_of(call=False))
    assert (house.ledger.entries, house.counters.unparsable) == ([], 1)


def test_a_refusal_that_cannot_be_recorded_is_told_as_that(house: House) -> None:
    house.ledger.fail_at = {0}
    told = refuse(house, run_of())
    assert told.startswith(b"HTTP/1.1 503")
    assert b"brightline-receipt" not in told
    assert house.counters.uses == {("error", "unrecorded"): 1}


def test_a_refusal_is_recorded_before_it_is_told(house: House) -> None:
    house.ledger.before = lambda: house.wire.out and pytest.fail("told before it was recorded")
    assert b"brightline-receipt: test/log 0" in refuse(house, run_of())
    assert [leaf.kind for leaf in house.ledger.leaves] == [Kind.REFUSAL]


def test_a_fault_after_the_intent_closes_the_use(house: House) -> None:
    run = run_of()
    run.intent = Appended(7, bytes(32), 1)
    refuse(house, run)
    (leaf,) = house.ledger.leaves
    assert (leaf.kind, leaf.reference, leaf.outcome) == (Kind.OUTCOME, 7, Outcome.INCOMPLETE)


def test_a_use_that_cannot_be_closed_is_told_as_that(house: House) -> None:
    run = run_of()
    run.intent = Appended(7, bytes(32), 1)
    house.ledger.fail_at = {0}
    assert refuse(house, run).startswith(b"HTTP/1.1 503")


def test_a_use_that_has_its_outcome_gets_no_second(house: House) -> None:
    run = run_of()
    run.intent, run.outcome = Appended(7, bytes(32), 1), Outcome.COMPLETE
    refuse(house, run)
    assert house.ledger.entries == []


def test_an_answer_that_began_is_cut_not_continued(house: House) -> None:
    exchange = house.exchange("/v1/chat/completions", b"{}")
    exchange.start(200, [])
    before = house.told
    assert refuse(house, run_of(), exchange=exchange) == before
    assert house.wire.aborted


def test_a_caller_that_left_is_told_nothing(house: House) -> None:
    exchange = house.exchange("/v1/chat/completions", b"{}")
    exchange.lose()
    assert refuse(house, run_of(), exchange=exchange) == b""
    assert len(house.ledger.entries) == 1


def test_an_earlier_answer_is_given_as_it_was(house: House) -> None:
    run = run_of()
    replay = Replay(bytes(32), Appended(5, b"\x05" * 32, 1), b"data: x\n\n", ended=True)
    Refusing(house.rooms).replay(run, house.exchange("/x", b""), CODEC, replay)
    assert b"brightline-replayed: true" in house.told
    assert b"content-type: text/event-stream" in house.told
    assert b"brightline-receipt: test/log 5 0505" in house.told
    assert house.told.endswith(b"\r\n\r\ndata: x\n\n")


def test_a_forbidding_tells_its_reasons() -> None:
    assert refusal_of(ForbiddenError(FORBID), run_of()).reasons == FORBID.reasons
    assert refusal_of(FAULT, run_of()).reasons == ()


@pytest.mark.parametrize(
    ("status", "own", "found"), [(503, [], "1"), (429, [], "1"), (503, [("retry-after", "9")], "9"), (500, [], None)]
)
def test_when_to_try_again_is_said_once(status: int, own: list[tuple[str, str]], found: str | None) -> None:
    refusal = Refusal(status=status, code="gateway/internal", message="m", hint="h", decision_id="d")
    said = [value for name, value in refusal_headers(refusal, own) if name == "retry-after"]
    assert said == ([] if found is None else [found])
