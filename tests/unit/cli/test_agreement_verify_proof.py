import json

import pytest

from brightline.policy.directory import MAX_CERTIFICATE_BYTES
from brightline.sample import agreement_files


@pytest.fixture
def place(tmp_path):
    """The sample agreement, with the certificate that it ships with."""
    place = tmp_path / "draft"
    for name, content in agreement_files().items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return place


def code(result):
    assert result.exit_code == 1
    return json.loads(result.stdout)["error"]["code"]


def test_without_a_certificate(place, run) -> None:
    (place / "certificate.json").unlink()
    assert code(run("agreement", "verify-proof", place, "--json")) == "policy/no-certificate"


@pytest.mark.parametrize("content", [b"\xff", b" " * (MAX_CERTIFICATE_BYTES + 1), b"{}"])
def test_a_file_that_is_no_certificate(place, run, tmp_path, content) -> None:
    file = tmp_path / "received.json"
    file.write_bytes(content)
    result = run("agreement", "verify-proof", place, "--certificate", file, "--json")
    assert code(result) == "policy/bad-certificate"


def test_after_a_change_the_certificate_is_for_other_policies(place, run) -> None:
    with (place / "operator/missions.cedar").open("a") as file:
        file.write("\n// a comment\n")
    assert code(run("agreement", "verify-proof", place, "--json")) == "policy/foreign-certificate"


def test_the_certificate_of_the_sample_is_current(place, run) -> None:
    # When this fails after a change of the sample or the encoder, prove it anew: `brightline agreement prove`.
    result = run("agreement", "verify-proof", place)
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("confirmed: the certificate\n")
    own = run("agreement", "verify-proof", place, "--certificate", place / "certificate.json", "--json")
    assert json.loads(own.stdout)["ok"] is True
