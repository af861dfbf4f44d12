"""The decision read off one evaluation."""

from brightline.domain.decision import Layer, Reason
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
