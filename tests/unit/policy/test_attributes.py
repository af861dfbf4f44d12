import json

from brightline.policy.attributes import Attribute, actions_of, at, put
from brightline.policy.draft import own_schema

SCHEMA = {
    "": {
        "entityTypes": {"U": {}, "D": {}, "E": {"enum": ["a", "b"]}},
        "commonTypes": {
            "Ctx": {"type": "Record", "attributes": {"f": {"type": "Inner"}}},
            "Inner": {
                "type": "Record",
                "attributes": {
                    "flag": {"type": "Bool"},
                    "count": {"type": "EntityOrCommon", "name": "Number", "required": False},
                    "who": {"type": "EntityOrCommon", "name": "E"},
                    "when": {"type": "Extension", "name": "datetime"},
                    "how": {"type": "EntityOrCommon", "name": "decimal"},
                    "all": {"type": "Set", "element": {"type": "Entity", "name": "E"}},
                },
            },
            "Number": {"type": "Long"},
        },
        "actions": {
            "none": {},
            "do": {"appliesTo": {"principalTypes": ["U"], "resourceTypes": ["D"], "context": {"type": "Ctx"}}},
        },
    }
}


def test_every_kind_of_attribute() -> None:
    (action,) = actions_of(json.dumps(SCHEMA))
    assert (action.id, action.principals, action.resources) == ("do", ("U",), ("D",))
    assert action.attributes == (
        Attribute(("f", "flag"), "Boolean", True),
        Attribute(("f", "count"), "Long", False),
        Attribute(("f", "who"), "Entity", True, "E", ("a", "b")),
        Attribute(("f", "when"), "datetime", True),
        Attribute(("f", "how"), "decimal", True),
        Attribute(("f", "all"), "Set", True, "E", ("a", "b")),
    )
    assert action.attributes[0].name == "context.f.flag"


def test_the_schema_of_this_release() -> None:
    actions = {action.id: action for action in actions_of(own_schema())}
    assert sorted(actions) == ["count_tokens", "generate"]
    found = {one.path: one for one in actions["generate"].attributes}
    assert found["fact", "effects"].entity == "Effect"
    assert "surveil" in found["fact", "effects"].members
    assert not found["claimed", "purpose"].required


def test_looking_and_putting() -> None:
    context = {"f": {"a": 1}}
    assert at(context, ("f", "a")) == 1
    assert at(context, ("f", "a", "b")) is None
    assert at(context, ("g",)) is None
    assert put(context, ("f", "b"), 2) == {"f": {"a": 1, "b": 2}}
    assert put(context, ("f", "a"), None) == {"f": {}}
    assert put({}, ("g", "c"), True) == {"g": {"c": True}}
    assert context == {"f": {"a": 1}}
