"""What a request's head must look like before anything else reads it (RFC 9112, stricter where ambiguity smuggles).

httptools (llhttp, strict) already refuses bare LF, obs-fold, Content-Length beside Transfer-Encoding, doubled or
signed lengths and malformed chunk sizes; this file refuses what it lets through.
INVARIANT: a head that two parsers could read in two ways is refused, never repaired.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from brightline.gateway.errors import FrontError

# RFC 3986 section 3.2.2 without userinfo; a port may follow.
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")
_TARGET = re.compile(rb"/[\x21-\x7e]*\Z")
METHODS = frozenset({"GET", "POST", "HEAD"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the front; sizes in bytes, times in seconds."""

    head_bytes: int = 32 * 1024
    header_count: int = 100
    body_bytes: int = 32 * 1024 * 1024
    early_body_bytes: int = 256 * 1024  # taken in before the caller is known
    head_seconds: float = 10.0
    body_seconds: float = 120.0
    body_bytes_per_second: int = 512  # a slower body is refused after `body_grace_seconds`
    body_grace_seconds: float = 5.0
    idle_seconds: float = 75.0
    write_seconds: float = 60.0
    connections: int = 4096
    pipelined: int = 16
    uses: int = 1024


@dataclass(frozen=True, slots=True)
class Head:
    """A request's head; header names are lower case, values Latin-1 text as received."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    # Filled by the first `mapping()`; a kept connection asks for it again and again.
    _joined: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def get(self, name: str) -> str | None:
        """The first value of header `name` (lower case), or none."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def mapping(self) -> Mapping[str, str]:
        """Headers by name, values of one name joined by commas (RFC 9110 section 5.3)."""
        joined = self._joined
        if not joined:
            for key, value in self.headers:
                joined[key] = f"{joined[key]}, {value}" if key in joined else value
        return joined

    def all(self, name: str) -> list[str]:
        """Every value of header `name` (lower case)."""
        return [value for key, value in self.headers if key == name]


def check_head(*, method: bytes, target: bytes, version: str, headers: list[tuple[bytes, bytes]]) -> Head:
    """The head, if nobody could read it differently; raises `FrontError` otherwise."""
    if version != "1.1":
        raise FrontError("gateway/http-version")
    name = method.decode("ascii", "replace")
    if name not in METHODS:
        raise FrontError("gateway/method-not-allowed")
    if not _TARGET.match(target):
        raise FrontError("gateway/bad-target")
    decoded, hosts = [], 0
    for raw, value in headers:
        key = raw.decode("ascii").lower()
        if key == "host":
            hosts += 1
            if not _HOST.match(value):
                raise FrontError("gateway/bad-host")
        decoded.append((key, value.decode("latin-1")))
    if hosts != 1:
        raise FrontError("gateway/bad-host")
    path, _, query = target.decode("ascii").partition("?")
    return Head(name, path, query, tuple(decoded))
