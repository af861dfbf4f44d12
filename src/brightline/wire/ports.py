"""The face every dialect has; `wire.codec(dialect)` gives one.

Headers come in with lower-case names, as the front gives them, and go out as pairs with lower-case names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.event import AnswerEvent
from brightline.wire.refusal import Refusal
from brightline.wire.strict_json import JsonObject

HeaderPairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Which dialect and operation a path serves."""

    dialect: Dialect
    operation: Operation


class StreamDecoder(Protocol):
    """Bytes of one streamed answer in, events out; any chunking of the same bytes gives the same events.

    INVARIANT: the `raw` of all events, joined, are the bytes fed, in order; an event that is not whole is kept back.
    What follows an error event is dropped; anything after the terminal event raises.
    """

    @property
    def finished(self) -> bool:
        """Whether the terminal event or an error event has been given out."""

    def feed(self, chunk: bytes) -> list[AnswerEvent]:
        """The events that `chunk` completes; raises `AnswerError` when it holds anything unreadable."""

    def close(self) -> list[AnswerEvent]:
        """The events that the end completes; raises `TruncatedError` when none of all was terminal or an error."""


class DialectCodec(Protocol):
    """One dialect, both ways; no state, so one codec serves all calls."""

    @property
    def dialect(self) -> Dialect:
        """The dialect spoken."""

    @property
    def request_id_header(self) -> str:
        """The answer header in which the dialect's SDKs look for a request id; ours goes there."""

    def parse_request(self, operation: Operation, body: bytes, headers: Mapping[str, str], *, limit: int) -> Call:
        """The call in `body` (at most `limit` bytes) and `headers`; raises `RequestError`."""

    def definition(self, body: bytes, tool: str) -> JsonObject | None:
        """The definition, as offered in a body that `parse_request` took, of the tool with this name.

        None where none or more than one was offered. It reads the body again, so it is for calls that are held.
        """

    def rewrite_model(self, body: bytes, model: str) -> bytes:
        """A body that `parse_request` took, byte for byte but for the top-level model name."""

    def upstream_path(self, call: Call) -> str:
        """The provider's path for `call`, from the root (`/v1/…`), so a base URL has no `/v1`."""

    def upstream_headers(self, headers: Mapping[str, str]) -> HeaderPairs:
        """The headers a provider gets: the dialect's own, unchanged; never credentials, cookies, host or forwarding."""

    def response_headers(self, headers: Mapping[str, str]) -> HeaderPairs:
        """The provider's headers a caller gets: type, retry and rate limits; the provider's request id is renamed."""

    def decoder(self) -> StreamDecoder:
        """A decoder for one streamed answer."""

    def read_answer(self, operation: Operation, body: bytes) -> tuple[AnswerEvent, ...]:
        """The events of a whole answer of status 200; raises `AnswerError` when it is not the dialect's.

        Two events: the body but its last byte (DATA, or TOOL_CALL with the names called), then TERMINAL with the last
        byte. An error object inside gives one ERROR event with the whole body.
        """

    def is_error(self, body: bytes) -> bool:
        """Whether `body`, of a status other than 200, is the dialect's own error envelope."""

    def encode_error(self, refusal: Refusal) -> bytes:
        """The dialect's error envelope, on which the official SDK raises the error of its status."""

    def encode_error_event(self, refusal: Refusal) -> bytes:
        """The dialect's error as the last event of a stream, on which the official SDK raises."""

    def encode_ping(self) -> bytes:
        """Bytes that a reader of a stream passes over between two events."""

    def encode_models(self, names: tuple[str, ...], *, created_at_ms: int) -> bytes:
        """The answer of `GET /v1/models` with `names`, in their order."""
