"""Taking an object apart, fault by fault."""

import pytest

from brightline.policy.fields import ID, MAX_ITEMS, Fields, near
from brightline.policy.strict_json import read


def told(act, text):
    fields = Fields("f.json")
    result = act(fields, read(text))
    return result, [(fault.line, fault.column, fault.text) for fault in fields.faults]


def test_members_that_are_unknown_or_missing():
    result, faults = told(
        lambda fields, node: fields.members(node, "thing", ("id", "model")), '{\n"modle": 1, "id": 2}'
    )
    assert set(result) == {"id"}
    assert faults == [
        (2, 1, "`modle` is not a field of thing; did you mean `model`"),
        (1, 1, "`model` is missing from thing"),
    ]


def test_members_of_what_is_no_object():
    assert told(lambda fields, node: fields.members(node, "thing", ("id",)), "[]") == (
        {},
        [(1, 1, "`thing` must be an object")],
    )


@pytest.mark.parametrize("text", ["7", '""', '"A b"', '"' + "a" * 65 + '"'])
def test_a_bad_string(text):
    result, faults = told(lambda fields, node: fields.text(node, "id", ID), text)
    assert result == ""
    assert len(faults) == 1


@pytest.mark.parametrize("text", ["0", "11", "true", '"1"'])
def test_a_bad_number(text):
    result, faults = told(lambda fields, node: fields.number(node, "n", 1, 10), text)
    assert result == 1
    assert faults == [(1, 1, "`n` must be a whole number from 1 to 10")]


def test_lists_and_tables_are_bounded():
    long_list = "[" + ",".join("1" * (MAX_ITEMS + 1)) + "]"
    long_table = "{" + ",".join(f'"{index}": 1' for index in range(MAX_ITEMS + 1)) + "}"
    for text in ("{}", long_list):
        result, faults = told(lambda fields, node: fields.items(node, "l"), text)
        assert (result, len(faults)) == ([], 1)
    for text in ("[]", long_table):
        result, faults = told(lambda fields, node: fields.table(node, "t"), text)
        assert (result, len(faults)) == ({}, 1)


def test_what_is_missing_was_told_already():
    fields = Fields("f.json")
    assert fields.text(None, "x", ID) == ""
    assert fields.number(None, "x", 3, 9) == 3
    assert fields.items(None, "x") == []
    assert fields.table(None, "x") == {}
    assert fields.faults == []


def test_names_that_stand_twice():
    fields = Fields("f.json")
    nodes = read('["a", "a", "b"]').value
    fields.unique([(node.value, node) for node in nodes], "names")
    assert [(fault.column, fault.text) for fault in fields.faults] == [(7, "`names` `a` stands twice")]


def test_the_near_miss():
    assert near("surviel", ["surveil", "read"]) == "; did you mean `surveil`"
    assert near("x", ["surveil"]) == ""
