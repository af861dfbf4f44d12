"""Encodes a refusal as Anthropic's error envelope, whole or as a stream's `error` event (Anthropic API, errors)."""

from collections.abc import Mapping
from types import MappingProxyType

import orjson

from brightline.wire.refusal import Refusal, details, sentence

_TYPES: Mapping[int, str] = MappingProxyType(
    {
        401: "authentication_error",
        403: "permission_error",
        404: "not_found_error",
        413: "request_too_large",
        429: "rate_limit_error",
        503: "overloaded_error",
        504: "timeout_error",
        529: "overloaded_error",
    }
)


PING = b'event: ping\ndata: {"type": "ping"}\n\n'


def encode_error(refusal: Refusal) -> bytes:
    """The body of an answer with status `refusal.status`."""
    kind = _TYPES.get(refusal.status, "invalid_request_error" if refusal.status < 500 else "api_error")
    error = {"type": kind, "message": sentence(refusal), "brightline": details(refusal)}
    return orjson.dumps({"type": "error", "error": error, "request_id": refusal.decision_id})


def encode_error_event(refusal: Refusal) -> bytes:
    """The last event of a stream; no `message_stop` follows it."""
    return b"event: error\ndata: " + encode_error(refusal) + b"\n\n"
