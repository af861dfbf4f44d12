"""Releases: what the vectors cannot say."""

import json
from pathlib import Path

import pytest

from brightline.domain.sign_off.canonical import canonical, tagged
from brightline.domain.sign_off.release import Release
from brightline.testing.sign_off import BERT, CLEO, make_scene

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "sign_off" / "releases.json").read_text(encoding="utf-8"))


def test_the_gateway_signs_all_but_its_signature() -> None:
    made = make_scene().release
    value = json.loads(made.canonical)
    del value["gateway"]
    assert made.tagged == tagged("release", canonical(value))


def test_statements_are_sorted_by_person() -> None:
    scene = make_scene((CLEO, BERT))
    assert [signed.statement.person for signed in scene.release.statements] == ["bert", "cleo"]


def test_one_person_twice_is_read_and_left_to_who_counts() -> None:
    scene = make_scene((BERT, BERT))
    assert Release.parse(scene.release.canonical) == scene.release


@pytest.mark.parametrize("case", VECTORS["releases"], ids=lambda case: case["about"])
def test_a_published_release_is_read(case: dict[str, str]) -> None:
    made = Release.parse(case["release"].encode())
    assert made.digest.hex() == case["digest"]
    assert made.binding.digest.hex() == case["binding_digest"]
    made.binding.check_rendering()
