"""No machine has an id that a version reserves for decoys: not in a bundle, and not in the settings."""

import asyncio
import json
from pathlib import Path

import pytest

from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.gateway.admin import Caller
from brightline.gateway.admin_audiences import AdminAudiences, admits
from brightline.gateway.errors import SettingsError
from brightline.gateway.settings import EffectorSettings
from brightline.gateway.versions import Versions
from brightline.storage import AcceptedVersion
from brightline.testing.house import house_agreement
from brightline.testing.parties import Signed, next_version, parties_in, write_files
from brightline.testing.rooms import Agreement

ME = Caller(0)


class Reserving(Agreement):
    """An agreement that reserves two ids."""

    @property
    def null_audiences(self) -> tuple[str, ...]:
        return ("uav-2.example", "uav-3.example")

    @property
    def ref(self) -> AgreementRef:
        return AgreementRef("sample", 7, bytes(32), "demo")


def without_reserved() -> Signed:
    """The next version, which reserves none."""
    first = house_agreement()
    register = json.loads(first.files["effectors.json"])
    del register["null_audiences"]
    files = {**first.files, "effectors.json": json.dumps(register).encode()}
    return parties_in(first).sign(next_version(files, first.draft))


class House:
    """Two accepted versions: the first reserves ids, the second none."""

    def __init__(self, place: Path) -> None:
        self.first, self.second = house_agreement().draft, without_reserved().draft
        write_files(place / "1", house_agreement().files)
        write_files(place / "2", without_reserved().files)
        self.commands = AdminAudiences(Versions(place), self).commands

    def accepted(self) -> list[AcceptedVersion]:
        drafts = (self.first, self.second)
        return [AcceptedVersion(draft.manifest.version, draft.digest, 1, 0) for draft in drafts]

    def check(self, audience: str, *digests: bytes) -> str:
        args = {"audience": audience, "agreements": [digest.hex() for digest in digests]}
        try:
            done = asyncio.run(self._run(args))
        except BrightlineError as error:
            return error.code
        assert done == {"audience": audience}
        return ""

    async def _run(self, args: dict[str, object]) -> object:
        return await self.commands["agreement.audience"](args, ME)


def test_an_id_that_a_trusted_version_reserves_is_refused(tmp_path: Path) -> None:
    house = House(tmp_path)
    first, second = house.first.digest, house.second.digest
    assert house.check("uav-2.example", first) == "gateway/null-audience"
    assert house.check("uav-2.example", second, first) == "gateway/null-audience"
    assert house.check("uav-2.example", second) == ""
    assert house.check("uav-1.example", first, second) == ""


def test_a_version_that_nobody_here_knows_is_refused(tmp_path: Path) -> None:
    house = House(tmp_path)
    assert house.check("uav-1.example", house.first.digest, bytes(32)) == "gateway/unknown-agreement"


def test_a_version_whose_files_are_others_is_refused(tmp_path: Path) -> None:
    house = House(tmp_path)
    write_files(tmp_path / "1", without_reserved().files)
    assert house.check("uav-2.example", house.first.digest) == "policy/not-the-accepted"


def test_settings_with_a_machine_that_nobody_is() -> None:
    machine = EffectorSettings(audience="uav-2.example", public="AAAA")
    other = EffectorSettings(audience="uav-1.example", public="AAAA")
    with pytest.raises(SettingsError) as caught:
        admits([other, machine])(Reserving())
    assert caught.value.code == "gateway/null-audience"
    assert "version 7" in caught.value.message
    admits([other])(Reserving())
    admits([machine])(Agreement())
    admits([])(Reserving())
