"""The sample actions are bindings of the right form, and differ where they say so."""

import hashlib

import pytest

from brightline.domain.sign_off.binding import ActionBinding
from brightline.testing import approval_samples

MAKERS = ("release_payload", "set_valve", "hostile", "large_evidence")


def fixed(size: int) -> bytes:
    return bytes(range(size))


@pytest.mark.parametrize("name", MAKERS)
def test_a_sample_is_a_binding_with_its_evidence(name: str) -> None:
    made = getattr(approval_samples, name)(fixed, 1_800_000_000_000)
    assert ActionBinding.parse(made.binding.canonical) == made.binding
    made.binding.check_rendering()
    assert [item.sha256 for item in made.binding.evidence] == [
        hashlib.sha256(content).hexdigest() for content in made.contents
    ]


@pytest.mark.parametrize("name", MAKERS)
def test_a_sample_repeats(name: str) -> None:
    make = getattr(approval_samples, name)
    assert make(fixed, 5).binding.canonical == make(fixed, 5).binding.canonical


def test_the_numbers_have_somebody_who_does_not_look() -> None:
    found = approval_samples.numbers(0, open_holds=3)
    assert [each.person for each in found.measured.approvers if each.flagged] == ["bob"]
    assert found.open_holds == 3
