"""One pass over all policies."""

from brightline.policy.compile import Group
from brightline.policy.engine import Engine, Evaluation
from brightline.policy.values import absent

WHO, OTHER = absent(("U", "u")), absent(("U", "v"))


def appending(*, satisfied=(), errored=()):
    def rules(_principal, _action, _resource, _context, held, failed):
        held += satisfied
        failed += errored

    return rules


def test_every_group_is_tried_whatever_the_others_did_and_positions_rise():
    engine = Engine(
        [
            Group(lambda *_: True, appending(satisfied=(5,), errored=(4, 1))),
            Group(lambda *_: False, appending(satisfied=(2,), errored=(3,))),
            Group(lambda *_: True, appending(satisfied=(0,))),
        ]
    )
    assert engine.evaluate(WHO, WHO, WHO, {}) == Evaluation((0, 5), (1, 4))


def test_the_scope_of_one_principal_is_not_taken_for_that_of_another():
    engine = Engine([Group(lambda principal, *_: principal is WHO, appending(satisfied=(0,)))])
    for _ in range(2):
        assert engine.evaluate(WHO, WHO, WHO, {}).satisfied == (0,)
        assert engine.evaluate(OTHER, WHO, WHO, {}).satisfied == ()


def test_no_policies():
    assert Engine(()).evaluate(WHO, WHO, WHO, {}) == Evaluation((), ())
