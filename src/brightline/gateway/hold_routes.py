"""What a caller asks about its holds, and what an effector says that it did.

`GET /brightline/holds/ID`, `GET /brightline/holds/ID/release`, `POST /brightline/receipts`. Of a hold only the caller
that was held learns anything, and of the votes nothing: they stay hidden until the hold is decided.
"""

import re
from collections.abc import Awaitable, Callable

import orjson

from brightline.domain.principal import Principal
from brightline.domain.sign_off.canonical import JsonObject
from brightline.gateway.errors import FrontError, UseError
from brightline.gateway.exchange import Exchange
from brightline.gateway.ports import HoldsPort, HoldView

MOST_RECEIPT_BYTES = 64 * 1024
RECEIPTS_PATH = "/brightline/receipts"
_HOLD = re.compile(r"/brightline/holds/([0-9a-f]{32})(/release)?\Z")
_JSON = [("content-type", "application/json"), ("cache-control", "no-store")]
_Handler = Callable[[Exchange, Principal], Awaitable[None]]


class HoldRoutes:
    """The paths of holds, over `port`."""

    def __init__(self, port: HoldsPort) -> None:
        self._port = port

    def find(self, path: str, method: str) -> _Handler | None:
        """What answers `path`, or none; raises `FrontError` for a method that the path does not have."""
        if path == RECEIPTS_PATH:
            if method != "POST":
                raise FrontError("gateway/method-not-allowed")
            return self._receive
        match = _HOLD.match(path)
        if match is None:
            return None
        if method == "POST":
            raise FrontError("gateway/method-not-allowed")
        hold = bytes.fromhex(match[1])
        return self._release(hold) if match[2] else self._show(hold)

    def _show(self, hold: bytes) -> _Handler:
        async def show(exchange: Exchange, principal: Principal) -> None:
            view = self._mine(hold, principal)
            exchange.respond(200, _JSON, orjson.dumps(_told(view)))

        return show

    def _release(self, hold: bytes) -> _Handler:
        async def release(exchange: Exchange, principal: Principal) -> None:
            self._mine(hold, principal)
            data = await self._port.release(hold)
            exchange.respond(200, _JSON, data)

        return release

    async def _receive(self, exchange: Exchange, principal: Principal) -> None:
        data = await exchange.body()
        if len(data) > MOST_RECEIPT_BYTES:
            raise FrontError("gateway/body-too-large", limit=MOST_RECEIPT_BYTES)
        entry = await self._port.receive(data, principal)
        exchange.respond(200, _JSON, orjson.dumps({"index": entry.index, "leaf_hash": entry.leaf_hash.hex()}))

    def _mine(self, hold: bytes, principal: Principal) -> HoldView:
        view = self._port.find(hold)
        if view is None or view.principal != principal.name:
            raise UseError("hold/not-found", hold=hold.hex())
        return view


def _told(view: HoldView) -> JsonObject:
    """What its caller may know of a hold."""
    binding = view.binding
    return {
        "hold": view.hold.hex(),
        "state": view.state.value,
        "kind": view.kind,
        "tool": binding.tool,
        "call_id": binding.call_id,
        "audience": binding.audience,
        "binding_sha256": binding.digest.hex(),
        "needs": [{"policy": rule.id, "role": rule.role, "quorum": rule.quorum} for rule in binding.rules],
        "expires_ms": view.expires_ms,
    }
