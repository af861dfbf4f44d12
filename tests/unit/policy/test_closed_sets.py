"""The closed sets, in code and in the schema."""

import json

from brightline.policy.closed_sets import CLOSED_SETS, UNKNOWN
from brightline.policy.draft import own_schema

TYPES = json.loads(own_schema())[""]["entityTypes"]


def test_the_sets_are_those_of_the_schema():
    enumerated = {kind: tuple(shape["enum"]) for kind, shape in TYPES.items() if "enum" in shape}
    assert enumerated.pop("Dialect")
    assert enumerated == CLOSED_SETS


def test_each_set_has_a_word_for_what_nobody_stated_and_none_stands_twice():
    for members in CLOSED_SETS.values():
        assert members[-1] == UNKNOWN
        assert len(set(members)) == len(members)
