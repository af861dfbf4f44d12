"""Generated policy sets with entities and requests, made from a list of draws, and shrunk by shrinking that list.

As in Hypothesis, every choice is one number, and 0 is the plainest; so a shorter list of smaller numbers is a plainer
case, and any list at all is some case. Entities, request and each policy have a list of their own.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import cedarpy

from brightline.domain.decision import Layer, Reason
from brightline.policy.cedar_text import PolicyText
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine, Evaluation
from brightline.policy.entities import record_of, store_of
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.verdict import Verdicts
from tests.benchmarks.cedar_grammar import LEAVES, TEMPLATES

T = TypeVar("T")
NAMES = ("n", "s", "b", "set", "r", "friend", "gone", "ip", "at", "zz")
PATTERNS = ('"*"', '"a*"', '"*b"', '"a\\**"', '"*a*b*"', '""', '"ab"', '"*b*"')
UIDS = (("U", "u"), ("U", "v"), ("G", "g"), ("G", "top"), ("U", "gone"))
VALUES: dict[str, Sequence[Json]] = {
    "n": (0, 1, -1, 7, 2**63 - 1, -(2**63)),
    "s": ("", "a", "ab", "b*", "abab"),
    "b": (True, False),
    "set": ([], [1, "a"], [1, True, "a", {"n": 1}], ["a", "b"], [[1], [True]]),
    "r": ({"n": 1}, {"n": True}, {"n": 1, "b": True}, {}),
    "friend": ({"__entity": {"type": "U", "id": "v"}}, {"__entity": {"type": "G", "id": "g"}}),
    "gone": ({"__entity": {"type": "U", "id": "gone"}},),
    "ip": ({"__extn": {"fn": "ip", "arg": "10.0.0.0/8"}}, {"__extn": {"fn": "ip", "arg": "::1"}}),
    "at": (
        {"__extn": {"fn": "datetime", "arg": "2024-02-29"}},
        {"__extn": {"fn": "datetime", "arg": "1969-12-31T12:00:00Z"}},
    ),
}
MAX_POLICIES = 10  # in one set
DEPTH = 3
WRONG = 25  # one operand in so many is of any kind
BEGINNINGS = (
    'context.s == "a"',
    'context.s == "ab"',
    'principal.s like "a*"',
    'context.s like "b*"',
    "context.n > 0",
    "context.n <= 1",
    "context.n + 1 > 1",
    'principal.set.contains("a")',
    'context.set.containsAny(["a", 1])',
    'principal.friend == U::"v"',
    'resource.friend == G::"g"',
    '["a", "ab"].contains(context.s)',
    "context.b",
    "principal has n",
)


class Draws:
    """Numbers that decide a case: drawn at random and noted, or given."""

    def __init__(self, chance: random.Random | None = None, given: Sequence[int] = ()) -> None:
        self.chance = chance
        self._given = given
        self.noted: list[int] = []

    def below(self, bound: int) -> int:
        at = len(self.noted)
        if self.chance is not None:
            number = self.chance.randrange(bound)
        else:
            number = min(self._given[at], bound - 1) if at < len(self._given) else 0
        self.noted.append(number)
        return number

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]


class Generated(NamedTuple):
    """Policies as text, one an entry, and the entities that they are about."""

    policies: list[str]
    entities: list[dict[str, Json]]


class Asked(NamedTuple):
    """One request."""

    principal: tuple[str, str]
    resource: tuple[str, str]
    context: dict[str, Json]

    def as_json(self) -> dict[str, object]:
        named = {"principal": self.principal, "action": ("Action", "a"), "resource": self.resource}
        return {**{part: {"type": kind, "id": name} for part, (kind, name) in named.items()}, "context": self.context}


class Answer(NamedTuple):
    """What one engine found: the determining and the erring policies, and whether it allows."""

    reasons: tuple[int, ...]
    errored: tuple[int, ...]
    allowed: bool


def generated(entities: Draws, policies: Sequence[Draws]) -> Generated:
    texts = [_policy(draws) for draws in policies]
    return Generated([text for text in texts if _readable(text)], _entities(entities))


def from_lists(lists: Sequence[Sequence[int]]) -> tuple[Generated, Asked]:
    """The case of the draws for its entities, its request and each of its policies."""
    entities, request, *policies = [Draws(given=draws) for draws in lists]
    return generated(entities, policies), asked(request)


def asked(draws: Draws) -> Asked:
    return Asked(draws.pick(UIDS), draws.pick(UIDS), _attributes(draws))


def _readable(policy: str) -> bool:
    """Whether cedarpy reads it: some wrong numbers of arguments are refused there already."""
    try:
        cedarpy.policies_to_json_str(policy)
    except ValueError:
        return False
    return True


def _attributes(draws: Draws) -> dict[str, Json]:
    """Some attributes; one in `WRONG` holds a value of another's kind."""
    values: dict[str, Json] = {}
    for name in VALUES:
        if draws.below(6):
            kind = name if draws.below(WRONG) < WRONG - 1 else draws.pick(list(VALUES))
            values[name] = draws.pick(VALUES[kind])
    return values


