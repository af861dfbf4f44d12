"""Whose certificate it is; what it claims is proved again elsewhere."""

from dataclasses import replace

import pytest

from brightline.policy.errors import PolicyError
from brightline.policy.signing import check_certified
from tests.benchmarks.attack_scene import Scene, certificate_for


def test_a_certificate_about_the_agreement(scene: Scene):
    check_certified(scene.first)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda draft: {**draft.texts, "certificate.json": "{}"}, "policy/bad-certificate"),
        (
            lambda draft: {**draft.texts, "law/more.cedar": "", "certificate.json": draft.texts["certificate.json"]},
            "policy/foreign-certificate",
        ),
        (
            lambda draft: {
                **draft.texts,
                "certificate.json": replace(certificate_for(draft), claims=()).to_json(),
            },
            "policy/certificate-claims",
        ),
        (
            lambda draft: {name: text for name, text in draft.texts.items() if name != "certificate.json"},
            "policy/no-certificate",
        ),
    ],
)
def test_no_certificate_of_this_agreement(scene: Scene, change, code):
    with pytest.raises(PolicyError) as refused:
        check_certified(replace(scene.first, texts=change(scene.first)))
    assert refused.value.code == code


def test_an_agreement_without_red_lines(scene: Scene):
    with pytest.raises(PolicyError, match="no red lines"):
        check_certified(replace(scene.first, red_lines=()))
