"""The second look at live decisions: what is drawn, what is new, and what follows from a difference."""

import random

import pytest

from brightline.policy.engine import Evaluation
from brightline.policy.oracle import Difference
from brightline.policy.request import Request
from brightline.policy.shadow import Shadow, Watch
from brightline.policy.values import absent

WHO, WHAT, WHERE = (absent((kind, "x")) for kind in ("Unit", "Action", "Deployment"))
REQUEST = Request(WHO, WHAT, WHERE, {})
PERMITTED, NOTHING = Evaluation((0,), ()), Evaluation((), ())


class Reference:
    """Stands for cedarpy: notes what it is asked, and answers as told."""

    def __init__(self) -> None:
        self.asked: list[Evaluation] = []
        self.answer: list[Difference] = []

    def differences(self, requests, evaluations):
        assert len(requests) == len(evaluations) == 1
        self.asked += evaluations
        return iter(self.answer)


def watch(reference: Reference, *, random=lambda size: b"\xff" * size, **settings) -> Watch:
    return Watch(Shadow(random=random, alarm=lambda _: None, **settings), reference)


@pytest.mark.parametrize(("decided", "code"), [(True, "policy/engine-disagrees-live"), (False, "policy/no-decision")])
def test_after_a_difference_both_engines_decide_every_use(decided, code):
    reference = Reference()
    reference.answer = [Difference(0, decided, (3,))]
    watching = watch(reference)
    assert watching.difference(REQUEST, PERMITTED) == (code, (3,))
    reference.answer = []
    assert [watching.difference(REQUEST, PERMITTED) for _ in range(3)] == [None] * 3
    assert (len(reference.asked), watching.count) == (4, (4, 1))


def test_the_first_of_each_shape_is_decided_twice():
    reference = Reference()
    watching = watch(reference)
    elsewhere = REQUEST._replace(principal=absent(("Unit", "y")))
    for _ in range(3):
        for request, evaluation in ((REQUEST, PERMITTED), (REQUEST, NOTHING), (elsewhere, NOTHING)):
            assert watching.difference(request, evaluation) is None
    assert reference.asked == [PERMITTED, NOTHING, NOTHING]


def test_shapes_are_bounded_and_a_difference_reopens_them():
    reference = Reference()
    watching = watch(reference, max_shapes=2)
    for position in range(5):
        assert watching.difference(REQUEST, Evaluation((position,), ())) is None
    assert len(reference.asked) == 2


def test_a_share_is_drawn_at_random():
    chance = random.Random(7)
    reference = Reference()
    watching = watch(reference, random=chance.randbytes, share=10)
    for _ in range(10_000):
        watching.difference(REQUEST, PERMITTED)
    assert 900 < watching.count.compared < 1_100


def test_a_shape_is_drawn_even_when_no_more_are_remembered():
    reference = Reference()
    watching = watch(reference, random=bytes, max_shapes=0)
    assert watching.difference(REQUEST, PERMITTED) is None
    assert reference.asked == [PERMITTED]
