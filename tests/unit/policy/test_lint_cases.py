"""Cases of policies, held against what the engine decides."""

import random
from itertools import product

import pytest

from brightline.policy import lint_cases
from brightline.policy.attributes import actions_of
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import store_of
from brightline.policy.layers import read_layers
from brightline.policy.lint_bounds import Among, Between
from brightline.policy.lint_cases import MAX_CASES, Cases, TooManyCasesError, both, domains_of
from brightline.policy.lint_words import registers_of
from brightline.policy.values import Entity
from tests.unit.policy.lint_scene import SCOPE, subject

WORLD = subject({})
GENERATE = next(action for action in actions_of(WORLD.schema) if action.id == "generate")
DOMAINS = domains_of(
    GENERATE.attributes, registers_of(WORLD.manifest, WORLD.effectors), WORLD.entities, ["generate", "count_tokens"]
)
STORE = store_of(WORLD.entities)
EFFECTS = [STORE.handles["Effect", name] for name in ("read", "write", "kinetic")]

# Every form of condition that is taken apart; each is combined with others below.
ATOMS = [
    'context.fact.mission == "supply"',
    '"supply" != context.fact.mission',
    '["supply", "reporting"].contains(context.fact.mission)',
    "[].contains(context.fact.mission)",
    'context.fact.organisation == "org"',
    'context.fact.enclave like "*e*d"',
    "context.fact.stream",
    "context.fact.stream == true",
    "false != context.fact.stream",
    "context.fact.input_bytes > 1",
    "1 >= context.fact.input_bytes",
    "context.fact.input_bytes == 2",
    "context.fact.input_bytes != 2",
    "context.fact.input_bytes <= 0 || context.fact.input_bytes < 2",
    "context.fact has max_output_tokens && context.fact.max_output_tokens > 1",
    "context.fact has max_output_tokens",
    'context.fact.purpose == Purpose::"training"',
    'context.fact.purpose in [Purpose::"training", Purpose::"general"]',
    'context.fact.purpose in Purpose::"general"',
    'context.fact.effects.contains(Effect::"read")',
    'context.fact.effects.containsAny([Effect::"read", Effect::"write"])',
    'context.fact.effects.containsAll([Effect::"read", Effect::"write"])',
    "context.fact.effects.containsAny([])",
    "context.fact.effects.containsAll([])",
    '[Effect::"read", Effect::"write"].containsAll(context.fact.effects)',
    '[Effect::"kinetic", Effect::"write"].containsAny(context.fact.effects)',
    'context.fact.effects == [Effect::"read"]',
    "context.fact.effects.isEmpty()",
    'principal == Unit::"org/unit"',
    'principal in Organisation::"org"',
    'principal in [Unit::"org/staff", Organisation::"partner"]',
    'principal is Unit in Organisation::"org"',
    "principal is Unit",
    "principal is Deployment",
    'resource in Enclave::"field"',
    'resource.vendor == "Vendor"',
    'action == Action::"generate"',
    "true",
    "false",
    "if context.fact.stream then context.fact.input_bytes > 1 else principal is Unit",
]
# Those of them whose opposite is not.
ONE_SIDED = {
    '[Effect::"read", Effect::"write"].containsAll(context.fact.effects)',
    'context.fact.effects == [Effect::"read"]',
    "context.fact.effects.isEmpty()",
    'principal is Unit in Organisation::"org"',
}
# Not taken apart: true or false as a whole.
CLOSED = [
    "context.fact.mission == context.fact.app",
    "context.fact.input_bytes + 1 > 2",
    'context.fact.app like "a*"',
    'resource["model"] == context.fact.model',
    "{a: 1} has a",
    '[context.fact.app].contains("a")',
    "context.fact.roles.containsAny(context.fact.tools)",
    "context.fact.stream == (context.fact.input_bytes > 1)",
    "context.fact.mission has x",
    "context.fact.effects.isEmpty() == context.fact.stream",
    'context.fact.app in Purpose::"general"',
    "context in [principal]",
]


def policy(body, scope=SCOPE, kind="when"):
    rules, faults = read_layers({"law/a.cedar": f'@id("a") forbid {scope} {kind} {{ {body} }};'})
    assert faults == ()
    return rules[0].policy


def cases(body, **more):
    return Cases(DOMAINS).of(policy(body, **more))


def requests():
    """Requests of every kind in a small world."""
    chance = random.Random(7)
    units = [STORE.handles["Unit", name] for name in ("org/unit", "org/staff", "partner/liaison")]
    deployments = [STORE.handles["Deployment", name] for name in ("one", "two")]
    actions = [STORE.handles["Action", name] for name in ("generate", "count_tokens")]
    for unit, resource, action, number in product(units, deployments, actions, range(4)):
        for purpose in ("training", "general", "unknown"):
            fact = {
                "mission": chance.choice(["supply", "reporting", "other"]),
                "organisation": chance.choice(["org", "partner"]),
                "enclave": chance.choice(["field", "depot", "bare"]),
                "app": "app",
                "stream": chance.random() < 0.5,
                "input_bytes": number,
                "purpose": STORE.handles["Purpose", purpose],
                "effects": frozenset(chance.sample(EFFECTS, chance.randrange(4))),
            }
            if chance.random() < 0.5:
                fact["max_output_tokens"] = chance.randrange(4)
            yield unit, action, resource, {"fact": fact, "claimed": {}}


REQUESTS = list(requests())


