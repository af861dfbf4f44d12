"""The encoder on Cedar's own tests: what it accepts, and that its formulas say what the evaluator that serves says.

For every validating case and every kind of request of its schema, the policy becomes formulas, printed for both.
For each request the formulas are evaluated and compared with the evaluator; for a sample both solvers are given the
request as facts and must find the same. Part of `cedar-corpus`: `encoder_part`.
"""

import json
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import cedarpy
import pytest

from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine, Evaluation
from brightline.policy.entities import record_of, store_of
from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof import encode_expression
from brightline.policy.proof.encode import Chart, Environment, Problem, environments
from brightline.policy.proof.evaluation import Assignment, Found, assignment_of, evaluate_all
from brightline.policy.proof.schema_model import SchemaModel
from brightline.policy.proof.schema_text import read_schema_text
from brightline.policy.proof.smtlib import smtlib
from brightline.policy.proof.solver import Limits, Sat, SolverPool, Unsat, solve
from brightline.policy.proof.terms import (
    TRUE,
    Term,
    conj,
    disj,
    entity,
    eq,
    iff,
    integer,
    neg,
    reachable,
    text,
    truth,
)
from tests.benchmarks.harness import CEDAR_CORPUS, Bar, Control, Options

VALIDATING = 6_190
BAR_ACCEPTED = 0.95
QUICK_STEP = 20
SOLVED_STEP = 40  # cases of which both solvers see a request; each takes some 20 ms
LIMITS = Limits(seconds=20)
_PINNED = ("app", "member", "subset", "meets", "reaches", "above", "like")


class EncodedCase(NamedTuple):
    """One validating case: its policies, schema, entities and requests."""

    name: str
    policies: Mapping[str, Mapping]
    schema: SchemaModel
    entities: list[dict]
    requests: list[dict]


def validating(step: int) -> Iterator[EncodedCase]:
    """Every `step`th of the cases that should validate."""
    with tarfile.open(CEDAR_CORPUS) as archive:
        files = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
    names = sorted(name for name in files if name.endswith(".json") and not name.endswith(".entities.json"))
    cases = (json.loads(files[name]) for name in names)
    for case in [case for case in cases if case["shouldValidate"]][::step]:
        policies = json.loads(cedarpy.policies_to_json_str(files[case["policies"]].decode()))["staticPolicies"]
        schema = read_schema_text(files[case["schema"]].decode())
        yield EncodedCase(case["policies"], policies, schema, json.loads(files[case["entities"]]), case["requests"])


class Seen(NamedTuple):
    """What came of one case: the construct that was refused, or how many requests agreed, and which did not."""

    refused: str
    agreed: int
    differing: tuple[str, ...]


def problems(case: EncodedCase, *, printed: bool = True) -> dict[Environment, Problem]:
    """The problem of every kind of request, with each policy encoded and printed; raises `UnsupportedError`."""
    found = {one: Problem(case.schema, one, chart=Chart.PARTIAL) for one in environments(case.schema)}
    for problem in found.values():
        for policy in case.policies.values():
            whole = disj((problem.satisfied(policy), problem.errored(policy)))
            for dialect in ("z3", "cvc5") if printed else ():
                smtlib(problem, whole, dialect=dialect)
    return found


def checked(case: EncodedCase, *, printed: bool = True) -> Seen:
    """Encode `case` and compare each of its requests with the evaluator."""
    try:
        found = problems(case, printed=printed)
    except UnsupportedError as error:
        return Seen(error.construct, 0, ())
    evaluations = evaluated(case)
    differing = []
    for request, wanted in zip(case.requests, evaluations, strict=True):
        if encoded(case, found[environment_of(request)], request) != wanted:
            differing.append(f"{case.name}: {request['description']}")
    return Seen("", len(case.requests) - len(differing), tuple(differing))


def environment_of(request: Mapping) -> Environment:
    action = request["action"]
    return Environment(request["principal"]["type"], (action["type"], action["id"]), request["resource"]["type"])


def evaluated(case: EncodedCase) -> list[Evaluation]:
    """What the evaluator that serves finds for each request."""
    store = store_of(case.entities)
    engine = Engine(compile_policies(case.policies.values()).bind(store.handle))
    found = []
    for request in case.requests:
        uids = [(request[part]["type"], request[part]["id"]) for part in ("principal", "action", "resource")]
        found.append(engine.evaluate(*map(store.handle, uids), record_of(request["context"], store)))
    return found


