"""What is in force in a directory, and every way in which a changed one is refused at its start."""

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.gateway import house as house_module
from brightline.gateway.admin import Caller
from brightline.gateway.house import open_house
from brightline.gateway.in_force import Lineage
from brightline.gateway.versions import trust_digest
from brightline.policy.signing import Accepted, trust_text
from brightline.storage import Database
from brightline.testing.house import ENCLAVE, HouseSettings, house_agreement, make_house
from brightline.testing.parties import Parties, Signed, next_version, parties_in, write_files

SETTINGS = HouseSettings(base_url="http://127.0.0.1:1")
OPERATOR, VENDOR = "Example Operations Command", "Example Model Laboratory"
FIRST = house_agreement()
BOTH = parties_in(FIRST)
SECOND = BOTH.sign(next_version(FIRST.files, FIRST.draft, expires="2035-01-01T00:00:00Z"))
FORKED = BOTH.sign(next_version(FIRST.files, FIRST.draft, expires="2034-01-01T00:00:00Z"))
THIRD = BOTH.sign(next_version(SECOND.files, SECOND.draft))
ELSE = BOTH.sign(next_version(FIRST.files, FIRST.draft, id="another"))
STRANGERS = Parties([OPERATOR, VENDOR]).sign(FIRST.files)


@pytest.fixture(autouse=True)
def unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house_module, "installed_prover", lambda: None)


