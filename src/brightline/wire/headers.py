"""Which headers cross the gateway: a short list each way, so that nothing crosses by being forgotten.

What must hold: no credential, cookie, host, forwarding header or account id crosses in either direction; a provider's
request id is passed on under our name and never as the caller's request id.
"""

from collections.abc import Mapping

from brightline.wire.ports import HeaderPairs

PROVIDER_REQUEST_ID = "brightline-provider-request-id"
# The encoding is the connection's business: `providers` asks for none, since bytes are committed to as they are.
_TO_PROVIDER: HeaderPairs = (
    ("content-type", "application/json"),
    ("accept", "application/json, text/event-stream"),
)
_TO_CALLER = frozenset({"content-type", "retry-after", "retry-after-ms", "x-should-retry"})
_LIMITS = ("x-ratelimit-", "anthropic-ratelimit-")
_REQUEST_IDS = frozenset({"request-id", "x-request-id"})
_ID_CHARACTERS = 128


def to_provider(headers: Mapping[str, str], own: tuple[str, ...]) -> HeaderPairs:
    """What a provider gets of a caller's `headers`: the dialect's `own` names, unchanged."""
    if not own:
        return _TO_PROVIDER
    return _TO_PROVIDER + tuple((name, headers[name]) for name in own if name in headers)


def to_caller(headers: Mapping[str, str]) -> HeaderPairs:
    """What a caller gets of a provider's `headers`."""
    pairs = []
    for name, value in headers.items():
        if name in _TO_CALLER or name.startswith(_LIMITS):
            pairs.append((name, value))
        elif name in _REQUEST_IDS:
            pairs.append((PROVIDER_REQUEST_ID, value[:_ID_CHARACTERS]))
    return tuple(pairs)
