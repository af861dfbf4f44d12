import json

import cedarpy
import pytest

from brightline.policy.proof.schema_model import BOOLEAN, EntityOf, SchemaError, SetOf
from brightline.policy.proof.schema_text import read_schema_text, to_json, unescaped
from tests.unit.policy.proof.encoded import SCHEMA

NAMESPACED = """
// a comment
@doc("words") namespace A::B {
  entity S, T in [S] = { "odd name": Bool, @note x?: Set<S> } tags __cedar::String;
  action "do it", other in ["all", A::B::Action::"all", Action::"all"] appliesTo {
    principal: [S, T], resource: S, context: { y: Long },
  };
  action all;
  action alone in all appliesTo { principal: S, resource: S, context: C };
  type C = { z: Bool };
}
"""


def test_names_lists_and_escapes() -> None:
    model = read_schema_text(NAMESPACED)
    shape = dict(model.entities["A::B::T"].attributes.attributes)
    assert shape["odd name"].type == BOOLEAN
    assert shape["x"].type == SetOf(EntityOf("A::B::S"))
    assert not shape["x"].required
    assert model.actions["A::B::Action", "do it"].principals == ("A::B::S", "A::B::T")
    assert model.action_groups(("A::B::Action", "other")) >= {("A::B::Action", "all")}
    assert dict(model.actions["A::B::Action", "alone"].context.attributes)["z"].type == BOOLEAN


@pytest.mark.parametrize("text", [SCHEMA, NAMESPACED])
def test_cedarpy_validates_against_what_it_becomes(text: str) -> None:
    """A schema that cedarpy cannot read is an error of its own, whatever the policy."""
    found = cedarpy.validate_policies("permit(principal, action, resource);", json.dumps(to_json(text)))
    assert found.errors == []


def test_an_empty_text_is_an_empty_schema() -> None:
    assert to_json("") == {"": {"entityTypes": {}, "actions": {}, "commonTypes": {}}}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a", "a"),
        (r"\n\r\t\0\\\"\'", "\n\r\t\0\\\"'"),
        (r"\u{1F_600}", "\U0001f600"),
        (r"\x41", "A"),
    ],
)
def test_escapes(written: str, value: str) -> None:
    assert unescaped(written) == value


@pytest.mark.parametrize("written", [r"\q", r"\u{D800}", r"\u{110000}"])
def test_bad_escapes(written: str) -> None:
    with pytest.raises(SchemaError):
        unescaped(written)


@pytest.mark.parametrize(
    "text",
    [
        "entity",
        "entity 1;",
        "entity A",
        "entity A in [B C];",
        "entity A enum [x];",
        "frobnicate A;",
        "action a appliesTo { world: A };",
        "action a appliesTo { principal A };",
        "action a attributes {};",
        "action a in A::b::;",
        "action a in [b c];",
        "type A = ;",
        "type A = Set<Long;",
        "type A = { a Long };",
        "type A = { a: Long b: Long };",
        "namespace { }",
        "entity A = 5;",
        'entity "A";',
        "type A = " + "Set<" * 40 + "Long" + ">" * 40 + ";",
        "entity \u00a7;",
        "@doc(1) entity A;",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(SchemaError):
        read_schema_text(text)
