"""Changes of what is in force, one at a time, over a real house; tests/scenarios and tests/faults tell the stories."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, decode
from brightline.gateway import house as house_module
from brightline.gateway.activation import kept_term
from brightline.gateway.house import House, open_house
from brightline.ledger.settings import Acceptance
from brightline.metering import MeterStateError
from brightline.policy import PolicyError
from brightline.testing.house import ENCLAVE, HouseSettings, house_agreement, make_house
from brightline.testing.parties import next_version, parties_in, write_files

FIRST = house_agreement()
BOTH = parties_in(FIRST)
SECOND = BOTH.sign(next_version(FIRST.files, FIRST.draft, expires="2035-01-01T00:00:00Z"))
THIRD = BOTH.sign(next_version(SECOND.files, SECOND.draft))


def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: Callable[[House], Awaitable[None]]) -> None:
    monkeypatch.setattr(house_module, "installed_prover", lambda: None)
    place = make_house(tmp_path / "house", HouseSettings(base_url="http://127.0.0.1:1"))

    async def whole() -> None:
        house = await open_house(place)
        try:
            await story(house)
        finally:
            await house.close()

    asyncio.run(whole())


def test_two_at_one_time_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_files(tmp_path / "next", SECOND.files)
    statement = BOTH.state(SECOND.draft, ENCLAVE)

    async def story(house: House) -> None:
        results = await asyncio.gather(
            *(house.activation.activate(source, statement, by="me") for _ in range(2)), return_exceptions=True
        )
        codes = [result.code for result in results if isinstance(result, BrightlineError)]
        assert codes == ["policy/already-accepted"]
        assert house.agreement.ref.version == 2

    play(tmp_path, monkeypatch, story)


def test_a_version_whose_meters_cannot_be_counted_does_not_take_effect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_files(tmp_path / "next", SECOND.files)
    statement = BOTH.state(SECOND.draft, ENCLAVE)

    async def story(house: House) -> None:
        under: list[int] = []

        async def fails(*_: object) -> None:
            under.append(house.agreement.ref.version)
            raise MeterStateError("metering/bad-state", why="the disk is full")

        monkeypatch.setattr(house.counting, "prepare", fails)
        with pytest.raises(MeterStateError):
            await house.activation.activate(source, statement, by="me")
        assert (under, house.agreement.ref.version) == ([1], 1)
        monkeypatch.undo()
        await house.activation.activate(source, statement, by="me")
        assert house.agreement.ref.version == 2

    play(tmp_path, monkeypatch, story)


def test_a_statement_that_fails_changes_nothing_and_a_good_one_is_an_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(house: House) -> None:
        before, size = house.standing.term, house.ledger.size
        for bad in (b"", BOTH.state(SECOND.draft, ENCLAVE), BOTH.state(FIRST.draft, ENCLAVE, issued_ms=1)):
            with pytest.raises(BrightlineError):
                await house.activation.state_current(bad, by="me")
        assert (house.standing.term, house.ledger.size) == (before, size)
        appended, term = await house.activation.state_current(BOTH.state(FIRST.draft, ENCLAVE, days=1), by="me")
        assert house.standing.term is term
        assert term.current_until_ms < before.current_until_ms
        leaf = decode(house.ledger.entry(appended.index).leaf)
        assert (leaf.kind, leaf.agreement_digest) == (Kind.AGREEMENT, FIRST.draft.digest)
        record = json.loads(house.ledger.blob(appended.index) or b"")
        assert (record["record"], record["until_ms"], record["by"]) == ("statement", term.current_until_ms, "me")

    play(tmp_path, monkeypatch, story)


def test_a_version_that_another_enclave_alone_knows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = json.loads(FIRST.files["manifest.json"])
    enclaves = [enclave for enclave in manifest["enclaves"] if enclave["name"] != ENCLAVE]
    missions = FIRST.files["operator/missions.cedar"].replace(b'"demo"', b'"outside"')
    files = {**FIRST.files, "operator/missions.cedar": missions}
    signed = BOTH.sign(next_version(files, FIRST.draft, enclaves=enclaves))
    source = write_files(tmp_path / "next", signed.files)

    async def story(house: House) -> None:
        with pytest.raises(PolicyError) as caught:
            await house.activation.activate(source, BOTH.state(signed.draft, "outside"), by="me")
        assert caught.value.code == "policy/unknown-enclave"
        assert not await house.activation.catch_up()

    play(tmp_path, monkeypatch, story)


def test_what_cannot_be_caught_up_with_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(house: House) -> None:
        ref = replace(house.agreement.ref, version=2, digest=SECOND.draft.digest)
        await house.ledger.accept_agreement(ref, Acceptance())
        with pytest.raises(BrightlineError) as caught:
            await house.activation.catch_up()
        assert caught.value.code == "policy/broken-history"
        write_files(house.data_dir / "agreements" / "2", SECOND.files)
        assert await house.activation.catch_up()
        # Nobody stated that it is current: it is in force, and permits nothing.
        refusal = house.standing.term.refusal(house.ledger.now_ms())
        assert refusal is not None
        assert refusal.code == "policy/current-of-another"
        assert not await house.activation.catch_up()

    play(tmp_path, monkeypatch, story)


def test_without_a_statement_a_term_permits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoStatements:
        def kept(self) -> None:
            return None

    async def story(house: House) -> None:
        term = kept_term(house.agreement, house.activation._lineage, NoStatements(), 0)  # type: ignore[arg-type]
        assert term.current_until_ms == 0

    play(tmp_path, monkeypatch, story)


def test_versions_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(house: House) -> None:
        for signed in (SECOND, THIRD):
            version = signed.draft.manifest.version
            source = write_files(tmp_path / f"next-{version}", signed.files)
            done = await house.activation.activate(source, BOTH.state(signed.draft, ENCLAVE), by="me")
            assert done.term.agreement.ref.version == version
            assert done.acceptance.by == "me"
        assert sorted(path.name for path in (house.data_dir / "agreements").iterdir()) == ["1", "2", "3"]

    play(tmp_path, monkeypatch, story)
