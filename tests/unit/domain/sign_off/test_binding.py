"""Action bindings: what the vectors cannot say."""

import dataclasses

import pytest

from brightline.domain.sign_off.binding import NO_DEFINITION, ActionBinding, BoundRule, Demand, Rendering
from brightline.domain.sign_off.canonical import canonical, digest
from brightline.domain.sign_off.errors import SignOffError
from brightline.testing.sign_off import make_binding


def test_a_binding_made_by_hand_is_held_against_the_form() -> None:
    for changes in ({"audience": "two words"}, {"rules": ()}, {"not_after_ms": 0}, {"purpose": "\ud800"}):
        with pytest.raises(SignOffError):
            make_binding(**changes)


def test_a_checked_binding_has_its_rules_in_order_and_its_rendering() -> None:
    rules = tuple(BoundRule(name, "", "", "", "role", 1, Demand("role", 2)) for name in ("b", "a"))
    made = make_binding(rules=rules)
    assert [rule.id for rule in made.rules] == ["a", "b"]
    made.check_rendering()
    assert ActionBinding.parse(made.canonical) == made
    assert made.checked() == made


def test_one_rule_stands_once() -> None:
    rule = make_binding().rules[0]
    with pytest.raises(SignOffError):
        make_binding(rules=(rule, rule))


def test_a_rendering_of_something_else_is_found() -> None:
    made = make_binding()
    other = dataclasses.replace(made, arguments={"latitude": 0})
    with pytest.raises(SignOffError) as refused:
        other.check_rendering()
    assert refused.value.code == "signoff/rendering-differs"
    wrong = dataclasses.replace(made, rendering=Rendering(sha256="0" * 64))
    with pytest.raises(SignOffError):
        ActionBinding.parse(wrong.canonical).check_rendering()


def test_the_rendering_is_in_the_digest_and_not_in_itself() -> None:
    made = make_binding()
    other = dataclasses.replace(made, rendering=Rendering(sha256="0" * 64))
    assert made.digest != other.digest
    assert made.rendered == other.rendered


def test_a_model_call_defines_no_tool() -> None:
    made = make_binding(kind="model-call", tool="", definition=NO_DEFINITION)
    assert made.definition == digest("tool-definition", canonical({})).hex()
    for changes in ({"tool": "x", "definition": NO_DEFINITION}, {"tool": "", "definition": "ab" * 32}):
        with pytest.raises(SignOffError):
            make_binding(kind="model-call", **changes)
