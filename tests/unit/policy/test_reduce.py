from brightline.policy.attributes import Action, Attribute
from brightline.policy.reduce import reduce
from brightline.policy.typical import Registers, Typical
from brightline.policy.written import WrittenRequest

ACTION = Action(
    "do",
    ("U",),
    ("D",),
    (
        Attribute(("fact", "flag"), "Boolean", required=True),
        Attribute(("fact", "count"), "Long", required=True),
        Attribute(("fact", "names"), "Set", required=True),
    ),
)
TYPICAL = Typical(ACTION, Registers({}, {}, {}, {}), ["a", "b"], [9, 10, 11])


def asked(**fact: object) -> WrittenRequest:
    return TYPICAL.plain._replace(context={"fact": {**TYPICAL.plain.context["fact"], **fact}})


def test_what_does_not_matter_becomes_plain() -> None:
    found = reduce(
        asked(flag=True, count=5_000, names=["a", "odd", "b"]), TYPICAL, lambda one: one.context["fact"]["flag"]
    )
    assert found.request == asked(flag=True)
    assert found.distance.chosen == 1


def test_what_matters_becomes_as_plain_as_it_can() -> None:
    def holds(one: WrittenRequest) -> bool:
        fact = one.context["fact"]
        return fact["count"] > 9 and len(fact["names"]) > 1

    found = reduce(asked(flag=True, count=5_000, names=["odd", "a", "b"]), TYPICAL, holds)
    assert found.request.context["fact"]["count"] == 10
    assert len(found.request.context["fact"]["names"]) == 2
    assert found.request == reduce(asked(flag=True, count=5_000, names=["odd", "a", "b"]), TYPICAL, holds).request


def test_what_holds_for_nothing_plainer_stays() -> None:
    start = asked(count=10)
    assert reduce(start, TYPICAL, lambda one: one == start).request == start


def test_bounded(monkeypatch) -> None:
    def holds(one: WrittenRequest) -> bool:
        return one.context["fact"]["count"] > 9

    assert reduce(asked(count=5_000), TYPICAL, holds).request == asked(count=10)
    monkeypatch.setattr("brightline.policy.reduce.MAX_STEPS", 0)
    assert reduce(asked(count=5_000, flag=True), TYPICAL, holds).request == asked(count=5_000)


def test_another_action_is_not_undone() -> None:
    start = asked(flag=True)._replace(action=("Action", "else"))
    assert reduce(start, TYPICAL, lambda one: True).request == asked()._replace(action=("Action", "else"))