def encoded(case: EncodedCase, problem: Problem, request: Mapping) -> Evaluation:
    """What the formulas say of one request."""
    policies = list(case.policies.values())
    terms = [problem.satisfied(policy) for policy in policies] + [problem.errored(policy) for policy in policies]
    values = evaluate_all(terms, assignment_of(case.schema, request, case.entities))
    satisfied, errored = values[: len(policies)], values[len(policies) :]
    return Evaluation(*(tuple([index for index, value in enumerate(one) if value]) for one in (satisfied, errored)))


def _constant(value: Found) -> Term:
    if isinstance(value, bool):
        return truth(value)
    if isinstance(value, int):
        return integer(value)
    return text(value) if isinstance(value, str) else entity(value)


def pins(terms: list[Term], assignment: Assignment) -> Term:
    """The request, as facts about everything unknown in `terms`."""
    asked = [term for term in reachable(*terms).values() if term.op in _PINNED and term.sort[0] != "Set"]
    pairs = zip(asked, evaluate_all(asked, assignment), strict=True)
    return conj([eq(term, _constant(value)) for term, value in pairs])


def solved(case: EncodedCase, pool: SolverPool) -> str:
    """Give one request to both solvers; empty when they find what the evaluator finds."""
    found, request = problems(case, printed=False), case.requests[0]
    problem, wanted = found[environment_of(request)], evaluated(case)[0]
    policies = list(case.policies.values())
    terms, same = [], []
    for index, policy in enumerate(policies):
        for term, positions in (
            (problem.satisfied(policy), wanted.satisfied),
            (problem.errored(policy), wanted.errored),
        ):
            terms.append(term)
            same.append(iff(term, truth(index in positions)))
    facts = pins(terms, assignment_of(case.schema, request, case.entities))
    differently = solve(problem, conj([facts, neg(conj(same))]), limits=LIMITS, pool=pool)
    # Facts that contradict each other would agree with anything.
    possible = (
        facts == TRUE or pool.ask_text("z3", smtlib(problem, facts, dialect="z3"), limits=LIMITS).verdict == "sat"
    )
    return "" if isinstance(differently, Unsat) and possible else f"{case.name}: {differently}, possible: {possible}"


def answered(case: EncodedCase, pool: SolverPool) -> str:
    """Ask for a request that satisfies the policy; empty when the evaluator agrees, or there is none to be found."""
    problem = next(iter(problems(case, printed=False).values()))
    policy = next(iter(case.policies.values()))
    found = solve(problem, problem.satisfied(policy), limits=LIMITS, pool=pool)
    if not isinstance(found, Sat):
        return ""
    again = case._replace(entities=list(found.request.entities), requests=[found.request.as_json()])
    return "" if 0 in evaluated(again)[0].satisfied else f"{case.name}: a request that does not satisfy it"


def _control(name: str, instead: object, cases: list[EncodedCase]) -> Control:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode_expression, name, instead)
        seen = sum(len(checked(case, printed=False).differing) for case in cases)
    return Control(f"`{name}` encoded wrongly on purpose", seen > 0, f"{seen} requests differ")


def encoder_part(options: Options) -> tuple[list[Bar], list[Control], list[str]]:
    """Bars, controls and notes of the encoder's part of `cedar-corpus`."""
    cases = list(validating(QUICK_STEP if options.quick else 1))
    seen = [checked(case) for case in cases]
    accepted = [case for case, one in zip(cases, seen, strict=True) if not one.refused]
    refused = Counter(one.refused for one in seen if one.refused)
    differing = [line for one in seen for line in one.differing]
    with SolverPool() as pool:
        sample = accepted[:: 5 if options.quick else SOLVED_STEP]
        failing = [line for case in sample for line in (solved(case, pool), answered(case, pool)) if line]
    share = len(accepted) / len(cases)
    agreed = sum(one.agreed for one in seen)
    bars = [
        Bar("validating cases that the encoder accepts", share, BAR_ACCEPTED, "of all", better="high"),
        Bar("validating cases read", len(cases), VALIDATING // QUICK_STEP if options.quick else VALIDATING, "", "high"),
        Bar("requests where formulas and evaluator differ", len(differing), 0, "requests"),
        Bar("requests where they agree", agreed, len(accepted) * 8, "", better="high"),
        Bar("sampled requests that a solver sees otherwise", len(failing), 0, "requests"),
    ]
    few = accepted[:: max(1, len(accepted) // 300)]
    controls = [
        _control("equal", lambda _left, _right, _domain: TRUE, few),
        _control("neg", lambda term: term, few),
    ]
    notes = [f"refused: {count} of {construct}" for construct, count in refused.most_common()]
    return bars, controls, [*notes, f"both solvers saw {len(sample)} requests", *differing[:5], *failing[:5]]
