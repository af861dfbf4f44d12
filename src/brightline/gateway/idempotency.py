"""Idempotency keys: the same request twice is one use, another request under the same key is refused.

A key belongs to the principal that sent it. An answer that ended whole is given again, after the use was decided once
more; anything else that the key was spent on is refused, because nobody can know what the first try did.
"""

import hashlib
import re

from brightline.domain.call import Call
from brightline.domain.principal import Principal
from brightline.domain.record import IdempotencyClaim
from brightline.gateway.errors import UseError
from brightline.gateway.http1 import Head
from brightline.gateway.ports import Replay, ReplayPort
from brightline.gateway.run import Run

HEADER = "idempotency-key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")


class Idempotency:
    """The keys of uses that run now, and the way to those that ended."""

    def __init__(self, replays: ReplayPort) -> None:
        self._replays = replays
        self._running: dict[bytes, bytes] = {}

    def begin(self, run: Run, principal: Principal, call: Call, head: Head) -> Replay | None:
        """Claim the request's key for `run`, if it sent one; the earlier answer, if there is one to give again.

        Raises `UseError` for a malformed key, one spent on another body, and one whose use runs or did not end whole.
        """
        if HEADER not in head.mapping():
            return None
        keys = head.all(HEADER)
        if len(keys) > 1 or not _KEY.match(keys[0]):
            raise UseError("gateway/bad-idempotency-key")
        scope = hashlib.sha256(f"{principal.key_id}\0{head.path}\0{keys[0]}".encode()).digest()
        body = hashlib.sha256(call.body).digest()
        running = self._running.get(scope)
        # Only once no use holds the key: of a running one the store may show a claim whose entry is not yet to be read.
        earlier = self._replays.find(scope) if running is None else None
        known = running or (earlier.body if earlier is not None else None)
        if known is not None and known != body:
            raise UseError("gateway/idempotency-mismatch")
        if running is not None:
            raise UseError("gateway/idempotency-running")
        if earlier is not None:
            return _answerable(earlier)
        self._running[scope] = body
        run.claim = IdempotencyClaim(scope, body)
        return None

    def end(self, claim: IdempotencyClaim | None) -> None:
        """The use that claimed its key is over."""
        if claim is not None:
            self._running.pop(claim.scope, None)


def _answerable(earlier: Replay) -> Replay:
    if earlier.answer is not None:
        return earlier
    raise UseError("gateway/idempotency-spent" if earlier.ended else "gateway/idempotency-running")
