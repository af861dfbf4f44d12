import os
import stat
import tomllib
from pathlib import Path

import pytest

from brightline.cli.sample_people import ROLES, make_people
from brightline.crypto.party_keys import load
from brightline.domain.sign_off.assertion import SignedAssertion
from brightline.domain.sign_off.errors import SignOffError
from brightline.oversight.directory import Directory
from brightline.oversight.people import People
from brightline.policy.directory import MANIFEST
from brightline.sample import agreement_files

NOW_MS = 1_800_000_000_000


def test_another_sample_s_people_are_nobody_here() -> None:
    ours, theirs = (make_people(now_ms=NOW_MS, random=os.urandom) for _ in range(2))
    with pytest.raises(SignOffError) as caught:
        People(ours.directory, assertions=theirs.files[:1], revocations=None)
    assert caught.value.code == "signoff/unknown-directory"


def test_everybody_may_sign_in_the_part_that_he_plays() -> None:
    made = make_people(now_ms=NOW_MS, random=os.urandom)
    people = People(made.directory, assertions=made.files[:-1], revocations=made.files[-1])
    for name, played in made.persons.items():
        assert people.roles(played.key.public.id, now_ms=NOW_MS) == {ROLES[name]}


def test_the_parts_are_those_that_the_sample_asks_for() -> None:
    written = b"".join(text for name, text in agreement_files().items() if name != MANIFEST).decode()
    for role in ROLES.values():
        assert f'"{role}, ' in written


def test_what_is_written_is_what_was_made_and_its_owner_s_alone(tmp_path: Path) -> None:
    made = make_people(now_ms=NOW_MS, random=os.urandom)
    (tmp_path / "brightline.toml").write_text("format = 1\n")
    made.write(tmp_path)
    settings = (tmp_path / "brightline.toml").read_text()
    assert "[[effector]]" in settings
    assert 'audience = "uav-1.example"' in settings
    assert "state_url" not in settings
    assert Directory.parse((tmp_path / "directory.json").read_bytes()) == made.directory
    assert stat.S_IMODE((tmp_path / "people").stat().st_mode) == 0o700
    for name, played in made.persons.items():
        assert load(tmp_path / "people" / f"{name}.pem", "").public == played.key.public
        written = (tmp_path / "people" / f"{name}.assertion.json").read_bytes()
        assert SignedAssertion.parse(written) == played.assertion


def test_the_machine_is_asked_where_it_listens(tmp_path: Path) -> None:
    (tmp_path / "brightline.toml").write_text("format = 1\n")
    make_people(now_ms=NOW_MS, random=os.urandom).write(tmp_path, state_url="http://127.0.0.1:8801/state")
    (machine,) = tomllib.loads((tmp_path / "brightline.toml").read_text())["effector"]
    assert machine["state_url"] == "http://127.0.0.1:8801/state"
