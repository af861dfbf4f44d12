"""How a release travels to the machine that acts: in a header, in the `_meta` of a tool call by MCP, or as a file.

In text it is base64url of its canonical bytes (RFC 4648 section 5), so that nothing on the way writes them anew; a file
holds the bytes themselves. A header is short (many servers take 8 KiB): what does not fit travels another way, and
`GET /brightline/holds/ID/release` gives it whole.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from brightline.domain.sign_off.release import MAX_RELEASE_BYTES
from brightline.oversight.errors import EffectorError

HEADER = "Brightline-Release"
# A key of MCP's `_meta` (specification 2026-07-28, "_meta": a prefix, a slash and a name).
META = "brightline/release"
_MAX_TEXT = (MAX_RELEASE_BYTES + 2) // 3 * 4
_BASE64URL = re.compile("[A-Za-z0-9_-]*={0,2}")


def to_text(release: bytes) -> str:
    """The release as a header or `_meta` carries it."""
    return urlsafe_b64encode(release).decode("ascii")


def from_text(text: str) -> bytes:
    """The release in a text, with or without padding, and nothing for none; raises `EffectorError`."""
    bare = text.rstrip("=")
    if len(text) > _MAX_TEXT or not _BASE64URL.fullmatch(text) or len(bare) % 4 == 1:
        raise EffectorError("effector/malformed", why="it is not base64url")
    return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


def to_meta(release: bytes) -> dict[str, str]:
    """What a caller puts into the `_meta` of `tools/call`."""
    return {META: to_text(release)}


def from_meta(meta: Mapping[str, object] | None) -> bytes:
    """The release in the `_meta` of `tools/call`, and nothing for none; raises `EffectorError`."""
    found = (meta or {}).get(META, "")
    if not isinstance(found, str):
        raise EffectorError("effector/malformed", why=f"`{META}` is not text")
    return from_text(found)