def _entities(draws: Draws) -> list[dict[str, Json]]:
    """All but the last of `UIDS`, each in some of those after it."""
    listed = UIDS[:-1]
    entities: list[dict[str, Json]] = []
    for index, (kind, name) in enumerate(listed):
        above = [uid for uid in listed[index + 1 :] if draws.below(2)]
        parents: list[Json] = [{"type": kind_above, "id": name_above} for kind_above, name_above in above]
        uid: Json = {"type": kind, "id": name}
        entities.append({"uid": uid, "attrs": _attributes(draws), "parents": parents, "tags": _tags(draws)})
    return entities


def _tags(draws: Draws) -> dict[str, Json]:
    return {name: draws.pick(VALUES[kind]) for name, kind in (("a", "n"), ("b", "s")) if draws.below(2)}


def _policy(draws: Draws) -> str:
    who = draws.pick(("principal", 'principal in G::"top"', 'principal == U::"u"', 'principal is U in G::"g"'))
    where = draws.pick(("resource", "resource is U", 'resource in G::"g"'))
    what = draws.pick(("action", 'action == Action::"a"', 'action in [Action::"a", Action::"b"]'))
    clauses = [_clause(draws) for _ in range(1 + draws.below(2))]
    return f"{draws.pick(('permit', 'permit', 'forbid'))} ({who}, {what}, {where}) {' '.join(clauses)};"


def _clause(draws: Draws) -> str:
    word = draws.pick(("when", "when", "unless"))
    tests = [draws.pick(BEGINNINGS) for _ in range(draws.below(3))]
    if not tests or draws.below(3):
        tests.append(_operand(draws, "bool", DEPTH))
    return f"{word} {{ {' && '.join(tests)} }}"


def _operand(draws: Draws, kind: str, depth: int) -> str:
    chance = draws.below(WRONG)
    if chance == WRONG - 1:
        return _expression(draws, draws.pick(list(LEAVES)), 0)
    if chance == WRONG - 2:
        return f"({_expression(draws, draws.pick(list(LEAVES)), 0)}).{draws.pick(NAMES)}"
    return _expression(draws, kind, depth)


def _expression(draws: Draws, kind: str, depth: int) -> str:
    forms = TEMPLATES[kind]
    if depth == 0 or not forms or not draws.below(3):
        return draws.pick(LEAVES[kind])
    if kind == "bool" and not draws.below(6):
        if draws.below(2):
            return f"(({_operand(draws, 'string', depth - 1)}) like {draws.pick(PATTERNS)})"
        return f"(({_expression(draws, draws.pick(('entity', 'record')), 0)}) has {draws.pick(NAMES)})"
    if kind == "long" and not draws.below(4):
        return f"(({_operand(draws, 'long', depth - 1)}) * ({_operand(draws, 'long', depth - 1)}))"
    text, *kinds = draws.pick(forms)
    return text.format(*[_operand(draws, of, depth - 1) for of in kinds])


