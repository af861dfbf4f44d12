import itertools

import pytest

from brightline.domain.decision import Effect, Hold, Layer, Reason
from brightline.policy.cedar_text import split
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of
from brightline.policy.layers import Rule
from brightline.policy.proof.evaluation import assignment_of, evaluate
from brightline.policy.proof.judgement import judgement
from brightline.policy.verdict import Verdicts
from tests.unit.policy.proof.encoded import CONTEXT, ENTITIES, MODEL, policy, problem, request


def rule(name: str, layer: Layer, effect: str, condition: str, hold: Hold | None = None) -> Rule:
    text = f"{effect}(principal, action, resource) when {{ {condition} }};"
    [piece] = split(f"{layer.value}/x.cedar", text)
    return Rule(piece, layer, effect == "forbid", policy(text), Reason(name, layer), hold=hold)


RULES = [
    rule("h1", Layer.LAW, "forbid", 'context.words.contains("held")', Hold("h1", "officer", 1)),
    rule("h2", Layer.LAW, "forbid", 'context.words.contains("broken") && context.n + 1 > 0', Hold("h2", "officer", 2)),
    rule("l1", Layer.LAW, "forbid", 'context.words.contains("bad")'),
    rule("o1", Layer.OPERATOR, "permit", 'context.others.contains("operator") && context.n + 1 > 0 || context.b'),
    rule("v1", Layer.VENDOR, "permit", 'context.others.contains("vendor")'),
]
WORDS = [list(words) for count in range(3) for words in itertools.combinations(("held", "broken", "bad"), count)]
OTHERS = [[], ["operator"], ["vendor"], ["operator", "vendor"]]


@pytest.mark.parametrize("number", [1, 2**63 - 1])
def test_it_says_what_the_verdict_says(number: int) -> None:
    about = problem()
    found = judgement(about, RULES)
    store = store_of(ENTITIES)
    engine = Engine(compile_policies([dict(one.policy) for one in RULES]).bind(store.handle))
    verdicts = Verdicts(RULES)
    seen = set()
    for words, others in itertools.product(WORDS, OTHERS):
        asked = request({**CONTEXT, "words": words, "others": others, "n": number, "b": False})
        uids = [(asked[part]["type"], asked[part]["id"]) for part in ("principal", "action", "resource")]
        evaluation = engine.evaluate(*map(store.handle, uids), record_of(asked["context"], store))
        decided = verdicts.decision(evaluation)
        assignment = assignment_of(MODEL, asked, ENTITIES)
        effects = {Effect.PERMIT: found.permit, Effect.HOLD: found.hold, Effect.FORBID: found.forbid}
        assert [one for one, term in effects.items() if evaluate(term, assignment)] == [decided.effect]
        held = {name for name, term in found.held_by.items() if evaluate(term, assignment)}
        assert held >= {hold.policy_id for hold in decided.holds}
        seen.add(decided.effect)
    assert seen == (set(Effect) if number == 1 else {Effect.FORBID})
