"""Formulas say of every request what the evaluator says, whatever policies are put together."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brightline.policy.proof.solver import Limits, Sat, SolverPool, Unsat, solve
from tests.unit.policy.proof.encoded import (
    CONTEXT,
    ENTITIES,
    OTHER,
    REQUESTS,
    by_engine,
    by_terms,
    policy,
    problem,
    request,
)
from tests.unit.policy.proof.test_encode_calls import AGREEING as CALLS
from tests.unit.policy.proof.test_encode_expression import AGREEING

ATOMS = st.sampled_from([f"({text})" for text in [*AGREEING, *CALLS]])
TEXTS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||", "==", "!="]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"(!{text})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"(if {parts[0]} then {parts[1]} else {parts[2]})"),
    ),
    max_leaves=6,
)
POLICIES = st.lists(st.tuples(st.sampled_from(["when", "unless"]), TEXTS), min_size=1, max_size=3).map(
    lambda clauses: "permit(principal, action, resource) " + " ".join(f"{word} {{ {text} }}" for word, text in clauses)
)


@st.composite
def requests(draw: st.DrawFn) -> dict:
    """Every attribute from one of two contexts, or missing where it may be."""
    chosen = {name: draw(st.sampled_from([CONTEXT, OTHER])).get(name) for name in OTHER}
    context = {name: value for name, value in chosen.items() if value is not None}
    return request(context, draw(st.sampled_from(["ann", "bob", "nobody"])))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(POLICIES, requests())
def test_formulas_agree_with_the_evaluator(text: str, asked: dict) -> None:
    written = policy(f"{text};")
    assert by_terms(written, asked, problem()) == by_engine(written, asked)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(POLICIES, min_size=4, max_size=4))
def test_solvers_agree_with_the_evaluator(texts: list[str]) -> None:
    about = problem()
    with SolverPool() as pool:
        for text in texts:
            written = policy(f"{text};")
            answer = solve(about, about.satisfied(written), limits=Limits(5), pool=pool)
            if isinstance(answer, Sat):
                assert by_engine(written, answer.request.as_json(), answer.request.entities).satisfied
            elif isinstance(answer, Unsat):
                assert not any(by_engine(written, one, ENTITIES).satisfied for one in REQUESTS)
