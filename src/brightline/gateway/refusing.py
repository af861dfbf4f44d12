"""Words a refusal: one entry in the ledger where one belongs, one answer in the caller's dialect.

INVARIANT: the refusal of a known caller's readable call is durable before the caller hears of it.
"""

from dataclasses import replace

from brightline.domain.decision import Effect
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Outcome
from brightline.gateway.errors import ForbiddenError, HeldError
from brightline.gateway.exchange import Exchange
from brightline.gateway.ports import Replay, Rooms
from brightline.gateway.run import Run
from brightline.ledger.errors import AgreementChangedError
from brightline.screening import ForbiddenToolError
from brightline.wire import DialectCodec, Refusal

Headers = list[tuple[str, str]]
# What says that the same request may be sent again with these holds.
_RESUMABLE = frozenset({"hold/pending", "hold/running"})
STREAM_TYPE = "text/event-stream; charset=utf-8"


class Refusing:
    """Refuses uses, and replays answers already given."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def refuse(self, run: Run, exchange: Exchange, codec: DialectCodec, error: BrightlineError) -> None:
        """Record the refusal of `run` where it belongs in the ledger, then answer with `error`.

        Raises `AgreementChangedError` when what was decided rests on an agreement that is not in force any more.
        """
        rooms = self._rooms
        if run.principal is None:
            rooms.counters.unauthenticated += 1
        elif run.call is None:
            rooms.counters.unparsable += 1
        elif run.intent is None:
            error = await self._record(run, error)
        elif run.outcome is Outcome.NONE:
            error = await self._close(run, error)
        rooms.log.info("refused", code=error.code, decision=run.decision_id)
        self.tell(run, exchange, codec, error)

    def tell(self, run: Run, exchange: Exchange, codec: DialectCodec, error: BrightlineError) -> None:
        """Answer with `error`, as far as the exchange still takes an answer."""
        if exchange.gone or exchange.finished:
            return
        refusal = refusal_of(error, run)
        if exchange.answered:
            # Begun without an outcome is only what was pinged while it waited: its reader is told in the stream.
            if run.held and run.outcome is Outcome.NONE:
                exchange.finish(codec.encode_error_event(refusal))
            else:
                exchange.abort()
            return
        headers = [*refusal_headers(refusal), *answer_headers(self._rooms, run, codec)]
        exchange.respond(refusal.status, headers, codec.encode_error(refusal))

    async def _record(self, run: Run, error: BrightlineError) -> BrightlineError:
        decision = _told(run)
        try:
            run.intent = await self._rooms.ledger.append(self._rooms.recorder.refusal(run, code=error.code))
        except AgreementChangedError:
            raise
        except BrightlineError as ledger_error:
            self._rooms.counters.ended("error", "unrecorded", self._rooms.clock() - run.started)
            return ledger_error
        self._rooms.counters.ended(decision, "refused", self._rooms.clock() - run.started)
        return error

    async def _close(self, run: Run, error: BrightlineError) -> BrightlineError:
        """A fault after the intent: the use gets its outcome, whatever broke."""
        run.outcome = Outcome.INCOMPLETE
        try:
            await self._rooms.ledger.append(self._rooms.recorder.outcome(run, code=error.code))
        except BrightlineError as ledger_error:
            return ledger_error
        self._rooms.counters.ended("error", "incomplete", self._rooms.clock() - run.started)
        return error

    def replay(self, run: Run, exchange: Exchange, codec: DialectCodec, replay: Replay) -> None:
        """Give the answer of an earlier use once more; its entries are the receipt."""
        run.intent = replay.intent
        self.give_again(run, exchange, codec, replay.answer or b"")

    def give_again(self, run: Run, exchange: Exchange, codec: DialectCodec, answer: bytes) -> None:
        """Give an answer that was given before."""
        streamed = run.call is not None and run.call.stream
        kind = STREAM_TYPE if streamed else "application/json"
        headers = [("content-type", kind), ("brightline-replayed", "true"), *answer_headers(self._rooms, run, codec)]
        exchange.respond(200, headers, answer)


def _told(run: Run) -> str:
    """What the metrics count a refused use as."""
    decision = run.decision
    if decision is None:
        return "error"
    held = decision.effect is Effect.HOLD or (decision.permitted and bool(run.held))
    return "hold" if held else "forbid"


def refusal_of(error: BrightlineError, run: Run) -> Refusal:
    """What the caller of `run` is told about `error`."""
    told = Refusal.of(error, decision_id=run.decision_id)
    if isinstance(error, ForbiddenError | ForbiddenToolError):
        return replace(told, reasons=error.decision.reasons, holds=error.decision.holds)
    if isinstance(error, HeldError):
        decision, pending = error.decision, error.holds if error.code in _RESUMABLE else ()
        if decision is None:
            return replace(told, pending=pending)
        return replace(told, reasons=decision.reasons, holds=decision.holds, pending=pending)
    return told


def refusal_headers(refusal: Refusal, retry: Headers | None = None) -> Headers:
    """The headers of a refusal; `retry` are the provider's own words on when to try again."""
    headers = [("content-type", "application/json"), *(retry or [])]
    if refusal.pending:
        headers.append(("brightline-hold", ", ".join(refusal.pending)))
    if refusal.status == 401:
        headers.append(("www-authenticate", "Bearer"))  # RFC 9110 section 11.6.1, RFC 6750 section 3
    if refusal.status in (429, 503) and not retry:
        headers.append(("retry-after", "1"))
    return headers


def answer_headers(rooms: Rooms, run: Run, codec: DialectCodec) -> Headers:
    """Our own headers of every answer: the decision's id, the agreement, and the receipt once there is an entry."""
    ref = run.agreement
    headers = [
        (codec.request_id_header, run.decision_id),
        ("brightline-agreement", f"{ref.id} {ref.version}"),
    ]
    if run.intent is not None:
        receipt = f"{rooms.ledger.origin} {run.intent.index} {run.intent.leaf_hash.hex()}"
        headers.append(("brightline-receipt", receipt))
    return headers
