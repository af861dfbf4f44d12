import json

import pytest

from brightline.policy.draft import own_schema
from brightline.policy.proof.schema_model import (
    BOOLEAN,
    LONG,
    STRING,
    EntityOf,
    RecordOf,
    Scalar,
    SchemaError,
    SetOf,
    read_schema,
    schema_of,
)

NAMESPACED = {
    "A": {
        "entityTypes": {"T": {"shape": {"type": "Shape"}, "memberOfTypes": ["T", "U"]}},
        "commonTypes": {"Shape": {"type": "Record", "attributes": {"u": {"type": "EntityOrCommon", "name": "U"}}}},
        "actions": {
            "go": {"memberOf": [{"id": "all"}, {"type": "Action", "id": "root"}, {"type": "Action", "id": "all"}]},
            "all": {},
        },
    },
    "": {
        "entityTypes": {"U": {"enum": ["x", "y", "x"]}, "Long": {}},
        "actions": {
            "root": {"appliesTo": {"principalTypes": ["A::T"], "resourceTypes": ["U"], "context": None}},
            "other": {"memberOf": [{"type": "A::Action", "id": "all"}], "appliesTo": None},
        },
    },
}


def kinds(attributes: dict) -> dict:
    model = schema_of({"": {"entityTypes": {"T": {"shape": {"type": "Record", "attributes": attributes}}}}})
    return dict(model.entities["T"].attributes.attributes)


def test_the_schema_of_the_gateway() -> None:
    model = read_schema(own_schema())
    assert model.above["Unit"] == {"Organisation"}
    assert model.entities["Effect"].ids
    assert ("Action", "call") in model.action_groups(("Action", "generate"))
    assert dict(model.actions["Action", "generate"].context.attributes)["fact"].required


def test_names_are_looked_for_in_the_namespace_first() -> None:
    model = schema_of(NAMESPACED)
    assert dict(model.entities["A::T"].attributes.attributes)["u"].type == EntityOf("U")
    assert model.above["A::T"] == {"A::T", "U"}
    assert model.entities["U"].ids == ("x", "y")
    groups = {("A::Action", "go"), ("A::Action", "all"), ("Action", "root")}
    assert model.action_groups(("A::Action", "go")) == groups
    assert model.action_groups(("Action", "other")) == {("Action", "other"), ("A::Action", "all")}


def test_types() -> None:
    found = kinds(
        {
            "a": {"type": "Boolean"},
            "b": {"type": "Bool", "required": False},
            "c": {"type": "Set", "element": {"type": "Extension", "name": "ipaddr"}},
            "d": {"type": "Entity", "name": "T"},
            "e": {"type": "Record", "attributes": {}},
            "f": {"type": "EntityOrCommon", "name": "__cedar::Long"},
            "g": {"type": "datetime"},
            "h": {"type": "String"},
        }
    )
    assert found["a"].type == found["b"].type == BOOLEAN
    assert (found["a"].required, found["b"].required) == (True, False)
    assert found["c"].type == SetOf(Scalar("ipaddr"))
    assert found["d"].type == EntityOf("T")
    assert found["e"].type == RecordOf()
    assert (found["f"].type, found["g"].type, found["h"].type) == (LONG, Scalar("datetime"), STRING)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        json.dumps({"": {"entityTypes": {"T": {"memberOfTypes": ["U"]}}}}),
        json.dumps({"": {"entityTypes": {"T": {"memberOfTypes": "T"}}}}),
        json.dumps({"": {"entityTypes": {"T": {"memberOfTypes": [1]}}}}),
        json.dumps({"": {"entityTypes": {"T": {"shape": {"type": "Long"}}}}}),
        json.dumps({"": {"entityTypes": {"T": {"shape": {"type": "Nothing"}}}}}),
        json.dumps({"": {"entityTypes": {"T": {"tags": {"type": "C"}}}, "commonTypes": {"C": {"type": "C"}}}}),
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(SchemaError):
        read_schema(text)
