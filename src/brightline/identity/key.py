"""Making an API key: what it grants, and the secret that is shown once.

INVARIANT: a secret never stands in a repr, a message or a log.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from brightline.domain.principal import Principal
from brightline.identity.errors import KeyRefusedError
from brightline.identity.names import checked_name, checked_names, checked_person

# 256 random bits: no guessing, so a fast keyed hash is enough to keep them (no scrypt per request).
SECRET_BYTES = 32
KEY_ID_BYTES = 4
# A header line is bounded anyway; a longer "secret" is somebody's file sent by mistake.
MAX_SECRET_CHARACTERS = 256
MIN_SECRET_CHARACTERS = 32
# 32 characters over fewer distinct ones than this are a pattern, not a secret; random hexadecimal has about 14.
MIN_DISTINCT_CHARACTERS = 10
_SECRET = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is to grant; `default_mission` is none, or one of `missions`; `owner` a person, or empty."""

    name: str
    organisation: str
    unit: str
    roles: frozenset[str]
    app: str
    missions: frozenset[str]
    default_mission: str | None = None
    owner: str = ""

    def principal(self, key_id: str) -> Principal:
        """The principal that key `key_id` stands for; raises `KeyRefusedError` for a name that is none."""
        if self.default_mission is not None and self.default_mission not in self.missions:
            checked_name("default mission", self.default_mission)
            raise KeyRefusedError("identity/default-mission-not-allowed", mission=self.default_mission)
        return Principal(
            key_id=key_id,
            name=checked_name("name", self.name),
            organisation=checked_name("organisation", self.organisation),
            unit=checked_name("unit", self.unit),
            roles=checked_names("roles", self.roles),
            app=checked_name("app", self.app),
            missions=checked_names("missions", self.missions),
            default_mission=self.default_mission,
            owner=checked_person("owner", self.owner) if self.owner else "",
        )


@dataclass(frozen=True, slots=True)
class Secret:
    """A key's secret on its way to the one person who sees it."""

    text: str = field(repr=False)

    @property
    def weak(self) -> bool:
        """Whether it is short or plain enough to be guessed."""
        return len(self.text) < MIN_SECRET_CHARACTERS or len(set(self.text)) < MIN_DISTINCT_CHARACTERS


def fresh_key_id(random: Callable[[int], bytes]) -> str:
    """A public id of 8 hexadecimal digits."""
    return random(KEY_ID_BYTES).hex()


def fresh_secret(key_id: str, random: Callable[[int], bytes]) -> Secret:
    """A secret of 256 random bits that names its key: `bl_<key id>_<43 characters>`."""
    body = base64.urlsafe_b64encode(random(SECRET_BYTES)).rstrip(b"=").decode("ascii")
    return Secret(f"bl_{key_id}_{body}")


def imported_secret(text: str, *, weak: bool) -> Secret:
    """A secret somebody else made; raises `KeyRefusedError` when it is easy to guess, unless `weak` is meant."""
    if len(text) > MAX_SECRET_CHARACTERS or not _SECRET.fullmatch(text):
        raise KeyRefusedError("identity/bad-secret", limit=MAX_SECRET_CHARACTERS)
    secret = Secret(text)
    if secret.weak and not weak:
        raise KeyRefusedError("identity/weak-secret")
    return secret
