"""Tags against `tests/vectors/tags.json`."""

import json
from pathlib import Path

import pytest

from brightline.crypto.errors import KeyFormatError
from brightline.crypto.tags import TagKeys, derive_tag_key, tag_with

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "tags.json").read_text(encoding="utf-8"))
MASTER = bytes.fromhex(VECTORS["master"])
KEYS = TagKeys(MASTER)


def test_a_master_of_another_length_refuses() -> None:
    with pytest.raises(KeyFormatError):
        TagKeys(bytes(31))


def test_a_nonce_of_another_length_refuses() -> None:
    with pytest.raises(KeyFormatError):
        KEYS.tag(bytes(15), "mission", "survey")


@pytest.mark.parametrize("case", VECTORS["tags"])
def test_the_vector(case: dict[str, str]) -> None:
    nonce = bytes.fromhex(case["nonce"])
    assert KEYS.tag(nonce, case["kind"], case["name"]).hex() == case["tag"]
    assert derive_tag_key(MASTER, case["kind"], case["name"]).hex() == case["key"]
    assert tag_with(bytes.fromhex(case["key"]), nonce).hex() == case["tag"]


def test_a_kind_does_not_run_into_a_name() -> None:
    assert derive_tag_key(MASTER, "mission", "s") != derive_tag_key(MASTER, "missions", "")


def test_a_mission_key_opens_that_mission_only() -> None:
    nonce = bytes(16)
    assert tag_with(KEYS.mission_key("survey"), nonce) == KEYS.tag(nonce, "mission", "survey")
    assert tag_with(KEYS.mission_key("survey"), nonce) != KEYS.tag(nonce, "mission", "survey-2")


def test_the_master_is_not_shown() -> None:
    assert repr(KEYS) == "TagKeys(…)"
