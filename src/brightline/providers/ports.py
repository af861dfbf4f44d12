"""What the providers ask of the outside, and what a journey asks of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

Clock = Callable[[], float]
"""Seconds of a clock that never goes back."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """One request as it goes to a provider: `body` goes out byte for byte.

    `path` starts with `/` and is appended to the endpoint's own path; `headers` are the caller's that may pass (lower
    case; never host, framing, credentials or encodings, which are the endpoint's business).
    """

    path: str
    body: bytes = field(default=b"", repr=False)
    method: str = "POST"
    headers: Headers = ()


class SecretSource(Protocol):
    """Where a provider's key comes from."""

    def load(self) -> str:
        """The key as it stands now; blocks; raises `SecretError`."""
        ...


class AnswerPort(Protocol):
    """An answer whose head has arrived.

    Whoever holds one either reads it to its end or cancels it.
    """

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Headers:
        """All headers as received; names in lower case."""
        ...

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty when not stated."""
        ...

    def get(self, name: str) -> str | None:
        """The first value of header `name` (lower case), or none."""
        ...

    async def read(self, limit: int) -> bytes:
        """The whole body; raises `ProvidersError` when it is cut, late, or longer than `limit` bytes."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body in pieces as they come, framing removed; raises `ProvidersError` where it breaks off."""
        ...

    def cancel(self) -> None:
        """Give the answer up: the provider sees the connection close."""
        ...


class UpstreamPort(Protocol):
    """The way to every deployment."""

    async def send(self, deployment_id: str, request: UpstreamRequest) -> AnswerPort:
        """Send `request` to a deployment; returns when the answer's head is in; raises `ProvidersError`."""
        ...

    def available(self, deployment_id: str) -> bool:
        """Whether a request to the deployment would be tried now."""
        ...
