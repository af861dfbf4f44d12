"""One pass over all policies."""

from brightline.policy.engine import Evaluation, evaluate
from brightline.policy.values import EvaluationError, absent

WHO = absent(("U", "u"))


def raises(error):
    def policy(*_):
        raise error

    return policy


def test_every_policy_is_evaluated_whatever_the_others_did():
    policies = (
        lambda *_: True,
        raises(EvaluationError("overflow")),
        lambda *_: False,
        lambda *args: args[3]["missing"],
        raises(TypeError("no such attribute")),
        lambda *_: True,
    )
    assert evaluate(policies, WHO, WHO, WHO, {}) == Evaluation((0, 5), (1, 3, 4))


def test_no_policies():
    assert evaluate((), WHO, WHO, WHO, {}) == Evaluation((), ())
