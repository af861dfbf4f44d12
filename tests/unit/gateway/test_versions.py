"""The versions on the disk: a copy is whole and its owner's alone, and what cannot be written is said."""

import stat
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.gateway import versions as versions_module
from brightline.gateway.errors import AdminError
from brightline.gateway.versions import MOST_STATEMENT_BYTES, Versions, statement_in
from brightline.policy import AgreementFaultsError
from brightline.testing.house import house_agreement
from brightline.testing.parties import write_files

FILES = house_agreement().files


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_files(tmp_path / "source", FILES)


def test_what_does_not_belong_is_not_copied(tmp_path: Path, source: Path) -> None:
    versions = Versions(tmp_path / "agreements")
    (source / "notes.txt").touch()
    with pytest.raises(AgreementFaultsError):
        versions.stage(source)
    (source / "notes.txt").unlink()
    (source / "law" / "more.cedar").symlink_to("/etc/passwd")
    with pytest.raises(AgreementFaultsError):
        versions.stage(source)
    assert not versions.root.exists()


def test_a_copy_is_the_same_bytes_and_its_owners_alone(tmp_path: Path, source: Path) -> None:
    versions = Versions(tmp_path / "agreements")
    versions.stage(source)
    staged = versions.stage(source)  # what an earlier one left is gone
    for path in (staged, *staged.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    write_files(versions.directory(2), {"left": b"by one that was never accepted"})
    place = versions.settle(staged, 2)
    found = {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert found == FILES
    assert not staged.exists()
    versions.drop()


@pytest.mark.parametrize("step", ["stage", "settle"])
def test_what_cannot_be_written_is_said(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    versions = Versions(tmp_path / "agreements")
    staged = versions.stage(source)
    monkeypatch.setattr(versions_module, "_sync", fail)
    with pytest.raises(AdminError) as caught:
        versions.stage(source) if step == "stage" else versions.settle(staged, 2)
    assert caught.value.code == "gateway/agreement-not-kept"
    assert "no space left on device" in caught.value.message


def test_a_statement_is_read_to_a_bound(tmp_path: Path) -> None:
    assert statement_in(tmp_path) is None
    (tmp_path / "current.json").write_bytes(b" " * (MOST_STATEMENT_BYTES + 9))
    assert len(statement_in(tmp_path) or b"") == MOST_STATEMENT_BYTES + 1


def test_a_house_without_a_trust_says_so(tmp_path: Path) -> None:
    with pytest.raises(BrightlineError) as caught:
        versions_module.trust_of(tmp_path)
    assert caught.value.code == "gateway/no-trust"
