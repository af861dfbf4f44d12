"""The decision read off one evaluation."""

from brightline.domain.decision import BreakGlass, Effect, Hold, Layer, Obligation, Reason
from brightline.policy.cedar_text import split
from brightline.policy.engine import Evaluation
from brightline.policy.layers import Rule
from brightline.policy.verdict import Verdicts

TEXT = split("law/x.cedar", "x")[0]
GLASS = BreakGlass("chief", 2)


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


def glazed(satisfied, sign_offs=None, break_glass=None):
    """The decision over a hold that the glass lifts, one that it does not, and an absolute prohibition."""
    made = [
        Rule(TEXT, Layer.LAW, True, {}, Reason("a", Layer.LAW), Hold("a", "officer", 2, break_glass=GLASS)),
        held_rule("b", "lawyer", 1),
        rule("c", Layer.OPERATOR),
        rule("d", Layer.VENDOR),
        Rule(TEXT, Layer.LAW, True, {}, Reason("e", Layer.LAW)),
    ]
    return Verdicts(made).decision(Evaluation(satisfied, ()), sign_offs or {}, break_glass or {})


def test_breaking_the_glass_lifts_the_hold_that_names_it_and_no_other():
    assert glazed((0, 2, 3), break_glass={"chief": 2}).permitted
    assert glazed((0, 2, 3), break_glass={"chief": 1}).effect is Effect.HOLD
    assert [hold.policy_id for hold in glazed((0, 1, 2, 3), break_glass={"chief": 9}).holds] == ["b"]
    assert glazed((0, 1, 2, 3), {"lawyer": 1}, {"chief": 2}).permitted
    assert glazed((0, 1, 2, 3), break_glass={"chief": 2, "lawyer": 9, "officer": 9}).effect is Effect.HOLD


def test_sign_offs_and_broken_glass_are_not_added_up():
    assert glazed((0, 2, 3), {"officer": 1}, {"chief": 1}).effect is Effect.HOLD
    assert glazed((0, 2, 3), {"chief": 9}, {"officer": 9}).effect is Effect.HOLD


def test_nothing_lifts_an_absolute_prohibition():
    everybody = dict.fromkeys(("officer", "lawyer", "chief", ""), 99)
    assert glazed((0, 1, 2, 3, 4), everybody, everybody).code == "policy/forbidden"
    assert glazed((0, 1, 3), everybody, everybody).code == "policy/not-permitted"


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
