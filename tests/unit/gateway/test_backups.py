import asyncio
import json
import stat
from pathlib import Path

import pytest

from brightline.domain.agreement import AgreementRef
from brightline.gateway import backups
from brightline.gateway.backups import DirectoryBackups, read_backup, restore_files, write_backup
from brightline.gateway.errors import AdminError

FACTS: dict[str, str | int] = {"agreement": "sample", "enclave": "demo", "made_at": "2026-11-22", "entries": 3}


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    place = tmp_path / "gate"
    (place / "agreements" / "1" / "law").mkdir(parents=True)
    (place / "agreements" / "1" / "law" / "a.cedar").write_text("law")
    (place / "agreements" / ".staged").mkdir()
    (place / "agreements" / ".staged" / "half").write_text("half")
    (place / "trust.json").write_text("{}")
    (place / "keys").mkdir()
    (place / "keys" / "seal.key").write_bytes(bytes(32))
    (place / "brightline.toml").write_text("format = 1\n")
    return place


def write(gate: Path, out: Path, *, with_keys: bool = True):
    return write_backup(
        out,
        data_dir=gate,
        agreements_dir=gate / "agreements",
        copy_store=lambda path: path.write_bytes(b"store") and None,
        with_keys=with_keys,
        facts=FACTS,
    )


@pytest.fixture
def made(gate: Path, tmp_path: Path) -> Path:
    write(gate, tmp_path / "backup")
    return tmp_path / "backup"


def refusal(call) -> str:
    with pytest.raises(AdminError) as caught:
        call()
    return caught.value.code


def test_never_writes_over_anything(gate: Path, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    assert refusal(lambda: write(gate, tmp_path / "backup")) == "cli/backup-exists"
    (tmp_path / ".other.part").mkdir()
    assert refusal(lambda: write(gate, tmp_path / "other")) == "cli/backup-exists"


def test_a_failure_in_the_middle_leaves_no_backup_under_its_name(gate: Path, tmp_path: Path) -> None:
    (gate / "brightline.toml").unlink()
    with pytest.raises(FileNotFoundError):
        write(gate, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_link_in_the_directory_is_not_followed(gate: Path, tmp_path: Path) -> None:
    (gate / "agreements" / "link").symlink_to("/etc/hostname")
    with pytest.raises(OSError, match="link"):
        write(gate, tmp_path / "backup")


def test_a_special_file_is_not_copied(gate: Path, tmp_path: Path) -> None:
    import os

    os.mkfifo(gate / "agreements" / "pipe")
    assert refusal(lambda: write(gate, tmp_path / "backup")) == "cli/backup-broken"


def test_the_directory_of_people_goes_along_where_there_is_one(gate: Path, tmp_path: Path) -> None:
    (gate / "directory.json").write_text("{}")
    assert "directory.json" in write(gate, tmp_path / "backup").files
    restore_files(read_backup(tmp_path / "backup"), tmp_path / "backup", tmp_path / "again")
    assert (tmp_path / "again" / "directory.json").read_text() == "{}"


@pytest.mark.parametrize("change", ["flip", "drop", "add", "link", "manifest", "no manifest", "unknown field"])
def test_a_backup_that_is_not_whole_is_told(made: Path, change: str) -> None:
    manifest = made / "backup.json"
    document = json.loads(manifest.read_text())
    match change:
        case "flip":
            (made / "store.db").write_bytes(b"stOre")
        case "drop":
            (made / "store.db").unlink()
        case "add":
            (made / "keys" / "more").write_text("x")
        case "link":
            (made / "store.db").unlink()
            (made / "store.db").symlink_to("/etc/hostname")
        case "manifest":
            manifest.write_bytes(b"{")
        case "no manifest":
            manifest.unlink()
        case "unknown field":
            manifest.write_text(json.dumps({**document, "more": 1}))
    assert refusal(lambda: read_backup(made)) == "cli/backup-broken"


def test_a_newer_format_is_told(made: Path) -> None:
    document = json.loads((made / "backup.json").read_text())
    (made / "backup.json").write_text(json.dumps({**document, "format": 3}))
    assert refusal(lambda: read_backup(made)) == "cli/backup-newer"


@pytest.mark.parametrize("kind", ["full", "file", "link"])
def test_restores_into_a_new_directory_only(made: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "again"
    if kind == "full":
        target.mkdir()
        (target / "mine").touch()
    elif kind == "file":
        target.touch()
    else:
        target.symlink_to(tmp_path / "backup")
    assert refusal(lambda: restore_files(read_backup(made), made, target)) == "cli/not-empty"


def test_what_was_written_comes_back(gate: Path, made: Path, tmp_path: Path) -> None:
    backup = read_backup(made)
    assert backup.has_keys
    assert backup.entries == 3
    restore_files(backup, made, tmp_path / "again")
    again = tmp_path / "again"
    assert (again / "store.db").read_bytes() == b"store"
    assert (again / "agreements" / "1" / "law" / "a.cedar").read_text() == "law"
    assert (again / "trust.json").read_text() == "{}"
    assert not (again / "agreements" / ".staged").exists()
    for place in (made, again):
        for found in (place, *place.rglob("*")):
            if found.name != "backup.json":
                assert stat.S_IMODE(found.stat().st_mode) & 0o077 == 0, found


def test_keys_may_be_left_out(gate: Path, tmp_path: Path) -> None:
    write(gate, tmp_path / "backup", with_keys=False)
    assert not read_backup(tmp_path / "backup").has_keys


def test_beside_a_working_gateway(gate: Path, tmp_path: Path) -> None:
    writer = DirectoryBackups(
        data_dir=gate,
        agreements_dir=gate / "agreements",
        agreement=lambda: AgreementRef("sample", 1, bytes(32), "demo"),
        copy_store=lambda path: path.write_bytes(b"store") and None,
        now=lambda: "now",
    )
    with pytest.raises(AdminError):
        asyncio.run(writer("relative", with_keys=True, entries=1))
    result = asyncio.run(writer(str(tmp_path / "backup"), with_keys=True, entries=7))
    assert result["entries"] == 7
    assert result["files"] == 5
    assert read_backup(tmp_path / "backup").made_at == "now"
    assert backups.FORMAT == 2
