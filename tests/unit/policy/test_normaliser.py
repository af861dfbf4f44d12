"""Written requests under a schema: each refusal, and the values that come of what fits."""

import json

import cedarpy
import pytest

from brightline.policy.draft import own_schema
from brightline.policy.entities import store_of
from brightline.policy.errors import PolicyError
from brightline.policy.normaliser import Normaliser
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.request import closed_entities
from brightline.policy.values import Datetime, Decimal, Duration, IpRange, RecordKey, Truth
from brightline.policy.written import WrittenRequest

SCHEMA = {
    "": {
        "entityTypes": {
            "User": {"shape": {"type": "Record", "attributes": {}}},
            "Colour": {"enum": ["red", "green"]},
            "string": {},
        },
        "actions": {
            "group": {},
            "look": {
                "memberOf": [{"id": "group"}],
                "appliesTo": {
                    "principalTypes": ["User"],
                    "resourceTypes": ["User", "Colour"],
                    "context": {
                        "type": "Record",
                        "attributes": {
                            "yes": {"type": "Boolean"},
                            "words": {"type": "Set", "element": {"type": "String"}},
                            "colours": {
                                "type": "Set",
                                "element": {"type": "Entity", "name": "Colour"},
                                "required": False,
                            },
                            "number": {"type": "Long"},
                            "inner": {
                                "type": "Record",
                                "attributes": {"name": {"type": "String"}, "user": {"type": "Entity", "name": "User"}},
                            },
                            **{
                                name: {"type": "Extension", "name": name, "required": False}
                                for name in ("decimal", "datetime", "duration", "ipaddr")
                            },
                            "flags": {"type": "Set", "element": {"type": "Boolean"}, "required": False},
                            "records": {
                                "type": "Set",
                                "element": {"type": "Record", "attributes": {"n": {"type": "Long"}}},
                                "required": False,
                            },
                            "odd": {"type": "Entity", "name": "string", "required": False},
                        },
                    },
                },
            },
        },
    }
}
ENTITIES = [
    *({"uid": {"type": "User", "id": name}, "attrs": {}, "parents": []} for name in ("a", "b")),
    {"uid": {"type": "Colour", "id": "red"}, "attrs": {}, "parents": []},
    {"uid": {"type": "Action", "id": "group"}, "attrs": {}, "parents": []},
    {"uid": {"type": "Action", "id": "look"}, "attrs": {}, "parents": [{"type": "Action", "id": "group"}]},
]
STORE = store_of(ENTITIES)
NORMALISER = Normaliser(read_schema(json.dumps(SCHEMA)), STORE)
RED = {"__entity": {"type": "Colour", "id": "red"}}
A = {"__entity": {"type": "User", "id": "a"}}
CONTEXT = {"yes": True, "words": ["x", "y", "x"], "number": -5, "inner": {"name": "n", "user": A}}
LOOK = ("Action", "look")


def asked(context, *, principal=("User", "a"), action=LOOK, resource=("User", "b")) -> WrittenRequest:
    return WrittenRequest(principal, action, resource, context)


def extension(function: str, text: object) -> dict:
    return {"__extn": {"fn": function, "arg": text}}


def refused(request: WrittenRequest) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        NORMALISER.request(request)
    return caught.value


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ({"action": ("Action", "lok")}, "policy/request-action"),
        ({"action": ("Other", "look")}, "policy/request-action"),
        ({"action": ("Action", "group")}, "policy/request-scope"),
        ({"principal": ("Colour", "red")}, "policy/request-scope"),
        ({"resource": ("string", "red")}, "policy/request-scope"),
        ({"principal": ("User", "nobody")}, "policy/absent-entity"),
        ({"resource": ("User", "nobody")}, "policy/absent-entity"),
    ],
)
def test_a_scope_that_does_not_fit(scope, code):
    assert refused(asked(CONTEXT, **scope)).code == code


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"more": 1}, "policy/request-unknown", "context.more"),
        ({"inner": {"name": "n", "user": A, "nmae": "n"}}, "policy/request-unknown", "context.inner.nmae"),
        ({"inner": {"name": "n"}}, "policy/request-missing", "context.inner.user"),
        ({"inner": []}, "policy/request-type", "context.inner"),
        ({"yes": 1}, "policy/request-type", "context.yes"),
        ({"yes": None}, "policy/request-type", "context.yes"),
        ({"number": True}, "policy/request-type", "context.number"),
        ({"number": 2**63}, "policy/request-type", "context.number"),
        ({"number": -(2**63) - 1}, "policy/request-type", "context.number"),
        ({"number": 1.0}, "policy/request-type", "context.number"),
        ({"words": "x"}, "policy/request-type", "context.words"),
        ({"words": ["x", 1]}, "policy/request-type", "context.words"),
        ({"flags": [True, 1]}, "policy/request-type", "context.flags"),
        ({"colours": ["red"]}, "policy/request-type", "context.colours"),
        ({"colours": [{"__entity": {"type": "Colour", "id": "blue"}}]}, "policy/request-type", "context.colours"),
        ({"colours": [A]}, "policy/request-type", "context.colours"),
        ({"colours": [{"__entity": {"type": "Colour", "id": 1}}]}, "policy/request-type", "context.colours"),
        ({"colours": [{"__entity": {"type": "Colour"}}]}, "policy/request-type", "context.colours"),
        ({"colours": [{**RED, "x": 1}]}, "policy/request-type", "context.colours"),
        ({"colours": [{"__entity": "red"}]}, "policy/request-type", "context.colours"),
        ({"decimal": "1.23456"}, "policy/request-type", "context.decimal"),
        ({"decimal": 1}, "policy/request-type", "context.decimal"),
        ({"decimal": extension("datetime", "1.5")}, "policy/request-type", "context.decimal"),
        ({"decimal": extension("decimal", 1)}, "policy/request-type", "context.decimal"),
        ({"decimal": {"__extn": "1.5"}}, "policy/request-type", "context.decimal"),
        ({"decimal": {"fn": "decimal", "arg": "1.5"}}, "policy/request-type", "context.decimal"),
        ({"records": [{"n": 1, "m": 2}]}, "policy/request-unknown", "context.records.m"),
    ],
)
def test_a_context_that_does_not_fit(changes, code, path):
    error = refused(asked({**CONTEXT, **changes}))
    assert (error.code, f"`{path}`" in str(error)) == (code, True)


