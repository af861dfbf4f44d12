import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.cli import data_directory
from brightline.cli.data_directory import KEY_NAMES, Beginning, make_data_directory, read_files
from brightline.cli.errors import PlaceError
from brightline.cli.settings_file import Places
from brightline.crypto.party_keys import create, load
from brightline.gateway.settings import read_settings
from brightline.policy import AgreementFaultsError, PolicyError
from brightline.policy.directory import SIGNATURES
from brightline.policy.signing import read_trust
from brightline.sample import agreement_files
from brightline.testing.parties import Parties, parties_in, signed_once

OPERATOR, VENDOR = "Example Operations Command", "Example Model Laboratory"
NOW_MS = time.time_ns() // 1_000_000
PLACES = Places(weights=Path("/w.gguf"))


SIGNED = signed_once(tuple(agreement_files().items()))
STATEMENT = parties_in(SIGNED).state(SIGNED.draft, "demo")


def make(place: Path, **changes) -> None:
    begun = Beginning(files=SIGNED.files, trust=SIGNED.trust, statement=STATEMENT)
    prover, now_ms = changes.pop("prover", None), changes.pop("now_ms", NOW_MS)
    make_data_directory(
        place,
        replace(begun, **changes),
        enclave="demo",
        operator="op.example",
        places=PLACES,
        prover=prover,
        now_ms=lambda: now_ms,
    )


def test_refuses_a_directory_that_is_used(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(PlaceError) as caught:
        make(tmp_path)
    assert caught.value.code == "cli/not-empty"
    assert [place.name for place in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_refuses_what_is_no_directory(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "gate"
    if kind == "file":
        place.touch()
    else:
        place.symlink_to(tmp_path)
    with pytest.raises(PlaceError) as caught:
        make(place)
    assert caught.value.code == "cli/not-a-directory"


def test_an_agreement_with_faults_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(AgreementFaultsError):
        make(tmp_path / "gate", files={"manifest.json": b"{"})
    assert list(tmp_path.iterdir()) == []


class Refuter:
    """A prover that finds another verdict than the certificate has."""

    def confirm(self, draft) -> None:
        raise PolicyError("policy/no-red-lines")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"files": {name: data for name, data in SIGNED.files.items() if name != SIGNATURES}}, "policy/unsigned"),
        ({"files": Parties([OPERATOR, VENDOR]).sign(agreement_files()).files}, "policy/genesis-differs"),
        ({"files": parties_in(SIGNED).sign(agreement_files(), by=[VENDOR]).files}, "policy/one-party-alone"),
        ({"trust": Parties([OPERATOR, VENDOR]).sign(agreement_files()).trust}, "policy/genesis-differs"),
        ({"now_ms": SIGNED.draft.manifest.expires_ms}, "policy/expired"),
        ({"now_ms": SIGNED.draft.manifest.not_before_ms - 1}, "policy/not-yet-valid"),
        ({"statement": parties_in(SIGNED).state(SIGNED.draft, "outside")}, "policy/current-of-another"),
        ({"prover": Refuter()}, "policy/no-red-lines"),
    ],
)
def test_what_its_parties_did_not_sign_begins_nothing(tmp_path: Path, changes, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        make(tmp_path / "gate", **changes)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_who_plays_all_parties_finds_their_keys(tmp_path: Path) -> None:
    key = create("ed25519")
    make(tmp_path / "gate", played={"vendor.pem": key}, statement=None)
    assert load(tmp_path / "gate" / "parties" / "vendor.pem", "").public == key.public
    assert not (tmp_path / "gate" / "current.json").exists()


def test_a_failure_in_the_middle_leaves_nothing_behind(tmp_path: Path, monkeypatch) -> None:
    def fail(path: Path, random) -> bytes:
        raise OSError("disk gone")

    monkeypatch.setattr(data_directory, "create_key", fail)
    with pytest.raises(OSError, match="disk gone"):
        make(tmp_path / "gate")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", [False, True])
def test_makes_a_directory_that_only_its_owner_reads(tmp_path: Path, there: bool) -> None:
    place = tmp_path / "deep" / "gate"
    if there:
        place.mkdir(parents=True)
    make(place)
    for found in (place, *place.rglob("*")):
        assert stat.S_IMODE(found.stat().st_mode) == (0o700 if found.is_dir() else 0o600), found
    assert {key.name for key in (place / "keys").iterdir()} == set(KEY_NAMES)
    assert len({key.read_bytes() for key in (place / "keys").iterdir()}) == len(KEY_NAMES)
    assert read_settings(place).enclave.name == "demo"
    assert read_files(place / "agreements" / "1") == SIGNED.files
    assert set(read_trust((place / "trust.json").read_text()).parties) == set(SIGNED.trust.parties)
    assert (place / "current.json").read_bytes() == STATEMENT


def test_reads_plain_files_only(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(PlaceError):
        read_files(tmp_path / "absent")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"1")
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert read_files(tmp_path) == {"a/b": b"1"}
    monkeypatch.setattr(data_directory, "MOST_BYTES", 0)
    with pytest.raises(PlaceError) as caught:
        read_files(tmp_path)
    assert caught.value.code == "cli/unreadable"


def test_folders_within_folders_are_their_owners_alone(tmp_path: Path) -> None:
    data_directory._write_files(tmp_path / "a", {"b/c/d.txt": b"x"})
    made = (tmp_path / "a" / "b", tmp_path / "a" / "b" / "c")
    assert {stat.S_IMODE(place.stat().st_mode) for place in made} == {0o700}
