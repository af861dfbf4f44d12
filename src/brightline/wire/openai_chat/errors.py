"""Encodes a refusal as OpenAI's error envelope, whole or as a stream's last event (OpenAI API reference, errors)."""

from collections.abc import Mapping
from types import MappingProxyType

import orjson

from brightline.wire.refusal import Refusal, details, sentence

_TYPES: Mapping[int, str] = MappingProxyType(
    {
        401: "authentication_error",
        403: "permission_error",
        404: "not_found_error",
        409: "conflict_error",
        413: "request_too_large",
        429: "rate_limit_error",
    }
)


# A comment, which readers of server-sent events pass over (WHATWG HTML, section 9.2.6).
PING = b": ping\n\n"


def _envelope(refusal: Refusal) -> bytes:
    kind = _TYPES.get(refusal.status, "invalid_request_error" if refusal.status < 500 else "server_error")
    error = {"message": sentence(refusal), "type": kind, "param": None, "code": refusal.code}
    return orjson.dumps({"error": {**error, "brightline": details(refusal)}})


def encode_error(refusal: Refusal) -> bytes:
    """The body of an answer with status `refusal.status`."""
    return _envelope(refusal)


def encode_error_event(refusal: Refusal) -> bytes:
    """The last event of a stream; no `[DONE]` follows it."""
    return b"data: " + _envelope(refusal) + b"\n\n"
