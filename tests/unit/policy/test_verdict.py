"""The decision read off one evaluation."""

from brightline.domain.decision import Effect, Hold, Layer, Obligation, Reason
from brightline.policy.cedar_text import split
from brightline.policy.engine import Evaluation
from brightline.policy.layers import Rule
from brightline.policy.verdict import Verdicts

TEXT = split("law/x.cedar", "x")[0]


def rules():
    made = [
        ("a", Layer.LAW, True),
        ("b", Layer.OPERATOR, True),
        ("c", Layer.OPERATOR, False),
        ("d", Layer.VENDOR, False),
    ]
    return [Rule(TEXT, layer, forbids, {}, Reason(name, layer)) for name, layer, forbids in made]


def decide(satisfied=(), errored=()):
    decision = Verdicts(rules()).decision(Evaluation(satisfied, errored))
    return decision.code, [reason.policy_id for reason in decision.reasons], decision.errored


def test_nothing_satisfied_names_both_layers():
    assert decide() == ("policy/not-permitted", ["", ""], ())


def test_a_satisfied_forbid_goes_before_an_errored_one():
    assert decide(satisfied=(1, 2, 3), errored=(0,)) == ("policy/forbidden", ["b"], ("a",))


def test_an_errored_forbid_refuses_what_both_permit():
    assert decide(satisfied=(2, 3), errored=(0, 1)) == ("policy/errored-forbid", ["a", "b"], ("a", "b"))


def test_an_errored_permit_is_not_one():
    assert decide(satisfied=(2,), errored=(3,)) == ("policy/not-permitted", [""], ("d",))


def test_both_permit():
    assert decide(satisfied=(2, 3)) == ("", ["c", "d"], ())


def held(satisfied, errored=(), sign_offs=None, forbids=()):
    """The decision over two held prohibitions, the permits that let them through, and `forbids`."""
    made = [
        held_rule("a", "officer", 2, Obligation("notify", "chief", "a"), Obligation("retention", "brief", "a")),
        held_rule("b", "lawyer", 1, Obligation("narrow", "send", "b"), Obligation("retention", "permanent", "b")),
        rule("c", Layer.OPERATOR, Obligation("buffer", "whole", "c"), Obligation("notify", "chief", "c")),
        rule("d", Layer.VENDOR, Obligation("notify", "auditor", "d"), Obligation("retention", "ordinary", "d")),
        Rule(TEXT, Layer.LAW, True, {}, Reason("e", Layer.LAW), obligations=(Obligation("notify", "police", "e"),)),
    ]
    return Verdicts(made).decision(Evaluation(satisfied, errored), sign_offs or {})


def rule(name, layer, *obligations):
    return Rule(TEXT, layer, False, {}, Reason(name, layer), obligations=obligations)


def held_rule(name, role, quorum, *obligations):
    return Rule(TEXT, Layer.LAW, True, {}, Reason(name, Layer.LAW), Hold(name, role, quorum), obligations)


def test_a_hold_never_softens_another_refusal():
    assert held((0, 2, 3, 4), sign_offs={"officer": 2}).code == "policy/forbidden"
    assert [reason.policy_id for reason in held((0, 2, 3, 4)).reasons] == ["e"]
    assert held((0, 2)).code == "policy/not-permitted"
    assert held((0,), sign_offs={"officer": 2}).code == "policy/not-permitted"


def test_a_held_prohibition_that_errors_is_no_hold():
    decision = held((0, 2, 3), errored=(1,), sign_offs={"officer": 2, "lawyer": 1})
    assert (decision.effect, decision.code, decision.errored) == (Effect.FORBID, "policy/errored-forbid", ("b",))
    assert decision.holds == ()


def test_what_is_held_names_who_must_sign():
    decision = held((0, 1, 2, 3))
    assert (decision.effect, decision.code, decision.permitted) == (Effect.HOLD, "policy/held", False)
    assert decision.holds == (Hold("a", "officer", 2), Hold("b", "lawyer", 1))
    assert [reason.policy_id for reason in decision.reasons] == ["a", "b"]


def test_a_hold_is_lifted_by_enough_sign_offs_of_its_role_and_by_nothing_else():
    assert held((0, 2, 3), sign_offs={"officer": 1}).holds == (Hold("a", "officer", 2),)
    assert held((0, 2, 3), sign_offs={"lawyer": 9}).effect is Effect.HOLD
    assert held((0, 1, 2, 3), sign_offs={"officer": 2}).holds == (Hold("b", "lawyer", 1),)
    permitted = held((0, 1, 2, 3), sign_offs={"officer": 2, "lawyer": 1})
    assert (permitted.effect, permitted.holds) == (Effect.PERMIT, ())
    assert [reason.policy_id for reason in permitted.reasons] == ["c", "d"]


def test_obligations_are_the_union_of_those_of_the_determining_policies_and_the_strictest_retention():
    assert held((0, 1, 2, 3)).obligations == (
        Obligation("retention", "permanent", "b"),
        Obligation("notify", "auditor", "d"),
        Obligation("notify", "chief", "a"),
        Obligation("buffer", "whole", "c"),
        Obligation("narrow", "send", "b"),
    )
    assert held((2, 3)).obligations[0] == Obligation("retention", "ordinary", "d")
    # What was lifted determined the permit as well.
    assert held((0, 1, 2, 3), sign_offs={"officer": 2, "lawyer": 1}).obligations == held((0, 1, 2, 3)).obligations


def test_a_refusal_obliges_to_what_its_own_policies_say():
    assert held((0, 2, 3, 4)).obligations == (Obligation("notify", "police", "e"),)
    assert held((0, 2)).obligations == ()
    assert held((2, 3), errored=(1,)).obligations[0] == Obligation("retention", "permanent", "b")
