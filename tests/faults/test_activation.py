"""An activation cut off at each of its steps: the old version or the new one is in force, now and after a restart."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.gateway import house as house_module
from brightline.gateway import versions as versions_module
from brightline.gateway.activation import Activation
from brightline.gateway.standing import Standing
from brightline.gateway.versions import Versions
from brightline.ledger.writer import Writer
from brightline.testing.house import (
    ENCLAVE,
    Gateway,
    HouseSettings,
    checked,
    house_agreement,
    make_house,
    running,
)
from brightline.testing.parties import Signed, next_version, parties_in, write_files
from brightline.testing.provider_simulator import ProviderSimulator
from tests.living import copy_living


class CutOffError(RuntimeError):
    """The process ends here, as far as the activation is concerned."""


def second() -> Signed:
    first = house_agreement()
    return parties_in(first).sign(next_version(first.files, first.draft, expires="2035-01-01T00:00:00Z"))


def cut(*args: object, **words: object) -> object:
    raise CutOffError


def cut_after(whole: Callable[..., object]) -> Callable[..., object]:
    def then(*args: object, **words: object) -> object:
        whole(*args, **words)
        raise CutOffError

    return then


def full_disk(path: Path, content: bytes) -> None:
    path.write_bytes(content[: len(content) // 2])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


# Where it is cut off, and which version is in force then.
CUTS = [
    ("while copying", versions_module, "_write", full_disk, 1),
    ("after copying", Versions, "stage", cut_after(Versions.stage), 1),
    ("while judging", Activation, "_judge", cut, 1),
    ("before the rename", Versions, "settle", cut, 1),
    ("after the rename", Versions, "settle", cut_after(Versions.settle), 1),
    ("in the ledger's transaction", Writer, "_append_own", cut, 1),
    ("after the ledger's transaction", Writer, "accept_agreement", cut_after(Writer.accept_agreement), 2),
    ("before the swap", Standing, "replace", cut, 2),
    ("after the swap", Standing, "replace", cut_after(Standing.replace), 2),
]


async def serves(gateway: Gateway, version: int) -> None:
    """The gateway answers, records, and says under which version."""
    reply = await gateway.post("openai", "small")
    assert (reply.status, reply.code) == (200, "")
    assert reply.headers["brightline-agreement"] == f"sample {version}"
    assert gateway.leaves(Kind.INTENT)[-1].agreement_digest == gateway.house.agreement.ref.digest
    assert gateway.house.ledger.agreement == gateway.house.agreement.ref.digest
    assert (gateway.house.agreement.ref.digest == house_agreement().draft.digest) is (version == 1)


@pytest.mark.parametrize(("place", "owner", "name", "instead", "version"), CUTS, ids=[cut[0] for cut in CUTS])
def test_cut_off(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    owner: object,
    name: str,
    instead: object,
    version: int,
) -> None:
    monkeypatch.setattr(house_module, "installed_prover", lambda: None)
    signed = second()
    path = write_files(tmp_path / "next", signed.files)
    statement = parties_in(house_agreement()).state(signed.draft, ENCLAVE).decode()

    async def live(simulator: ProviderSimulator) -> None:
        make_house(tmp_path / "house", HouseSettings(base_url=simulator.base_url))
        async with running(tmp_path / "house", simulator) as gateway:
            gateway.key = await gateway.add_key()
            with monkeypatch.context() as patched:
                patched.setattr(owner, name, instead)
                with pytest.raises((CutOffError, BrightlineError)):
                    await gateway.command("agreement.activate", path=str(path), statement=statement)
            await serves(gateway, version)
            # What a kill at this moment would leave is what a restart begins with.
            copy_living(tmp_path / "house", tmp_path / "image")
            assert not (tmp_path / "house" / "agreements" / ".staged").exists()
        checked(gateway)

    async def again(simulator: ProviderSimulator, where: Path) -> None:
        async with running(where, simulator) as gateway:
            gateway.key = await gateway.add_key("second")
            await serves(gateway, version)
            if version == 1:  # and the version can still take effect
                await gateway.command("agreement.activate", path=str(path), statement=statement)
                await serves(gateway, 2)
        checked(gateway)

    async def whole() -> None:
        async with ProviderSimulator() as simulator:
            await live(simulator)
            for where in ("house", "image"):
                await again(simulator, tmp_path / where)

    uvloop.run(whole())