@pytest.mark.parametrize("name", ["yes", "words", "number", "inner"])
def test_what_is_required_must_be_there(name):
    error = refused(asked({key: value for key, value in CONTEXT.items() if key != name}))
    assert (error.code, f"`context.{name}`" in str(error)) == ("policy/request-missing", True)


def test_an_absent_entity_in_the_context_refuses():
    inner = {"name": "n", "user": {"__entity": {"type": "User", "id": "nobody"}}}
    assert refused(asked({**CONTEXT, "inner": inner})).code == "policy/absent-entity"


def test_values_of_every_type():
    context = {
        **CONTEXT,
        "colours": [RED, {"type": "Colour", "id": "green"}],
        "decimal": "1.5",
        "datetime": extension("datetime", "1970-01-02"),
        "duration": extension("duration", "-1s"),
        "ipaddr": "10.0.0.0/8",
        "flags": [True, False],
        "records": [{"n": 1}],
    }
    found = NORMALISER.request(asked(context, resource=("Colour", "red")))
    red, green = STORE.handle(("Colour", "red")), STORE.handle(("Colour", "green"))
    assert (found.principal, found.action, found.resource) == (STORE.handle(("User", "a")), STORE.handle(LOOK), red)
    assert ("Action", "group") in found.action.within
    assert found.context == {
        "yes": True,
        "words": frozenset({"x", "y"}),
        "number": -5,
        "inner": {"name": "n", "user": STORE.handle(("User", "a"))},
        "colours": frozenset({red, green}),
        "decimal": Decimal(15_000),
        "datetime": Datetime(86_400_000),
        "duration": Duration(-1_000),
        "ipaddr": IpRange(32, 10 << 24, 8),
        "flags": frozenset({Truth.TRUE, Truth.FALSE}),
        "records": frozenset({RecordKey(frozenset({("n", 1)}))}),
    }
    schema = cedarpy.Schema.from_json_str(json.dumps(SCHEMA))
    policies = cedarpy.PolicySet.from_str("permit (principal, action, resource);")
    written = asked(context, resource=("Colour", "red")).as_json()
    assert cedarpy.is_authorized(written, policies, "[]", schema).decision is cedarpy.Decision.Allow


def test_an_empty_set():
    assert NORMALISER.request(asked({**CONTEXT, "words": []})).context["words"] == frozenset()


def test_a_type_called_like_a_scalar_is_a_type():
    error = refused(asked({**CONTEXT, "odd": "x"}))
    assert error.code == "policy/request-type"


def test_the_schema_of_this_release():
    entities = [
        *closed_entities(),
        {"uid": {"type": "Unit", "id": "o/u"}, "attrs": {}, "parents": []},
        {"uid": {"type": "Deployment", "id": "d"}, "attrs": {"vendor": "v", "model": "m"}, "parents": []},
    ]
    normaliser = Normaliser(read_schema(own_schema()), store_of(entities))
    bare = WrittenRequest(("Unit", "o/u"), ("Action", "generate"), ("Deployment", "d"), {"fact": {}, "claimed": {}})
    with pytest.raises(PolicyError) as caught:
        normaliser.request(bare)
    assert caught.value.code == "policy/request-missing"
