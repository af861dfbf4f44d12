"""The last statement that the agreement is still current, kept in the store so that an older one never replaces it."""

from collections.abc import Sequence
from typing import NamedTuple

from brightline.domain.errors import BrightlineError
from brightline.policy import PolicyError
from brightline.policy.draft import Draft
from brightline.policy.signing import Statement, check_current
from brightline.storage import SettingStore

_NAME = "agreement-statement"
_ISSUED_BYTES = 8


class KeptStatement(NamedTuple):
    """A statement as it was taken: when it was issued (UTC milliseconds), and its envelope."""

    issued_ms: int
    data: bytes


class Statements:
    """The statements of one agreement in one enclave."""

    def __init__(self, settings: SettingStore, enclave: str) -> None:
        self._settings = settings
        self._enclave = enclave

    def kept(self) -> KeptStatement | None:
        """The one taken last, whether it still holds or not."""
        value = self._settings.get(_NAME)
        if value is None:
            return None
        return KeptStatement(int.from_bytes(value[:_ISSUED_BYTES], "big"), value[_ISSUED_BYTES:])

    def keep(self, statement: Statement, data: bytes) -> None:
        """Keep `data`, the envelope of `statement`; within a transaction."""
        self._settings.set(_NAME, statement.issued_ms.to_bytes(_ISSUED_BYTES, "big") + data)

    def check(self, data: bytes, drafts: Sequence[Draft], now_ms: int, *, after_ms: int | None = None) -> Statement:
        """The statement in `data`, about one of `drafts`: the version in force, then those that it only tightened.

        What is true of the wider version holds for the narrower one: so a tightening by one party alone needs no
        statement by all. `after_ms` is when the one held so far was issued. Raises `BrightlineError`.
        """
        first: BrightlineError | None = None
        for draft in drafts:
            try:
                return check_current(data, draft, self._enclave, now_ms, kept_issued_ms=after_ms)
            except PolicyError as error:
                first = first or error
                if error.code != "policy/current-of-another":
                    raise
        assert first is not None  # there is always a version in force
        raise first
