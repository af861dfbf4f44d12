import json

import pytest

from brightline.crypto.party_keys import save
from brightline.oversight.enrolment import Enrolment
from brightline.testing.sign_off import BERT


@pytest.fixture
def key_file(tmp_path):
    save(tmp_path / "bert.pem", BERT.key, "")
    return tmp_path / "bert.pem"


def test_a_name_that_no_directory_takes_is_refused(run, tmp_path, key_file) -> None:
    result = run("approver", "enrol", "--person", "no body", "--key", key_file, "--out", tmp_path / "out.json")
    assert "signoff/bad-field" in result.stderr
    assert not (tmp_path / "out.json").exists()


def test_without_a_key_or_with_two_nothing_is_enrolled(run, tmp_path, key_file) -> None:
    for words in ((), ("--key", key_file, "--pkcs11", "x.so")):
        result = run("approver", "enrol", "--person", "bert", "--out", tmp_path / "out.json", *words)
        assert result.exit_code == 2
        assert "give your key by" in result.stderr


def test_the_enrolment_proves_that_the_key_is_its_persons(run, tmp_path, key_file) -> None:
    out = tmp_path / "out.json"
    result = run("approver", "enrol", "--person", "bert", "--key", key_file, "--out", out, "--json")
    enrolled = Enrolment.parse(out.read_bytes())
    enrolled.check()
    assert enrolled.key.id == BERT.key.public.id
    assert json.loads(result.stdout)["result"]["assurance"] == "file"