class Engines:
    """Both engines over one generated set."""

    def __init__(self, case: Generated) -> None:
        text = "\n".join(case.policies)
        static = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"] if case.policies else {}
        self.policies = [static[f"policy{index}"] for index in range(len(case.policies))]
        self._store = store_of(case.entities)
        self.present = set(self._store.handles)
        # Every policy once as the vendor's and once as the operator's: then ours permits where Cedar allows.
        rules = [_rule(policy, layer) for layer in (Layer.VENDOR, Layer.OPERATOR) for policy in self.policies]
        self._verdicts = Verdicts(rules)
        self._engine = Engine(compile_policies(self.policies).bind(self._store.handle))
        self._policy_set = cedarpy.PolicySet.from_str(text)
        self._entities = cedarpy.Entities.from_json_str(json.dumps(case.entities))

    def evaluate(self, one: Asked) -> Evaluation:
        store = self._store
        what, context = store.handle(("Action", "a")), record_of(one.context, store)
        return self._engine.evaluate(store.handle(one.principal), what, store.handle(one.resource), context)

    def ours(self, one: Asked) -> Answer:
        found = self.evaluate(one)
        forbids = tuple([index for index in found.satisfied if self.policies[index]["effect"] == "forbid"])
        return Answer(forbids or found.satisfied, found.errored, bool(found.satisfied and not forbids))

    def permitted(self, one: Asked) -> bool:
        """What is decided of it in the end, by the rules of an agreement with one vendor and one operator."""
        found, count = self.evaluate(one), len(self.policies)
        satisfied, errored = (
            (*positions, *[index + count for index in positions]) for positions in (found.satisfied, found.errored)
        )
        return self._verdicts.decision(Evaluation(satisfied, errored)).permitted

    def errs(self, answer: Answer) -> bool:
        """Whether a prohibition errs, which Cedar skips and we do not."""
        return any(self.policies[index]["effect"] == "forbid" for index in answer.errored)

    def theirs(self, requests: Sequence[Asked]) -> list[Answer | None]:
        """What cedarpy finds; none where it gives no decision."""
        answers = cedarpy.is_authorized_batch([one.as_json() for one in requests], self._policy_set, self._entities)
        return [_answer(answer) for answer in answers]


def _rule(policy: dict[str, Json], layer: Layer) -> Rule:
    return Rule(
        PolicyText("generated", "", (1, 1), ()), layer, policy["effect"] == "forbid", policy, Reason("x", layer)
    )


def _answer(answer: cedarpy.AuthzResult) -> Answer | None:
    if answer.decision is cedarpy.Decision.NoDecision:
        return None
    errors = [error.partition("`policy")[2].partition("`")[0] for error in answer.diagnostics.errors]
    return Answer(
        tuple(sorted(int(name.removeprefix("policy")) for name in answer.diagnostics.reasons)),
        tuple(sorted(map(int, errors))),
        answer.decision is cedarpy.Decision.Allow,
    )


def shrunk(lists: list[list[int]], fails: Callable[[list[list[int]]], bool], *, tries: int = 1_500) -> list[list[int]]:
    """The plainest lists of draws found for which `fails` still holds, within so many tries."""
    best, left, better = lists, tries, True
    while better and left > 0:
        better = False
        for candidate in _plainer(best):
            left -= 1
            if left <= 0:
                break
            if fails(candidate):
                best, better = candidate, True
                break
    return best


def _plainer(lists: list[list[int]]) -> Iterator[list[list[int]]]:
    """Without a policy; then with a run left out or made zeros, or one smaller number, the largest changes first."""
    for which in range(2, len(lists)):
        yield lists[:which] + lists[which + 1 :]
    for which, draws in enumerate(lists):
        for changed in _changed(draws):
            yield [changed if index == which else kept for index, kept in enumerate(lists)]


def _changed(draws: list[int]) -> Iterator[list[int]]:
    for size in (64, 16, 4, 2, 1):
        for start in range(0, len(draws), max(1, size // 2)):
            run = draws[start : start + size]
            yield draws[:start] + draws[start + size :]
            if any(run):
                yield draws[:start] + [0] * len(run) + draws[start + size :]
    for at, number in enumerate(draws):
        if number > 1:
            yield [*draws[:at], number // 2, *draws[at + 1 :]]
