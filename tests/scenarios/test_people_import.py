"""People come into a gateway and are revoked in it: by its own commands, store and ledger, also after a restart."""

import json
import os
import time
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from brightline.cli.app import build
from brightline.cli.sample_people import SamplePeople, make_people
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.domain.record import Group
from brightline.domain.sign_off.revocation import RevocationList
from brightline.ledger.verify import DirectoryReader, verify_directory
from brightline.oversight.directory import make_revocations
from brightline.testing.house import Gateway, HouseSettings, make_house, tell


def people() -> SamplePeople:
    return make_people(now_ms=time.time_ns() // 1_000_000, random=os.urandom)


async def take(gateway: Gateway, *files: bytes) -> Mapping[str, object]:
    return await gateway.command("people.import", files=[b64encode(file).decode() for file in files])


async def standing(gateway: Gateway) -> dict[str, str]:
    listed = await gateway.command("people.list")
    rows = listed["people"]
    assert isinstance(rows, list)
    return {row["person"]: row["why"] for row in rows}


async def refused(gateway: Gateway, *files: bytes) -> str:
    size = gateway.house.ledger.size
    with pytest.raises(BrightlineError) as caught:
        await take(gateway, *files)
    assert gateway.house.ledger.size == size
    return caught.value.code


def test_without_a_directory_nobody_is_taken(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert await refused(gateway, *people().files) == "signoff/no-directory"

    tell(tmp_path, story)


def test_people_come_and_are_revoked_with_an_entry_each(tmp_path: Path) -> None:
    sample, strangers = people(), people()

    async def story(gateway: Gateway) -> None:
        sample.write(gateway.house.data_dir)
        assert await standing(gateway) == {}
        assert await refused(gateway, *strangers.files) == "signoff/unknown-directory"
        assert await standing(gateway) == {}

        told = await take(gateway, *sample.files)
        assert set((await standing(gateway)).values()) == {""}
        entry = told["entry"]
        assert isinstance(entry, int)
        assert b'"person":"dora"' in gateway.sealed(entry)[Group.CONTENT]
        assert gateway.leaves()[entry].kind is Kind.KEY
        assert await refused(gateway, *sample.files) == "signoff/list-went-back"

        revoked = RevocationList(issued_ms=sample.revocations.revocations.issued_ms, number=2, persons=("omar",))
        await take(gateway, make_revocations(revoked, sample.directory_key).canonical)
        assert (await standing(gateway))["omar"] == "signoff/revoked"

    tell(tmp_path, story)


def test_who_was_taken_from_the_command_line_is_there_later_and_the_log_verifies(tmp_path: Path) -> None:
    sample = people()
    place = make_house(tmp_path / "gate", HouseSettings(base_url="http://127.0.0.1:9"))
    sample.write(place)
    names = [place / "people" / f"{name}.assertion.json" for name in sample.persons]

    def run(*words: object) -> Mapping[str, object]:
        result = CliRunner().invoke(build(), [*map(str, words), "--data", str(place), "--json"])
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)["result"]
        assert isinstance(found, dict)
        return found

    run("approver", "import", *names, place / "people" / "revocations.json")
    rows = run("approver", "list")["people"]
    assert isinstance(rows, list)
    assert [(row["person"], row["why"]) for row in rows] == [(name, "") for name in sorted(sample.persons)]
    shown = run("ledger", "show")
    verified = verify_directory(DirectoryReader(Path(str(shown["directory"]))), str(shown["vkey"]))
    assert verified.counts[Kind.KEY] == 1
