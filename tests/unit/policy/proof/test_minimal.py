"""The loop between trying and asking, with answers that a test makes up."""

from brightline.policy.attributes import Action, Attribute
from brightline.policy.proof.minimal import Answer, Minimal, minimal
from brightline.policy.proof.terms import FALSE, TRUE, Term
from brightline.policy.typical import Registers, Typical
from brightline.policy.written import WrittenRequest

ACTION = Action(
    "do", ("U",), ("D",), tuple(Attribute(("fact", name), "Boolean", required=True) for name in ("a", "b", "c"))
)
TYPICAL = Typical(ACTION, Registers({}, {}, {}, {}), [], [])


def asked(*names: str) -> WrittenRequest:
    return TYPICAL.plain._replace(context={"fact": {name: name in names for name in ("a", "b", "c")}})


def run(start: WrittenRequest, allowed: list[WrittenRequest], answers: list[Answer]) -> tuple[Minimal, int]:
    left = list(answers)

    def find(assertion: Term) -> Answer:
        return left.pop(0)

    found = minimal(start, TYPICAL, lambda one: one in allowed, group=TRUE, chosen=(FALSE,), find=find)
    return found, len(left)


def test_what_was_not_chosen_needs_no_question() -> None:
    found, _ = run(asked(), [asked()], [])
    assert (found.reduced.request, found.fewest) == (asked(), True)


def test_the_solver_says_whether_fewer_would_do() -> None:
    found, _ = run(asked("a", "b"), [asked("a", "b")], [Answer(None, shown=True)])
    assert (found.reduced.request, found.fewest) == (asked("a", "b"), True)
    found, _ = run(asked("a", "b"), [asked("a", "b")], [Answer(None, shown=False)])
    assert not found.fewest


def test_one_with_fewer_is_taken_and_asked_about_again() -> None:
    allowed = [asked("a", "b"), asked("c")]
    found, left = run(asked("a", "b"), allowed, [Answer(asked("c"), shown=True), Answer(None, shown=True)])
    assert (found.reduced.request, found.fewest, left) == (asked("c"), True, 0)


def test_an_answer_that_does_not_hold_ends_it() -> None:
    found, _ = run(asked("a", "b"), [asked("a", "b")], [Answer(asked("c"), shown=True)])
    assert (found.reduced.request, found.fewest) == (asked("a", "b"), False)
    also = [asked("a", "b"), asked("b", "c")]
    found, _ = run(asked("a", "b"), also, [Answer(asked("b", "c"), shown=True)])
    assert (found.reduced.request, found.fewest) == (asked("a", "b"), False)
