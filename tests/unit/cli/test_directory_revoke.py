import json
from dataclasses import replace

import pytest

from brightline.crypto.party_keys import save
from brightline.domain.sign_off.revocation import RevocationList, SignedRevocationList
from brightline.oversight.directory import Directory, entries_of, make_revocations
from brightline.testing.sign_off import key_of

KEY, OTHER = key_of("directory"), key_of("another directory")
FAR_MS = 4_000_000_000_000


@pytest.fixture
def desk(tmp_path):
    save(tmp_path / "directory.pem", KEY, "")
    (tmp_path / "directory.json").write_bytes(Directory(keys=entries_of([KEY.public, OTHER.public])).to_bytes())
    return tmp_path


def go(run, desk, *more):
    return run("directory", "revoke", "--key", desk / "directory.pem", "--out", desk / "list.json", *more)


def read(desk) -> RevocationList:
    return SignedRevocationList.parse((desk / "list.json").read_bytes()).revocations


def write_before(desk, key, **changes: object) -> None:
    before = replace(RevocationList(5, 8, persons=("eve",), serials=(3,)), **changes)
    (desk / "before.json").write_bytes(make_revocations(before, key).canonical)


def test_a_list_that_the_directory_did_not_sign_is_not_continued(run, desk) -> None:
    write_before(desk, OTHER)
    assert "signoff/unknown-directory" in go(run, desk, "--previous", desk / "before.json").stderr
    assert not (desk / "list.json").exists()
    words = ("--previous", desk / "before.json", "--directory", desk / "directory.json")
    assert go(run, desk, *words).exit_code == 0


@pytest.mark.parametrize("words", [("--key-id", "00"), ("--person", "no body"), ("--binding", "x")])
def test_what_names_nothing_is_refused(run, desk, words) -> None:
    assert "signoff/bad-field" in go(run, desk, *words).stderr
    assert not (desk / "list.json").exists()


def test_the_first_list_may_be_empty(run, desk) -> None:
    result = go(run, desk, "--json")
    assert json.loads(result.stdout)["result"]["number"] == 1
    assert read(desk).number == 1
    assert not read(desk).persons


def test_what_was_revoked_stays_revoked_and_the_number_rises(run, desk) -> None:
    write_before(desk, KEY)
    key, binding = "a" * 64, "b" * 64
    words = ("--person", "ana", "--person", "eve", "--serial", 9, "--key-id", key, "--binding", binding)
    result = go(run, desk, "--previous", desk / "before.json", *words)
    assert result.exit_code == 0, result.stderr
    made = read(desk)
    assert (made.number, made.persons, made.serials) == (9, ("ana", "eve"), (3, 9))
    assert (made.keys, made.bindings) == ((key,), (binding,))


def test_the_time_of_a_list_does_not_go_back_with_the_clock(run, desk) -> None:
    write_before(desk, KEY, issued_ms=FAR_MS)
    go(run, desk, "--previous", desk / "before.json")
    assert read(desk).issued_ms == FAR_MS
