from dataclasses import replace

import pytest

from brightline.domain.decision import Effect, Hold, Layer
from brightline.policy.layers import Rule, read_layers
from brightline.policy.proof.causes import Altered, altered, causes_of, change_of
from brightline.policy.proof.differences import Change
from brightline.policy.trial import Contribution, Standing

VENDOR = Contribution(Effect.PERMIT, Layer.VENDOR)
OPERATOR = Contribution(Effect.PERMIT, Layer.OPERATOR)
FORBID = Contribution(Effect.FORBID, Layer.LAW)
TWO = Contribution(Effect.HOLD, Layer.LAW, Hold("", "officer", 2))
ONE = Contribution(Effect.HOLD, Layer.LAW, Hold("", "officer", 1))


def rule(name: str, when: str = "true", *, reason: str = "r") -> Rule:
    text = (
        f'@id("{name}") @reason("{reason}") @clause("c") @source("s")\n'
        f"forbid (principal, action, resource) when {{ {when} }};\n"
    )
    (read,), faults = read_layers({"law/a.cedar": text})
    assert not faults
    return read


def names(*found: str) -> list[Altered]:
    return [Altered(name, rule(name), None) for name in found]


def test_what_is_altered() -> None:
    same, gone, changed, new = rule("same"), rule("gone", "1 == 2"), rule("changed"), rule("new", "1 == 3")
    after = [rule("same", reason="said otherwise"), rule("changed", "1 == 1"), new]
    found = altered([same, gone, changed], after)
    assert [(one.policy_id, one.cause().how) for one in found] == [
        ("changed", "changed"),
        ("gone", "removed"),
        ("new", "added"),
    ]
    assert found[0].same_kind
    assert not found[1].same_kind
    assert found[2].cause().place == "law/a.cedar:1"
    with pytest.raises(ValueError, match="nothing"):
        Altered("nothing", None, None).cause()


def test_another_id_is_no_difference() -> None:
    assert altered([rule("a"), rule("c", "1 == 2")], [rule("b"), rule("d", "1 == 2")]) == ()
    assert [one.policy_id for one in altered([rule("a")], [rule("b"), rule("d")])] == ["d"]


def test_another_hold_is_a_difference() -> None:
    held = replace(rule("a"), hold=Hold("a", "officer", 2))
    (found,) = altered([rule("a")], [held])
    assert not found.same_kind


def test_how_an_answer_changes() -> None:
    held, less = Standing(Effect.HOLD, frozenset({TWO.demand})), Standing(Effect.HOLD, frozenset({ONE.demand}))
    permit, forbid = Standing(Effect.PERMIT), Standing(Effect.FORBID)
    assert change_of(forbid, permit) is Change.PERMITTED
    assert change_of(permit, held) is Change.HELD
    assert change_of(held, forbid) is Change.FORBIDDEN
    assert change_of(held, less) is Change.LOOSENED
    assert change_of(less, held) is Change.TIGHTENED
    assert change_of(held, held) is None
    assert change_of(permit, permit) is None


def test_the_cause_is_what_already_makes_the_difference() -> None:
    before = {"v": VENDOR, "o": OPERATOR, "a": FORBID}
    assert causes_of(before, before, names("a")) == ()
    assert causes_of(before, {"v": VENDOR, "o": OPERATOR, "b": OPERATOR}, names("a", "b")) == ("a",)
    two = {**before, "b": FORBID}
    assert causes_of(two, {"v": VENDOR, "o": OPERATOR}, names("a", "b")) == ("a", "b")
    assert causes_of({"v": VENDOR}, {"v": VENDOR, "n": OPERATOR}, names("n")) == ("n",)
    assert causes_of({**before, "a": TWO}, {**before, "a": ONE}, names("a")) == ("a",)


def test_three_at_once_are_found_one_by_one() -> None:
    many = dict.fromkeys(("a", "b", "c"), FORBID)
    before = {"v": VENDOR, "o": OPERATOR, **many}
    found = causes_of(before, {"v": VENDOR, "o": OPERATOR, "x": OPERATOR}, names("a", "b", "c", "x"))
    assert found == ("a", "b", "c")


def test_very_many_are_reduced_and_not_combined() -> None:
    many = {f"n{index:02}": FORBID for index in range(20)}
    before, after = {"v": VENDOR, "o": OPERATOR}, {"v": VENDOR, "o": OPERATOR, **many}
    assert len(causes_of(before, after, names(*many))) == 1
