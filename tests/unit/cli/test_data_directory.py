import stat
from pathlib import Path

import pytest

from brightline.cli import data_directory
from brightline.cli.data_directory import KEY_NAMES, make_data_directory, read_files
from brightline.cli.errors import PlaceError
from brightline.cli.settings_file import Places
from brightline.gateway.settings import read_settings
from brightline.policy import AgreementFaultsError
from brightline.sample import agreement_files

PLACES = Places(weights=Path("/w.gguf"))


def make(place: Path, agreement=None) -> None:
    files = agreement_files() if agreement is None else agreement
    make_data_directory(place, agreement=files, enclave="demo", operator="op.example", places=PLACES)


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
        make(tmp_path / "gate", {"manifest.json": b"{"})
    assert list(tmp_path.iterdir()) == []


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
    assert read_files(place / "agreement") == agreement_files()


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
