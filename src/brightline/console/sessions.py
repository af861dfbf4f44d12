"""Who is signed in: a random cookie on one side, the person, the form token and the challenges on the other.

INVARIANT: a cookie is 32 random bytes and only its SHA-256 is kept; signing in gives a new one: nobody can plant
a session. Sessions live in memory: a console that starts again has none.
INVARIANT: memory is bounded whatever visitors do, and visitors who are not signed in cannot push out those who are.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from brightline.console.config import CHALLENGE_MS, SESSION_HOURS

MOST_SIGNED_IN = 1024
MOST_VISITORS = 1024
_MOST_CHALLENGES = 16
_MOST_SHOWN = 256
_VISIT_MS = 60 * 60 * 1000
_TOKEN_BYTES = 32

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(slots=True)
class Session:
    """One browser's session; `person` is empty until somebody signed in, `newcomer` where he may only enrol as yet.

    `credential` is the passkey with which he signed in; empty for a key.
    """

    person: str
    form_token: str = field(repr=False)
    ends_ms: int
    newcomer: bool = False
    credential: bytes = field(default=b"", repr=False)
    # Challenge -> the moment after which it is not answered any more; oldest first.
    challenges: OrderedDict[bytes, int] = field(default_factory=OrderedDict, repr=False)
    # Hold -> when this session was first shown it; oldest first.
    shown_ms: OrderedDict[str, int] = field(default_factory=OrderedDict, repr=False)

    def owns(self, token: str) -> bool:
        """Whether `token`, as a form carried it, is this session's."""
        return hmac.compare_digest(token.encode(), self.form_token.encode())

    def first_shown(self, hold: str, now_ms: int) -> int:
        """When this session was first shown `hold`; now, when it never was."""
        first = self.shown_ms.setdefault(hold, now_ms)
        _trim(self.shown_ms, _MOST_SHOWN)
        return first

    def give(self, challenge: bytes, now_ms: int) -> None:
        """Remember a challenge that a passkey may answer once."""
        self.challenges[challenge] = now_ms + CHALLENGE_MS
        _trim(self.challenges, _MOST_CHALLENGES)

    def take(self, challenge: bytes, now_ms: int) -> bool:
        """Whether `challenge` was given to this session and is fresh; it is gone afterwards."""
        until = self.challenges.pop(challenge, None)
        return until is not None and now_ms <= until


class Sessions:
    """All sessions of one console; `random` gives n random bytes, `clock_ms` UTC milliseconds."""

    def __init__(self, *, random: Callable[[int], bytes], clock_ms: Callable[[], int]) -> None:
        self._random = random
        self._clock_ms = clock_ms
        self._signed_in: OrderedDict[bytes, Session] = OrderedDict()
        self._visitors: OrderedDict[bytes, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._signed_in) + len(self._visitors)

    def find(self, cookie: str) -> Session | None:
        """The living session behind a cookie."""
        name = _digest(cookie)
        for kept in (self._signed_in, self._visitors):
            session = kept.get(name)
            if session is None:
                continue
            if self._clock_ms() < session.ends_ms:
                return session
            del kept[name]
        return None

    def visit(self) -> tuple[str, Session]:
        """A session for somebody not signed in, and its cookie."""
        return self._open(self._visitors, "", _VISIT_MS, MOST_VISITORS)

    def sign_in(self, old_cookie: str, person: str) -> tuple[str, Session]:
        """A session for `person` under a new cookie; the old one is gone."""
        self.sign_out(old_cookie)
        return self._open(self._signed_in, person, SESSION_HOURS * 3_600_000, MOST_SIGNED_IN)

    def sign_out(self, cookie: str) -> None:
        """End the session behind a cookie."""
        name = _digest(cookie)
        self._signed_in.pop(name, None)
        self._visitors.pop(name, None)

    def _open(self, kept: OrderedDict[bytes, Session], person: str, life_ms: int, most: int) -> tuple[str, Session]:
        cookie = self._random(_TOKEN_BYTES).hex()
        session = Session(person, self._random(_TOKEN_BYTES).hex(), self._clock_ms() + life_ms)
        kept[_digest(cookie)] = session
        _trim(kept, most)
        return cookie, session


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "surrogateescape")).digest()


def _trim(kept: OrderedDict[_Key, _Value], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
