"""Where a deployment is reached, and within which bounds.

INVARIANT: a key never travels in clear text beyond the loopback unless the operator said so for this endpoint.
"""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from brightline.providers.errors import EndpointError
from brightline.providers.ports import SecretSource

AuthStyle = Literal["bearer", "x-api-key", "none"]
# RFC 3986 sections 3.2.2 and 3.3, without percent-encoding and userinfo: nothing here needs either.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)*)/?\Z"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL taken apart; `host` is without brackets, `path` without a trailing slash."""

    tls: bool
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, base_url: str, *, allow_plain_http: bool = False) -> Self:
        """The address `base_url` names; raises `EndpointError` for anything but a plain http(s) origin and path."""
        match = _URL.match(base_url)
        if match is None:
            raise EndpointError("providers/bad-endpoint", why="it is not of the form https://host[:port][/path]")
        scheme, path = match["scheme"], match["path"]
        port = int(match["port"]) if match["port"] else _DEFAULT_PORTS[scheme]
        host = match["host"].strip("[]")
        if not 0 < port < 65536:
            raise EndpointError("providers/bad-endpoint", why=f"there is no port {port}")
        if path.endswith("/v1"):
            raise EndpointError("providers/bad-endpoint", why="the base address stands without `/v1`")
        if {"", ".", ".."} & set(path.split("/")[1:]):
            raise EndpointError("providers/bad-endpoint", why="its path has dot segments")
        if scheme == "http" and not allow_plain_http and not is_loopback(host):
            raise EndpointError("providers/bad-endpoint", why="plain http is for the loopback only")
        return cls(tls=scheme == "https", host=host, port=port, path=path)

    @property
    def authority(self) -> str:
        """The value of the Host header (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS["https" if self.tls else "http"] else f"{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """How one deployment is reached; times in seconds, sizes in bytes.

    `first_byte_timeout` runs from the end of the request to the answer's head, `idle_timeout` between two pieces (not
    while the caller reads slower than the provider writes), `total_timeout` over all. Beyond `max_connections` at work
    a request waits up to `connect_timeout`.
    """

    deployment_id: str
    base_url: str
    secret: SecretSource | None = field(default=None, repr=False)
    auth_style: AuthStyle = "bearer"
    ca_file: Path | None = None
    allow_plain_http: bool = False
    connect_timeout: float = 10.0
    first_byte_timeout: float = 300.0
    idle_timeout: float = 120.0
    total_timeout: float = 1200.0
    max_connections: int = 256
    max_answer_bytes: int = 64 * 1024 * 1024

    def __post_init__(self) -> None:
        Address.parse(self.base_url, allow_plain_http=self.allow_plain_http)
        if (self.secret is None) != (self.auth_style == "none"):
            raise EndpointError("providers/bad-endpoint", why="a key and a way to send it go together")
        times = (self.connect_timeout, self.first_byte_timeout, self.idle_timeout, self.total_timeout)
        if not all(0 < seconds < 86_400 for seconds in times):
            raise EndpointError("providers/bad-endpoint", why="a time limit lies between 0 and 86,400 seconds")
        if self.max_connections < 1 or self.max_answer_bytes < 1:
            raise EndpointError("providers/bad-endpoint", why="a limit of zero lets nothing through")

    @property
    def address(self) -> Address:
        """The base URL taken apart."""
        return Address.parse(self.base_url, allow_plain_http=self.allow_plain_http)
