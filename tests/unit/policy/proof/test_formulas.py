"""The formulas say of every request what `pair` finds out about one: tried on requests near and far."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from brightline.policy.attributes import put
from brightline.policy.draft import Draft, read_draft
from brightline.policy.proof.encode import Chart, Problem, environments
from brightline.policy.proof.evaluation import Assignment, evaluate, evaluate_all
from brightline.policy.proof.formulas import Formulas, chosen_terms, coherent_term
from brightline.policy.proof.pair import pair_of
from brightline.policy.proof.schema_model import read_schema

WORDS = '@clause("c") @source("s") @reason("because")'
OLD = (
    f'@id("a") {WORDS} @hold("officer, 2")\nforbid (principal, action, resource) when {{ context.fact.stream }};\n'
    f'@id("b") {WORDS}\nforbid (principal, action, resource)\n'
    "when { context.fact.input_bytes > 5 && context.fact.remote_urls };\n"
    f'@id("d") {WORDS} @hold("officer, 1")\nforbid (principal, action, resource) when {{ context.fact.remote_urls }};\n'
)
NEW = (
    f'@id("a") {WORDS} @hold("officer, 1")\nforbid (principal, action, resource) when {{ context.fact.stream }};\n'
    f'@id("b") {WORDS}\nforbid (principal, action, resource)\n'
    'when { context.fact.remote_urls && context.fact.app == "m" };\n'
    f'@id("c") {WORDS} @hold("adviser, 1")\n'
    "forbid (principal, action, resource)\n"
    "when { context.fact.input_bytes * 9223372036854775807 > 3 && context.fact.stream };\n"
)


def drafts(directory: Callable[..., Path]) -> tuple[Draft, Draft]:
    found = []
    for text in (OLD, NEW):
        draft, faults = read_draft(directory({"law/more.cedar": text}))
        assert draft is not None, faults
        found.append(draft)
    return found[0], found[1]


def test_agree_with_the_evaluator(directory: Callable[..., Path]) -> None:
    old, new = drafts(directory)
    pair, model = pair_of(old, new), read_schema(new.schema)
    environment = next(one for one in environments(model) if one.action[1] == "generate")
    problem = Problem(model, environment, chart=Chart(pair.entities))
    formulas, typical = Formulas(problem, pair), pair.typical["generate"]
    change, coherent, chosen = formulas.any_change(), coherent_term(problem, typical), chosen_terms(problem, typical)
    chance, kinds = random.Random(3), set()
    for _ in range(120):
        asked = chance.choice(list(typical.others(typical.plain)))
        facts = {
            "stream": [True, False],
            "remote_urls": [True, False],
            "app": ["m", "app"],
            "input_bytes": [0, 6, 2**60],
        }
        for name, values in facts.items():
            asked = asked._replace(context=put(asked.context, ("fact", name), chance.choice(values)))
        given = {name: getattr(asked, name) for name in ("principal", "action", "resource")}
        context: Any = dict(asked.context)
        assignment = Assignment(model, **given, context=context, entities=problem.chart)
        kind = pair.kind_of(asked)
        assert evaluate(change, assignment) == (kind is not None)
        assert evaluate(coherent, assignment) == (not typical.contradictions(asked))
        assert sum(map(bool, evaluate_all(chosen, assignment))) == len(typical.deviations(asked))
        kinds |= {kind} if kind else set()
        for known in kinds:
            inside = bool(evaluate(formulas.of(known), assignment))
            # The formula of a group takes in all that its cause reaches; whoever belongs to the group is inside.
            assert inside or kind != known
    assert len({kind.change for kind in kinds}) >= 3