def value_at(request, path):
    principal, action, resource, context = request
    node = {"principal": principal, "action": action, "resource": resource, "context": context}
    if path[-1] == "?":
        return value_at(request, path[:-1]) is not None
    for name in path:
        if name not in node:
            return None
        node = node[name]
    if isinstance(node, frozenset):
        return frozenset(item.uid for item in node)
    return node.uid if isinstance(node, Entity) else node


def lies_in(request, case):
    for path, bound in case.items():
        value = value_at(request, path)
        if value is None:
            return False
        if isinstance(bound, Among):
            fits = (bound.allowed is None or value in bound.allowed) and value not in bound.excluded
        elif isinstance(bound, Between):
            fits = bound.low <= value <= bound.high
        else:
            fits = (bound.only is None or value <= bound.only) and all(value & hit for hit in bound.hits)
            fits = fits and not value & bound.without
        if not fits:
            return False
    return True


def satisfied(made):
    engine = Engine(compile_policies([dict(made)]).bind(STORE.handle))
    return [bool(engine.evaluate(*request).satisfied) for request in REQUESTS]


def whole(found):
    """Whether something in the cases was not taken apart."""
    return any(path[0] == "~" for case in found for path in case)


def lies_somewhere(request, found):
    """Whether `request` lies in a case, as far as it was taken apart."""
    known = [{path: bound for path, bound in case.items() if path[0] != "~"} for case in found]
    return any(lies_in(request, case) for case in known)


def hold_to(body, kind="when"):
    made = policy(body, kind=kind)
    found = Cases(DOMAINS).of(made)
    for request, applies in zip(REQUESTS, satisfied(made), strict=True):
        lies = lies_somewhere(request, found)
        assert lies or not applies, body
        assert applies or not lies or whole(found), body


def test_each_condition_and_its_opposite_has_exactly_its_cases():
    for atom in ATOMS:
        assert not whole(cases(atom)), atom
        assert whole(cases(f"!({atom})")) is (atom in ONE_SIDED), atom
        hold_to(atom)
        hold_to(f"!({atom})")


def test_combinations_have_exactly_their_cases():
    chance = random.Random(3)
    for _ in range(150):
        one, two, three = (chance.choice(ATOMS) for _ in range(3))
        shapes = [
            f"({one}) && ({two}) && ({three})",
            f"({one}) || ({two}) && !({three})",
            f"!(({one}) || ({two})) && ({three})",
        ]
        hold_to(chance.choice(shapes), chance.choice(["when", "unless"]))


@pytest.mark.parametrize(
    "scope",
    [
        '(principal == Unit::"org/unit", action, resource)',
        '(principal in Organisation::"org", action in Action::"call", resource in Enclave::"field")',
        '(principal is Unit in Organisation::"partner", action in [Action::"generate"], resource is Deployment)',
        "(principal is Deployment, action, resource)",
        '(principal, action == Action::"count_tokens", resource == Deployment::"two")',
    ],
)
def test_a_scope_has_exactly_its_cases(scope):
    made = policy("true", scope=scope)
    found = Cases(DOMAINS).of(made)
    assert [any(lies_in(request, case) for case in found) for request in REQUESTS] == satisfied(made)


@pytest.mark.parametrize("body", CLOSED)
def test_what_is_not_taken_apart_stays_whole(body):
    [case], [opposite] = cases(body), cases(f"!({body})")
    assert [path[0] for path in case] == ["~"]
    assert both(case, opposite) is None
    assert cases(f"({body}) && !({body})") == []


def test_what_bounds_nothing_is_no_bound():
    scope = '(principal is Unit, action in Action::"call", resource)'
    assert cases("true", scope=scope) == [{}]


def test_the_fact_at_fault_is_named():
    made = Cases(DOMAINS)
    assert made.of(policy("context.fact.stream && context.fact.input_bytes > 3 && context.fact.input_bytes < 2")) == []
    assert made.conflicts == [("context", "fact", "input_bytes")]
    assert made.of(policy('context.fact.enclave == "nowhere"')) == []
    assert made.conflicts == [("context", "fact", "enclave")]
    assert both({("a",): Between(1, 2)}, {("a",): Between(3, 4)}) is None


def test_numbers_at_the_edge_of_what_there_is():
    assert cases("context.fact.input_bytes > 9223372036854775807") == []
    assert cases("context.fact.input_bytes < -9223372036854775808") == []


def test_a_policy_with_too_many_alternatives():
    either = "(" + " || ".join(f"context.fact.input_bytes == {number}" for number in range(MAX_CASES)) + ")"
    assert len(cases(either)) == MAX_CASES
    with pytest.raises(TooManyCasesError):
        cases(f"{either[:-1]} || context.fact.input_bytes == -1)")
    with pytest.raises(TooManyCasesError):
        cases(" && ".join([either] * 3))
    with pytest.raises(TooManyCasesError):
        cases(f"{either} && (context.fact.message_count == 1 || context.fact.message_count == 2)")
    pairs = " && ".join(
        f"(context.fact.{name} == 1 || context.fact.{name} == 2)" for name in ("input_bytes", "message_count")
    )
    assert len(cases(pairs)) == 4


def test_all_policies_together_have_an_end(monkeypatch):
    made = Cases(DOMAINS)
    monkeypatch.setattr(lint_cases, "MAX_PAIRS_OF_ALL", 10)
    for _ in range(2):
        assert made.of(policy("context.fact.stream"))
    with pytest.raises(TooManyCasesError):
        made.of(policy("context.fact.stream"))
