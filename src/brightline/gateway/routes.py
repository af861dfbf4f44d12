"""Which path goes where: the dialects' calls to the pipeline, and the gateway's own few answers.

Only the path and the method choose; Host and forwarding headers never decide anything.
"""

import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping

from brightline.domain.errors import BrightlineError
from brightline.domain.principal import Principal
from brightline.gateway.errors import FrontError, UseError
from brightline.gateway.exchange import ClientGoneError, Exchange
from brightline.gateway.hold_routes import HoldRoutes
from brightline.gateway.metrics import CONTENT_TYPE, Metrics
from brightline.gateway.pipeline import Pipeline
from brightline.gateway.ports import Rooms
from brightline.gateway.refusing import refusal_headers
from brightline.wire import Refusal, codec, route, speaks

Handler = Callable[[Exchange], Awaitable[None]]
Readiness = Callable[[], str]
Prove = Callable[[int], Awaitable[bytes]]

_PROOF = re.compile(r"/brightline/proof/(0|[1-9][0-9]{0,18})\Z")
_JSON = [("content-type", "application/json")]
_TEXT = [("content-type", "text/plain; charset=utf-8")]


class Routes:
    """The handler the front calls for every exchange.

    `readiness` gives the code of what keeps the gateway from taking uses, empty when nothing does; `prove` gives the
    tlog-proof of an entry; `started_ms` (UTC milliseconds) is the date the list of models shows. `notice` gives the
    code of what wants attention though uses are taken, or nothing.
    """

    def __init__(
        self,
        rooms: Rooms,
        *,
        metrics: Metrics,
        readiness: Readiness,
        prove: Prove,
        started_ms: int,
        notice: Readiness = lambda: "",
    ) -> None:
        self._rooms = rooms
        self._pipeline = Pipeline(rooms)
        self._holds = HoldRoutes(rooms.holds) if rooms.holds is not None else None
        self._metrics = metrics
        self._readiness = readiness
        self._prove = prove
        self._started_ms = started_ms
        self._notice = notice
        self._own: Mapping[str, Handler] = {
            "/v1/models": self._models,
            "/healthz": self._health,
            "/readyz": self._ready,
            "/metrics": self._scrape,
        }

    async def handle(self, exchange: Exchange) -> None:
        """Answer one exchange."""
        head = exchange.head
        try:
            found = route(head.path, head.query)
            if found is None:
                await self._answer_own(exchange)
            elif head.method == "POST":
                await self._pipeline.use(exchange, found.operation, codec(found.dialect))
            else:
                raise FrontError("gateway/method-not-allowed")
        except ClientGoneError:
            return
        except BrightlineError as error:
            self.refuse(exchange, error)

    async def _answer_own(self, exchange: Exchange) -> None:
        head = exchange.head
        proof = _PROOF.match(head.path)
        own = self._own.get(head.path)
        held = self._holds.find(head.path, head.method) if self._holds is not None else None
        if held is not None:
            principal = self._authenticate(exchange)
            await exchange.body()
            await held(exchange, principal)
            return
        if own is None and proof is None:
            raise UseError("gateway/not-found", path=head.path[:100])
        if head.method == "POST":
            raise FrontError("gateway/method-not-allowed")
        await exchange.body()
        if own is not None:
            await own(exchange)
        elif proof is not None:
            self._authenticate(exchange)
            exchange.respond(200, _TEXT, await self._prove(int(proof[1])))

    def refuse(self, exchange: Exchange, error: BrightlineError) -> None:
        """Word a refusal outside a use, in the dialect of the path where it has one."""
        if exchange.gone:
            return
        dialect = codec(speaks(exchange.head.path, exchange.head.mapping()))
        refusal = Refusal.of(error, decision_id=self._rooms.random(16).hex())
        headers = [*refusal_headers(refusal), (dialect.request_id_header, refusal.decision_id)]
        exchange.respond(refusal.status, headers, dialect.encode_error(refusal))

    def _authenticate(self, exchange: Exchange) -> Principal:
        try:
            return self._rooms.door.authenticate(exchange.head.headers, exchange.peer)
        except BrightlineError:
            self._rooms.counters.unauthenticated += 1
            raise

    async def _models(self, exchange: Exchange) -> None:
        self._authenticate(exchange)
        dialect = speaks(exchange.head.path, exchange.head.mapping())
        names = self._rooms.standing.term.agreement.aliases(dialect)
        body = codec(dialect).encode_models(names, created_at_ms=self._started_ms)
        exchange.respond(200, _JSON, body)

    async def _health(self, exchange: Exchange) -> None:
        exchange.respond(200, _TEXT, b"ok\n")

    async def _ready(self, exchange: Exchange) -> None:
        code, notice = self._readiness(), ""
        if not code:
            try:
                notice = self._notice()
            except BrightlineError as error:  # the store failed just now, and readiness will say so soon
                code = error.code
        lines = [line for line in (code or "ready", notice) if line]
        exchange.respond(503 if code else 200, _TEXT, "".join(f"{line}\n" for line in lines).encode())

    async def _scrape(self, exchange: Exchange) -> None:
        if not _is_loopback(exchange.peer):
            raise UseError("gateway/not-found", path="/metrics")
        exchange.respond(200, [("content-type", CONTENT_TYPE)], self._metrics.text())


def _is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
