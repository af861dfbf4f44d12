"""The agreement that uses are decided under now, and from when until when it permits anything.

One value stands for all of it and is swapped whole, so a use that took it at its start is decided under one version.
INVARIANT: outside its times nothing is permitted, and the refusal names the cause.
"""

import asyncio
from dataclasses import dataclass

from brightline.domain.errors import BrightlineError
from brightline.ledger.errors import AgreementChangedError
from brightline.policy import AgreementPort, PolicyError

NEVER_MS = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """An agreement and its times, in UTC milliseconds of the ledger.

    It permits from `opens_ms` until before `expires_ms` and before `current_until_ms`, when the last statement that it
    is current, issued at `current_from_ms`, runs out; `doubt` says why there is no such statement.
    """

    agreement: AgreementPort
    opens_ms: int
    expires_ms: int
    current_from_ms: int = NEVER_MS
    current_until_ms: int = NEVER_MS
    doubt: BrightlineError | None = None

    def refusal(self, now_ms: int) -> BrightlineError | None:
        """Why nothing is permitted at `now_ms`, or none."""
        ref = self.agreement.ref
        if now_ms < self.opens_ms:
            return PolicyError("policy/not-yet-valid", agreement=ref.id, version=ref.version)
        if now_ms >= self.expires_ms:
            return PolicyError("policy/expired", agreement=ref.id, version=ref.version)
        if now_ms >= self.current_until_ms:
            return self.doubt or PolicyError("policy/not-current", agreement=ref.id, enclave=ref.enclave)
        return None


class Standing:
    """The term that is in force."""

    __slots__ = ("_changed", "_closes_ms", "_opens_ms", "term")

    def __init__(self, term: Term) -> None:
        self._changed: asyncio.Future[None] | None = None
        self._set(term)

    def _set(self, term: Term) -> None:
        self.term = term
        self._opens_ms = term.opens_ms
        self._closes_ms = min(term.expires_ms, term.current_until_ms)

    def agreement_at(self, now_ms: int) -> AgreementPort:
        """The agreement to decide under at `now_ms`; raises `BrightlineError` when it permits nothing then."""
        if not self._opens_ms <= now_ms < self._closes_ms:
            refusal = self.term.refusal(now_ms)
            if refusal is not None:
                raise refusal
        return self.term.agreement

    def replace(self, term: Term) -> None:
        """Let `term` be in force from now on; only the loop's thread may."""
        self._set(term)
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)
        self._changed = None

    async def after(self, digest: bytes, seconds: float) -> None:
        """Wait until another agreement than the one with `digest` is in force.

        Raises `AgreementChangedError` when that takes longer than `seconds`.
        """
        if self.term.agreement.ref.digest != digest:
            return
        if self._changed is None:
            self._changed = asyncio.get_running_loop().create_future()
        try:
            # Shielded, because all who wait share it.
            await asyncio.wait_for(asyncio.shield(self._changed), seconds)
        except TimeoutError as error:
            raise AgreementChangedError from error
