import pytest

from brightline.policy.proof import solver as module
from brightline.policy.proof.encode import Chart, Problem
from brightline.policy.proof.evaluation import evaluate
from brightline.policy.proof.smtlib import smtlib
from brightline.policy.proof.solver import Limits, Sat, SolverPool, Unknown, Unsat, solve
from brightline.policy.proof.solver_process import Reply
from brightline.policy.proof.terms import neg
from brightline.policy.proof.witness import assignment_for
from tests.unit.policy.proof.encoded import ENTITIES, LIMITS, REQUESTS, by_engine, by_terms, policy, problem
from tests.unit.policy.proof.test_encode_calls import AGREEING as CALLS
from tests.unit.policy.proof.test_encode_expression import AGREEING

BOTH = Unsat(("z3", "cvc5"))
FEW = [*AGREEING[::5], *CALLS[::5]]
BEYOND = 'context.at.durationSince(datetime("2026-11-22")) > duration("1d")'  # errs only for years that no text writes


def asked(text: str, pool: SolverPool, chart: Chart = Chart.OPEN) -> Unsat | Sat | Unknown:
    about = problem(chart)
    return solve(about, about.satisfied(policy(text)), limits=LIMITS, pool=pool)


@pytest.mark.parametrize("text", FEW)
def test_a_solver_contradicts_no_request(text: str, pool: SolverPool) -> None:
    """What the solvers say cannot be is in no request, and a request that they find is one to the evaluator too."""
    about, written = problem(), policy(text)
    terms = {"satisfied": about.satisfied(written), "errored": about.errored(written)}
    for kind, term in terms.items():
        answer = solve(about, term, limits=LIMITS, pool=pool)
        if isinstance(answer, Sat):
            found = answer.request
            assert evaluate(term, assignment_for(about, found)) is True
            assert getattr(by_engine(written, found.as_json(), found.entities), kind)
        else:
            assert answer == (Unknown("no-witness") if (text, kind) == (BEYOND, "errored") else BOTH)
            assert not any(getattr(by_terms(written, one, about), kind) for one in REQUESTS)


@pytest.mark.parametrize(
    "text",
    [
        "context.n < context.m && context.m < context.n",
        'context.s == "a" && context.s like "b*"',
        'principal in Team::"t1" && Team::"t1" in Team::"t2" && !(principal in Team::"t2")',
        'Team::"t1" in Team::"t2" && Team::"t2" in Team::"t1"',
        "context.words.containsAll(context.others) && context.others.contains(context.s) && "
        "!context.words.contains(context.s)",
        "!context.words.containsAny(context.others) && context.words.contains(context.s) && "
        "context.others.contains(context.s)",
        'principal in context.teams && context.teams == [Team::"t1"] && !(principal in Team::"t1")',
        "context.ip.isLoopback() && context.ip.isMulticast()",
        'context.ip.isInRange(ip("10.0.0.0/8")) && context.ip.isInRange(ip("11.0.0.0/8"))',
        'context.kind != Kind::"red" && context.kind != Kind::"green" && context.kind != Kind::"blue"',
        'principal.boss == User::"b" && principal.boss.age != User::"b".age',
        "context.words.isEmpty() && context.words.contains(context.s)",
        "context.n * 2 == 7",
    ],
)
def test_what_cannot_be_is_said_by_both(text: str, pool: SolverPool) -> None:
    assert asked(text, pool) == BOTH


@pytest.mark.parametrize(
    "text",
    [
        'principal in Org::"o1" && !(principal in Badge::"b1")',
        "principal in context.teams",
        "!context.words.containsAll(context.others) && !context.others.containsAll(context.words)",
        "context.words.containsAny(context.others)",
        "context.words != context.others",
        'context.at > datetime("2026-01-01") && context.span < duration("-1d") && context.d.lessThan(decimal("-2.5"))',
        "context.ip.isIpv6() && !context.ip.isLoopback()",
        'context.ip.isInRange(ip("10.0.0.0/8")) && !(context.ip == ip("10.0.0.0/8"))',
        "resource.points.contains(principal.point) && principal.point has y",
        "!([{x: 1}].containsAll(resource.points))",
        "resource.from.contains(context.ip) && context.ip.isIpv6()",
        "resource.flags.contains(true) && !resource.flags.contains(false)",
        "principal.hasTag(context.s) && principal.getTag(context.s) == 5",
        'principal has boss && principal.boss.name like "a*b" && principal.boss != principal',
        "context has inner && context.inner has a && context.inner.p has y",
        'context has opt && context.opt == "x"',
        'context.s like "*a*" && context.s like "*b*" && !(context.s like "*ab*") && context.s != "ba"',
        'context.s like "a*" || context.s like "b*" || context.s like "*c"',
        'context.at == datetime("0000-02-29") || context.at == datetime("9999-12-31T23:59:59.999Z")',
    ],
)
def test_what_can_be_comes_as_a_request(text: str, pool: SolverPool) -> None:
    answer = asked(text, pool)
    assert isinstance(answer, Sat), answer
    found = answer.request
    assert by_engine(policy(text), found.as_json(), found.entities).satisfied


