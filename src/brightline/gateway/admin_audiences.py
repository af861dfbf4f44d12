"""What an administrator may ask before a machine is given its trust bundle: that no decoy can be made out to it.

INVARIANT: a bundle for an id trusts no version of the agreement that reserves this id for decoys, and none whose
register nobody here can read.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import msgspec

from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import command_of
from brightline.gateway.errors import AdminError, SettingsError
from brightline.gateway.in_force import read_accepted
from brightline.gateway.settings import EffectorSettings
from brightline.gateway.versions import Versions
from brightline.policy import AgreementPort
from brightline.storage import AcceptedVersion


class Audience(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `agreement.audience`: a machine's id, and the digests of the versions that it is to trust."""

    audience: str
    agreements: list[str]


class AcceptedVersions(Protocol):
    """The versions that took effect."""

    def accepted(self) -> Iterable[AcceptedVersion]:
        """Every version that was accepted."""
        ...


class AdminAudiences:
    """The commands; `commands` gives them by name for the admin socket."""

    def __init__(self, versions: Versions, accepted: AcceptedVersions) -> None:
        self._versions = versions
        self._accepted = accepted

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {"agreement.audience": command_of(Audience, self.check)}

    async def check(self, asked: Audience, by: Caller) -> Result:
        """Check that a machine may have the id; raises `AdminError` where a version reserves it, or is not known."""
        del by
        rows = {row.digest.hex(): row for row in self._accepted.accepted()}
        for digest in asked.agreements:
            if digest not in rows:
                raise AdminError("gateway/unknown-agreement", digest=digest)
            draft = await asyncio.to_thread(read_accepted, self._versions, rows[digest])
            if asked.audience in draft.null_audiences:
                raise AdminError("gateway/null-audience", audience=asked.audience, version=draft.manifest.version)
        return {"audience": asked.audience}


Admit = Callable[[AgreementPort], None]


def admits(settings: Iterable[EffectorSettings], *others: Admit) -> Admit:
    """What refuses an agreement that reserves the id of a machine in `settings`, or that one of `others` refuses.

    It raises `SettingsError`, or what those raise.
    """
    named = tuple(sorted({effector.audience for effector in settings}))

    def admit(agreement: AgreementPort) -> None:
        for audience in named:
            if audience in agreement.null_audiences:
                version = agreement.ref.version
                raise SettingsError("gateway/null-audience", audience=audience, version=version)
        for other in others:
            other(agreement)

    return admit