def activate(place: Path, signed: Signed, scratch: Path) -> None:
    source = write_files(scratch / f"next-{signed.draft.manifest.version}", signed.files)
    statement = BOTH.state(signed.draft, ENCLAVE).decode()

    async def story() -> None:
        house = await open_house(place)
        try:
            command = house.commands["agreement.activate"]
            await command({"path": str(source), "statement": statement}, Caller(os.getuid()))
        finally:
            await house.close()

    asyncio.run(story())


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A directory in which version 2 is in force."""
    place = make_house(tmp_path / "house", SETTINGS)
    activate(place, SECOND, tmp_path)
    return place


def opened(place: Path) -> tuple[int, str]:
    """The version in force, and why it would permit nothing now."""

    async def story() -> tuple[int, str]:
        house = await open_house(place)
        refusal = house.standing.term.refusal(house.ledger.now_ms())
        version = house.agreement.ref.version
        await house.close()
        return version, "" if refusal is None else refusal.code

    return asyncio.run(story())


def code_of(place: Path) -> str:
    try:
        opened(place)
    except BrightlineError as error:
        return error.code
    return ""


def put(place: Path, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(place)
    write_files(place, files)


def store(place: Path, statement: str) -> None:
    database = Database.open(place / "store.db", create=False)
    database.value(statement)
    database.drop()


def without_signature(signed: Signed, names: list[str]) -> Mapping[str, bytes]:
    envelope = json.loads(signed.files["signatures.json"])
    gone = {BOTH.keys[name].public.id for name in names}
    envelope["signatures"] = [row for row in envelope["signatures"] if row["keyid"] not in gone]
    return {**signed.files, "signatures.json": json.dumps(envelope).encode()}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (FIRST.files, "policy/rollback"),
        (FORKED.files, "policy/equal-version"),
        (THIRD.files, "policy/not-the-accepted"),
        (ELSE.files, "policy/another-agreement"),
        ({**SECOND.files, "effectors.json": SECOND.files["effectors.json"] + b" "}, "policy/equal-version"),
        ({**SECOND.files, "manifest.json": b"{"}, "policy/broken-history"),
        ({**SECOND.files, "manifest.json": b"{}"}, "policy/broken-history"),
        ({**SECOND.files, "signatures.json": FORKED.files["signatures.json"]}, "policy/signed-another"),
        (without_signature(SECOND, [VENDOR]), "policy/missing-signatures"),
        (without_signature(SECOND, [VENDOR, OPERATOR]), "policy/missing-signatures"),
    ],
)
def test_other_files_than_were_accepted_are_not_served(house: Path, files: Mapping[str, bytes], code: str) -> None:
    put(house / "agreements" / "2", files)
    assert code_of(house) == code
    put(house / "agreements" / "2", SECOND.files)
    assert opened(house) == (2, "")


def test_files_without_signatures_or_without_a_manifest_are_not_served(house: Path) -> None:
    (house / "agreements" / "2" / "signatures.json").unlink()
    assert code_of(house) == "policy/unsigned"
    shutil.rmtree(house / "agreements" / "1")
    assert code_of(house) == "policy/broken-history"


def test_an_earlier_version_is_judged_too(house: Path) -> None:
    put(house / "agreements" / "1", without_signature(FIRST, [OPERATOR]))
    assert code_of(house) == "policy/missing-signatures"


def other_trust(place: Path) -> None:
    (place / "trust.json").write_text(trust_text(STRANGERS.trust))


def other_enclave(place: Path) -> None:
    settings = place / "brightline.toml"
    settings.write_text(settings.read_text().replace(f'name = "{ENCLAVE}"', 'name = "outside"'))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (other_trust, "gateway/trust-changed"),
        (lambda place: (place / "trust.json").unlink(), "gateway/no-trust"),
        (lambda place: (place / "trust.json").write_bytes(b"\xff"), "gateway/no-trust"),
        (lambda place: (place / "trust.json").write_text("{}"), "policy/bad-trust"),
        (other_enclave, "gateway/other-enclave"),
        (lambda place: store(place, "DELETE FROM agreements"), "gateway/unsigned-house"),
        (lambda place: store(place, "DELETE FROM agreements WHERE version = 2"), "ledger/other-agreement"),
        (lambda place: store(place, "UPDATE agreements SET digest = zeroblob(32)"), "gateway/acceptance-differs"),
        (lambda place: store(place, "UPDATE agreements SET position = 1"), "gateway/acceptance-differs"),
        (lambda place: store(place, "UPDATE sealed SET blob = x'7b7d'"), "gateway/trust-changed"),
    ],
)
def test_a_changed_directory_does_not_start(house: Path, change: Callable[[Path], object], code: str) -> None:
    change(house)
    assert code_of(house) == code


def test_another_trust_before_the_log_begins_judges_version_1(tmp_path: Path) -> None:
    place = make_house(tmp_path / "house", SETTINGS)
    other_trust(place)
    assert code_of(place) == "policy/genesis-differs"
    put(place / "agreements" / "1", STRANGERS.files)
    assert opened(place) == (1, "policy/current-of-another")


def test_what_was_put_there_and_never_accepted_means_nothing(house: Path) -> None:
    write_files(house / "agreements" / "3", THIRD.files)
    assert opened(house) == (2, "")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (None, "policy/not-current"),
        (b"{", "crypto/bad-envelope"),
        (BOTH.state(SECOND.draft, ENCLAVE), "policy/current-of-another"),
        (BOTH.state(FIRST.draft, ENCLAVE, issued_ms=1), "policy/not-current"),
        (b" " * 300_000, "crypto/bad-envelope"),
    ],
)
def test_without_a_statement_it_starts_and_permits_nothing(tmp_path: Path, statement: bytes | None, code: str) -> None:
    place = make_house(tmp_path / "house", SETTINGS)
    if statement is None:
        (place / "current.json").unlink()
    else:
        (place / "current.json").write_bytes(statement)
    assert opened(place) == (1, code)
    (place / "current.json").write_bytes(BOTH.state(FIRST.draft, ENCLAVE))
    assert opened(place) == (1, "")
    # Once taken it is kept: neither an older one nor none takes it away.
    (place / "current.json").write_bytes(BOTH.state(FIRST.draft, ENCLAVE, issued_ms=1))
    assert opened(place) == (1, "")
    (place / "current.json").unlink()
    assert opened(place) == (1, "")


def test_a_tightening_goes_on_under_the_statement_before_and_the_next_does_not() -> None:
    first = Lineage(FIRST.draft)
    tighter = first.followed_by(Accepted(SECOND.draft, "tightening", ()))
    assert tighter.drafts == (SECOND.draft, FIRST.draft)
    assert tighter.followed_by(Accepted(THIRD.draft, "tightening", ())).drafts == (
        THIRD.draft,
        SECOND.draft,
        FIRST.draft,
    )
    assert tighter.followed_by(Accepted(THIRD.draft, "all-parties", ())).drafts == (THIRD.draft,)


def test_the_digest_of_a_trust_is_of_what_it_says() -> None:
    assert trust_digest(FIRST.trust) != trust_digest(STRANGERS.trust)
    assert len(trust_digest(FIRST.trust)) == 64
