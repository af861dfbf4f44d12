"""What an administrator may command about the agreement: take a version into force, and state that it is current.

Neither makes anything valid: a version needs its parties' signatures, and so does a statement.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from brightline.domain.record import Appended
from brightline.gateway.activation import Activation
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import command_of, user_name, utc, who_of
from brightline.gateway.errors import AdminError
from brightline.gateway.standing import Term


class Activate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `agreement.activate`: an absolute path, and a statement that the version is current."""

    path: str
    statement: str | None = None


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `agreement.current`: the statement, as its file holds it."""

    statement: str


class AdminAgreement:
    """The commands; `commands` gives them by name for the admin socket."""

    def __init__(self, activation: Activation, name_of: Callable[[int], str] = user_name) -> None:
        self._activation = activation
        self._name_of = name_of

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {
            "agreement.activate": command_of(Activate, self.activate),
            "agreement.current": command_of(State, self.current),
        }

    async def activate(self, asked: Activate, by: Caller) -> Result:
        """Take a version into force."""
        source = Path(asked.path)
        if not source.is_absolute():
            raise AdminError("gateway/admin-bad-request")
        statement = None if asked.statement is None else asked.statement.encode()
        done = await self._activation.activate(source, statement, by=who_of(by, self._name_of))
        words = {"how": done.acceptance.how, "signers": list(done.acceptance.signers)}
        return {**_shown(done.term), **words, **_placed(done.appended)}

    async def current(self, asked: State, by: Caller) -> Result:
        """Take a statement that the version in force is current."""
        appended, term = await self._activation.state_current(asked.statement.encode(), by=who_of(by, self._name_of))
        return {**_shown(term), **_placed(appended)}


def _shown(term: Term) -> dict[str, object]:
    ref = term.agreement.ref
    return {
        "agreement": ref.id,
        "version": ref.version,
        "digest": ref.digest.hex(),
        "enclave": ref.enclave,
        "expires": utc(term.expires_ms),
        "current_until": utc(term.current_until_ms),
    }


def _placed(appended: Appended) -> dict[str, object]:
    return {"entry": appended.index, "leaf_hash": appended.leaf_hash.hex()}
