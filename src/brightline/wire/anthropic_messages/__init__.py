"""Anthropic Messages: `request.py`, `response.py`, `stream.py`, `errors.py`, `models.py` behind one codec.

Source: Anthropic API reference, `POST /v1/messages`, `POST /v1/messages/count_tokens` and `GET /v1/models`.
INVARIANT: no state; every call gets its own decoder.
"""

from collections.abc import Mapping

from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.event import AnswerEvent
from brightline.wire import headers as crossing
from brightline.wire.anthropic_messages import errors, models, request, response
from brightline.wire.anthropic_messages.stream import AnthropicMessagesDecoder
from brightline.wire.model_span import rewrite_model
from brightline.wire.ports import HeaderPairs
from brightline.wire.refusal import Refusal
from brightline.wire.strict_json import JsonObject

__all__ = ["AnthropicMessages", "AnthropicMessagesDecoder"]

_OWN_HEADERS = ("anthropic-version", "anthropic-beta")


class AnthropicMessages:
    """The codec; see `wire.ports.DialectCodec` for what each method promises."""

    dialect = Dialect.ANTHROPIC_MESSAGES
    request_id_header = "request-id"

    def parse_request(self, operation: Operation, body: bytes, headers: Mapping[str, str], *, limit: int) -> Call:
        """The call in `body` and `headers`; raises `RequestError`."""
        return request.parse_request(operation, body, headers, limit=limit)

    def definition(self, body: bytes, tool: str) -> JsonObject | None:
        """The one definition of `tool` in `body`."""
        return request.definition(body, tool)

    def rewrite_model(self, body: bytes, model: str) -> bytes:
        """`body` but for its top-level model name."""
        return rewrite_model(body, model)

    def upstream_path(self, call: Call) -> str:
        """The provider's path for `call`."""
        return "/v1/messages/count_tokens" if call.operation is Operation.COUNT_TOKENS else "/v1/messages"

    def upstream_headers(self, headers: Mapping[str, str]) -> HeaderPairs:
        """The headers a provider gets."""
        return crossing.to_provider(headers, _OWN_HEADERS)

    def response_headers(self, headers: Mapping[str, str]) -> HeaderPairs:
        """The provider's headers a caller gets."""
        return crossing.to_caller(headers)

    def decoder(self) -> AnthropicMessagesDecoder:
        """A decoder for one streamed answer."""
        return AnthropicMessagesDecoder()

    def read_answer(self, operation: Operation, body: bytes) -> tuple[AnswerEvent, ...]:
        """The events of a whole answer; raises `AnswerError`."""
        return response.read_answer(operation, body)

    def is_error(self, body: bytes) -> bool:
        """Whether `body` is the dialect's error envelope."""
        return response.is_error(body)

    def encode_error(self, refusal: Refusal) -> bytes:
        """The dialect's error envelope."""
        return errors.encode_error(refusal)

    def encode_error_event(self, refusal: Refusal) -> bytes:
        """The dialect's error as a stream's last event."""
        return errors.encode_error_event(refusal)

    def encode_ping(self) -> bytes:
        """What a reader of a stream passes over."""
        return errors.PING

    def encode_models(self, names: tuple[str, ...], *, created_at_ms: int) -> bytes:
        """The answer of `GET /v1/models`."""
        return models.encode_models(names, created_at_ms=created_at_ms)
