"""What an administrator may command about the people who sign: take what the directory signed, and list them.

Nothing is believed because an administrator brought it: each file counts by the directory's own signature.
INVARIANT: an import and its entry are written in one transaction; one import after another, each sees the last.
"""

import asyncio
from base64 import b64decode
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from brightline.domain.sign_off.errors import SignOffError
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import Nothing, command_of, user_name, who_of
from brightline.gateway.admin_ports import AdminLedger
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.errors import AdminError
from brightline.oversight.directory import DIRECTORY_NAME, MAX_DIRECTORY_BYTES, Directory
from brightline.oversight.importing import PeopleStore, plan_import
from brightline.oversight.people import People


class Files(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `people.import`: the files' bytes in base64."""

    files: list[str]


class AdminPeople:
    """The commands; `commands` gives them by name for the admin socket.

    `directory` gives the operator's directory and raises `BrightlineError` without one; `now_ms` is the ledger's time.
    """

    def __init__(
        self,
        *,
        directory: Callable[[], Directory],
        store: PeopleStore,
        ledger: AdminLedger,
        recorder: AdminRecorder,
        now_ms: Callable[[], int],
        name_of: Callable[[int], str] = user_name,
    ) -> None:
        self._directory = directory
        self._store = store
        self._ledger = ledger
        self._recorder = recorder
        self._now_ms = now_ms
        self._name_of = name_of
        self._importing = asyncio.Lock()

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {
            "people.import": command_of(Files, self.people_import),
            "people.list": command_of(Nothing, self.people_list),
        }

    async def people_import(self, asked: Files, by: Caller) -> Result:
        """Take signed assertions and revocation lists, all of them or none."""
        files = [_decoded(text) for text in asked.files]
        async with self._importing:
            plan = plan_import(self._directory(), self._store, files, now_ms=self._now_ms())
            entry = self._recorder.people(plan.summary, by=who_of(by, self._name_of))
            appended = await self._ledger.append_all([entry], also=lambda: plan.keep(self._store))
        placed = appended[-1]
        return {"imported": list(plan.summary), "entry": placed.index, "leaf_hash": placed.leaf_hash.hex()}

    async def people_list(self, asked: Nothing, by: Caller) -> Result:
        """Everybody who was asserted, and what keeps whom from signing now."""
        store = self._store
        people = People(self._directory(), assertions=store.assertions(), revocations=store.revocations())
        return {"people": [holder.row() for holder in people.holders(now_ms=self._now_ms())]}


def directory_in(data_dir: Path) -> Directory:
    """The operator's directory in `data_dir`; raises `BrightlineError` where there is none that can be read."""
    path = data_dir / DIRECTORY_NAME
    try:
        with path.open("rb") as file:
            data = file.read(MAX_DIRECTORY_BYTES + 1)
    except FileNotFoundError as error:
        raise SignOffError("signoff/no-directory") from error
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise SignOffError("signoff/unreadable-directory", path=str(path), why=why) from error
    return Directory.parse(data)


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise AdminError("gateway/admin-bad-request") from error
