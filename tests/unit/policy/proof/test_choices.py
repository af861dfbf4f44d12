"""What a solver counts as chosen is what `typical` counts: tried by the engine that decides, near and far."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from brightline.policy.attributes import actions_of, at, put
from brightline.policy.compile import compile_policies
from brightline.policy.draft import own_schema, read_draft
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of
from brightline.policy.proof.choices import choices, coherent
from brightline.policy.request import closed_entities, entities_of
from brightline.policy.typical import Registers, Typical, registers_of
from brightline.policy.written import WrittenRequest

GENERATE = next(action for action in actions_of(own_schema()) if action.id == "generate")
Trial = Callable[[Typical], Callable[[WrittenRequest], tuple[set[str], bool]]]


@pytest.fixture
def registers(directory: Callable[..., Path]) -> Registers:
    draft, _ = read_draft(directory())
    assert draft is not None
    return registers_of((draft.manifest,))


@pytest.fixture
def chosen_of(directory: Callable[..., Path]) -> Trial:
    draft, _ = read_draft(directory())
    assert draft is not None
    store = store_of([*closed_entities(), *entities_of(draft.manifest)])

    def of(typical: Typical) -> Callable[[WrittenRequest], tuple[set[str], bool]]:
        found = choices(typical)
        engine = Engine(
            compile_policies([*(dict(one.plain) for one in found), dict(coherent(typical))]).bind(store.handle)
        )

        def decide(asked: WrittenRequest) -> tuple[set[str], bool]:
            context = record_of(dict(asked.context), store)
            handles = (store.handle(uid) for uid in asked[:3])
            evaluation = engine.evaluate(*handles, context)
            assert evaluation.errored == ()
            names = {one.name for index, one in enumerate(found) if index not in evaluation.satisfied}
            return names, len(found) in evaluation.satisfied

        return decide

    return of


def agree(typical: Typical, decide: Callable[[WrittenRequest], tuple[set[str], bool]]) -> None:
    chance = random.Random(7)
    asked = typical.plain
    for _ in range(150):
        others = list(typical.others(asked))
        asked = chance.choice(others) if chance.random() < 0.9 else typical.plain
        if chance.random() < 0.2:
            asked = asked._replace(context=put(asked.context, ("fact", chance.choice(["vendor", "unit"])), "odd"))
        names, fits = decide(asked)
        assert names == {one.name for one in typical.deviations(asked)} - {"action"}
        assert fits == (not typical.contradictions(asked))


def test_from_the_plain_request(registers: Registers, chosen_of: Trial) -> None:
    typical = Typical(GENERATE, registers, ["m", "other"], [7])
    agree(typical, chosen_of(typical))


def test_around_a_request(registers: Registers, chosen_of: Trial) -> None:
    start = Typical(GENERATE, registers, ["m"], [7]).plain
    start = start._replace(context=put(put(start.context, ("fact", "app"), "x"), ("fact", "max_output_tokens"), 9))
    typical = Typical(GENERATE, registers, ["m", "other"], [7], around=start)
    agree(typical, chosen_of(typical))


def test_without_any_mission_listed(registers: Registers, chosen_of: Trial) -> None:
    bare = Registers(registers.units, registers.deployments, {}, registers.enclaves)
    typical = Typical(GENERATE, bare, [], [])
    assert at(typical.plain.context, ("fact", "mission")) == ""
    agree(typical, chosen_of(typical))
