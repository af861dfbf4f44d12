"""What the caller states about itself, in headers or in the dialect's metadata object.

Header `Brightline-Mission` or metadata key `brightline_mission`, and so for purpose and authority.
What must hold: one value each; a value that differs between the two, or a name nobody knows, refuses.
LIMIT: metadata travels on to the provider with the body, and a provider may refuse keys it does not know; headers never
leave.
"""

import re
from collections.abc import Mapping

from brightline.domain.call import Claimed
from brightline.wire.errors import RequestError
from brightline.wire.fields import as_object, as_text
from brightline.wire.strict_json import Json

# States nothing about the caller: it names holds that the same request is resumed with.
RESUMES = "brightline-hold"
_HEADERS = frozenset({"brightline-mission", "brightline-purpose", "brightline-authority"})
_KEYS = frozenset({"brightline_mission", "brightline_purpose", "brightline_authority"})
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?")
_NOTHING = Claimed()


def read_claims(headers: Mapping[str, str], metadata: Json) -> Claimed:
    """What `headers` and `metadata` state; raises `RequestError`."""
    stated = {
        name[11:]: _in_header(name, headers[name])
        for name in headers
        if name.startswith("brightline") and name != RESUMES
    }
    if metadata is not None:
        for key, value in as_object(metadata, "metadata").items():
            if key.startswith("brightline"):
                _add(stated, key, value)
    if not stated:
        return _NOTHING
    return Claimed(stated.get("mission"), stated.get("purpose"), stated.get("authority"))


def _in_header(name: str, value: str) -> str:
    if name not in _HEADERS:
        raise RequestError("wire/unknown-claim")
    return _checked(value, name)


def _add(stated: dict[str, str], key: str, value: Json) -> None:
    if key not in _KEYS:
        raise RequestError("wire/unknown-claim")
    field = f"metadata.{key}"
    text, name = _checked(as_text(value, field), field), key[11:]
    if stated.setdefault(name, text) != text:
        raise RequestError("wire/claims-disagree", field=name)


def _checked(text: str, field: str) -> str:
    if not _VALUE.fullmatch(text):
        raise RequestError("wire/bad-claim", field=field)
    return text
