"""How the console stands: where it listens, under which origin people see it, and its bounds."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from brightline.console.errors import ConsoleError

# A signed statement is at most 64 KiB and its assertion 16 KiB; base64 in a form adds a third.
MOST_BODY_BYTES = 256 * 1024
BODY_SECONDS = 15.0
JOURNEY_SECONDS = 30.0
SESSION_HOURS = 12
# How long a challenge given to a browser may be answered.
CHALLENGE_MS = 5 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleConfig:
    """Where the console listens and what it is called; `marking` stands at the top and the bottom of every page.

    Raises `ConsoleError` when a passkey could not sign under `origin`.
    """

    host: str
    port: int
    origin: str
    rp_id: str
    marking: str = "No marking set"
    certificate: str | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.origin)
        bare = f"{parts.scheme}://{parts.netloc}" == self.origin and "@" not in parts.netloc
        secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
        if not (bare and secure and parts.hostname and self.origin == self.origin.lower()):
            raise ConsoleError("console/bad-origin", origin=self.origin)

    @property
    def netloc(self) -> str:
        """What a browser puts into its `Host` header."""
        return urlsplit(self.origin).netloc

    @property
    def secure(self) -> bool:
        """Whether the origin is reached over TLS."""
        return self.origin.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name; with `__Host-` no sibling domain can set it (RFC 6265bis section 4.1.3.2)."""
        return "__Host-brightline" if self.secure else "brightline"


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
