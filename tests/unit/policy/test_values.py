"""Cedar's values in Python: what Python would take for equal and Cedar does not."""

import pytest

from brightline.policy.values import (
    Datetime,
    Decimal,
    Duration,
    Entity,
    EvaluationError,
    IpRange,
    absent,
    key,
)


def test_a_bool_in_a_set_is_no_number():
    assert frozenset([key(True)]) != frozenset([key(1)])
    assert frozenset([key(False)]) != frozenset([key(0)])
    assert key(True) != key(False)


def test_records_in_sets_compare_by_their_fields():
    assert key({"a": 1, "b": {"c": True}}) == key({"b": {"c": True}, "a": 1})
    assert key({"a": 1}) != key({"a": True})
    assert key("a") == "a"


def test_extension_values_never_equal_each_other():
    assert len({Decimal(1), Datetime(1), Duration(1), IpRange(32, 1, 32)}) == 4


def test_the_ends_of_a_range():
    assert IpRange(32, 0x0A0B0C0D, 8).ends == (0x0A000000, 0x0AFFFFFF)
    assert IpRange(128, 5, 128).ends == (5, 5)


def test_a_handle_is_no_uid():
    one, other = absent(("A", "x")), absent(("B", "x"))
    assert one != other
    assert one != ("A", "x")
    assert {one, other, one} == {one, other}


def test_attributes_of_entities():
    assert Entity(("A", "x"), "A", frozenset(), {"n": 1}, {})["n"] == 1
    with pytest.raises(KeyError):
        Entity(("A", "x"), "A", frozenset(), {}, {})["n"]
    with pytest.raises(EvaluationError):
        absent(("A", "x"))["n"]