def test_a_listed_chart_gives_its_own_entities(pool: SolverPool) -> None:
    chart = Chart(ENTITIES)
    answer = asked('principal in Team::"t2"', pool, chart)
    assert isinstance(answer, Sat)
    assert answer.request.principal == ("User", "ann")
    assert list(answer.request.entities) == ENTITIES
    assert asked('principal in Team::"t1" && !(principal in Team::"t2")', pool, chart) == BOTH
    assert asked("principal in principal", pool, Chart([])) == BOTH


def test_a_partial_chart_may_lack_anybody(pool: SolverPool) -> None:
    about = problem(Chart.PARTIAL)
    written = policy('principal.name == "x"')
    answer = solve(about, about.errored(written), limits=LIMITS, pool=pool)
    assert isinstance(answer, Sat)
    listed = [(one["uid"]["type"], one["uid"]["id"]) for one in answer.request.entities]
    assert answer.request.principal not in listed


def test_native_strings_prove_what_interned_ones_do_not(pool: SolverPool) -> None:
    assert asked('context.s like "a*b" && context.s like "*c"', pool) == Unsat(("z3", "cvc5"), "native")


def test_without_a_pool_children_live_for_one_question() -> None:
    about = problem()
    assert solve(about, about.satisfied(policy("false && context.b")), limits=LIMITS) == BOTH
    assert solve(about, neg(about.satisfied(policy("true"))), limits=LIMITS, confirm=False) == Unsat(("z3",))


class Saying(SolverPool):
    """Solvers that say what a test wants."""

    def __init__(self, **replies: Reply) -> None:
        super().__init__()
        self._replies = replies

    def ask(self, solver: str, question: object, *, limits: Limits, queries: list) -> Reply:  # type: ignore[override]
        return self._replies[solver]


@pytest.mark.parametrize(
    ("z3", "cvc5", "wanted"),
    [
        (Reply("unknown", why="timeout"), None, Unknown("timeout")),
        (Reply("unknown", why="memory"), None, Unknown("memory")),
        (Reply("sat", "((x 1))"), None, Unknown("no-witness")),
        (Reply("unsat"), Reply("unsat"), BOTH),
        (Reply("unsat"), Reply("sat"), Unknown("disagreement")),
        (Reply("unsat"), Reply("unknown", why="timeout"), Unknown("unconfirmed")),
    ],
)
def test_only_agreement_is_an_answer(z3: Reply, cvc5: Reply | None, wanted: object) -> None:
    about = problem()
    pool = Saying(z3=z3, cvc5=cvc5 or Reply("unknown"))
    assert solve(about, about.satisfied(policy("context.b")), limits=LIMITS, pool=pool) == wanted


def test_a_request_that_does_not_satisfy_is_not_shown(pool: SolverPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "evaluate", lambda _term, _assignment: False)
    assert asked("context.b", pool) == Unknown("no-witness")


def test_what_is_too_large_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brightline.policy.proof.smtlib.MOST_BYTES", 10)
    assert asked("context.b", Saying()) == Unknown("too-large")


def test_versions(pool: SolverPool) -> None:
    assert set(pool.versions()) == {"z3", "cvc5"}
    about = problem()
    text = smtlib(about, about.satisfied(policy("context.b")), dialect="cvc5")
    assert pool.ask_text("cvc5", text, limits=LIMITS).verdict == "sat"


HARD = [
    "context.n * context.m == 1000000016000000063 && context.n > 1 && context.m > context.n",
    "context.n * context.n * context.n + context.m * context.m * context.m == 9007199254740993 && context.m > 3",
    " && ".join(f'(context.s like "*a{"b" * n}*c*") && !(context.s like "*{"b" * n}a*{"c" * n}*d")' for n in range(9)),
    " && ".join(
        f'(context.words.containsAll(context.others) || ["x{n}"].containsAll(context.words))' for n in range(30)
    ),
]


@pytest.mark.parametrize("text", HARD)
def test_policies_made_to_exhaust_a_solver_end_in_time(text: str, pool: SolverPool) -> None:
    about: Problem = problem(Chart.OPEN)
    answer = solve(about, about.satisfied(policy(text)), limits=Limits(0.5, 1024), pool=pool)
    if isinstance(answer, Sat):
        assert by_engine(policy(text), answer.request.as_json(), answer.request.entities).satisfied
    else:
        assert isinstance(answer, Unknown)
