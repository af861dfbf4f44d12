"""Names that identity takes from people: principals, organisations, units, roles, apps and missions.

INVARIANT: a name holds nothing that could break a log line, a header or a screen.
"""

import re
from collections.abc import Iterable

from brightline.domain.sign_off.fields import ID
from brightline.identity.errors import KeyRefusedError

# ASCII only: two names that look alike must not be two missions.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:/-]{0,63}")
# A key that names more than this is a list of people, not a key.
MAX_NAMES = 64


def is_name(text: str) -> bool:
    """Whether `text` may name something."""
    return _NAME.fullmatch(text) is not None


def checked_name(field: str, text: str) -> str:
    """`text`, if it may name something; raises `KeyRefusedError` naming `field`."""
    if not is_name(text):
        raise KeyRefusedError("identity/bad-name", field=field)
    return text


def checked_person(field: str, text: str) -> str:
    """`text`, if it may name a person who signs; raises `KeyRefusedError` naming `field`."""
    if not ID.fullmatch(text):
        raise KeyRefusedError("identity/bad-person", field=field)
    return text


def checked_names(field: str, texts: Iterable[str]) -> frozenset[str]:
    """All of `texts`, if each may name something; raises `KeyRefusedError` naming `field`."""
    names = frozenset(checked_name(field, text) for text in texts)
    if len(names) > MAX_NAMES:
        raise KeyRefusedError("identity/too-many-names", field=field, limit=MAX_NAMES)
    return names
