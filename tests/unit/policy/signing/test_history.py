"""The versions accepted before lead to the one in force by signatures alone, or nothing is served."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from brightline.crypto.errors import CryptoError
from brightline.policy.errors import PolicyError
from brightline.policy.signing import Kept, check_history
from brightline.sample import agreement_files
from brightline.testing.parties import Parties, Signed, next_version, parties_of, write_files

BOTH = parties_of(agreement_files())
OPERATOR, VENDOR = BOTH.keys
FIRST = BOTH.sign(agreement_files())
SECOND = BOTH.sign(next_version(FIRST.files, FIRST.draft))
ALONE = BOTH.sign(next_version(FIRST.files, FIRST.draft), by=[OPERATOR])
NO_RIGHT = [{**party, "may_tighten": False} for party in json.loads(FIRST.files["manifest.json"])["parties"]]


def history(place: Path, *versions: tuple[Signed, Mapping[str, bytes], str]) -> list[Kept]:
    """Versions as they were accepted, how, and the files that lie there now."""
    kept = []
    for signed, files, how in versions:
        version = signed.draft.manifest.version
        kept.append(Kept(version, signed.draft.digest, how, write_files(place / str(version), files)))
    return kept


def code_of(kept: list[Kept], trust: Signed = FIRST) -> str:
    try:
        check_history(kept, trust.trust)
    except (PolicyError, CryptoError) as error:
        return error.code
    return ""


BEGUN = (FIRST, FIRST.files, "all-parties")


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "policy/broken-history"),
        ({**SECOND.files, "manifest.json": b"{"}, "policy/broken-history"),
        ({**SECOND.files, "manifest.json": b"{}"}, "policy/broken-history"),
        ({**SECOND.files, "manifest.json": b'{"format": 1}'}, "policy/broken-history"),
        ({name: data for name, data in SECOND.files.items() if name != "signatures.json"}, "policy/unsigned"),
        ({**SECOND.files, "signatures.json": b"{"}, "crypto/bad-envelope"),
        ({**SECOND.files, "signatures.json": FIRST.files["signatures.json"]}, "policy/signed-another"),
        (FIRST.files, "policy/rollback"),
        ({**SECOND.files, "schema.json": SECOND.files["schema.json"] + b"\n"}, "policy/equal-version"),
        (BOTH.sign(next_version(SECOND.files, SECOND.draft)).files, "policy/not-the-accepted"),
        (BOTH.sign(next_version(FIRST.files, FIRST.draft, id="other")).files, "policy/another-agreement"),
    ],
)
def test_other_files_than_were_accepted(tmp_path: Path, files: Mapping[str, bytes], code: str) -> None:
    (tmp_path / "2").mkdir()
    assert code_of(history(tmp_path, BEGUN, (SECOND, files, "all-parties"))) == code


def test_a_first_version_whose_files_are_another_agreements(tmp_path: Path) -> None:
    other = BOTH.sign({**next_version(FIRST.files, FIRST.draft, version=1, previous="", id="other")})
    assert code_of(history(tmp_path, (FIRST, other.files, "all-parties"))) == "policy/equal-version"


def test_another_trust(tmp_path: Path) -> None:
    strangers = Parties([OPERATOR, VENDOR]).sign(agreement_files())
    assert code_of(history(tmp_path, BEGUN), strangers) == "policy/genesis-differs"


def test_keys_that_the_version_before_does_not_list(tmp_path: Path) -> None:
    strangers = Parties([OPERATOR, VENDOR]).sign(next_version(FIRST.files, FIRST.draft))
    kept = history(tmp_path, BEGUN, (strangers, strangers.files, "all-parties"))
    assert code_of(kept) == "policy/missing-signatures"


def test_one_party_alone_counts_only_as_a_tightening_and_only_with_the_right(tmp_path: Path) -> None:
    for how, code in (
        ("all-parties", "policy/missing-signatures"),
        ("", "policy/missing-signatures"),
        ("tightening", ""),
    ):
        assert code_of(history(tmp_path, BEGUN, (ALONE, ALONE.files, how))) == code
    first = BOTH.sign({**next_version(FIRST.files, FIRST.draft, version=1, previous="", parties=NO_RIGHT)})
    second = BOTH.sign(next_version(first.files, first.draft), by=[VENDOR])
    kept = history(tmp_path / "b", (first, first.files, "all-parties"), (second, second.files, "tightening"))
    assert code_of(kept, first) == "policy/missing-signatures"


def test_a_first_version_by_one_party_alone_is_none_however_it_says_it_was_accepted(tmp_path: Path) -> None:
    alone = BOTH.sign(agreement_files(), by=[OPERATOR])
    assert code_of(history(tmp_path, (alone, alone.files, "tightening"))) == "policy/missing-signatures"


def test_a_history_in_order_is_one(tmp_path: Path) -> None:
    kept = history(tmp_path, BEGUN, (SECOND, SECOND.files, "all-parties"))
    assert code_of(kept) == code_of(kept[:1]) == code_of([]) == ""
