"""How a fault reads."""

import pytest

from brightline.policy.faults import fault


def test_a_fault_names_its_place():
    assert (
        str(fault("policy/bad-json", "a.json", (3, 4), why="no")) == "a.json:3:4: not strict JSON: no (policy/bad-json)"
    )


def test_a_fault_of_a_whole_file():
    found = fault("policy/missing-file", "law", name="law/")
    assert str(found) == "law: `law/` is missing (policy/missing-file)"
    assert found.hint.startswith("add it")


def test_a_fault_nobody_documented():
    with pytest.raises(KeyError):
        fault("policy/never-heard-of", "x")
