"""Asks solvers, in processes of their own that can be killed, whether any request satisfies an assertion.

Z3 answers first and cvc5 confirms that there is none. A request is given only when our own evaluation of the assertion
agrees that it satisfies it. Anything else (time, memory, a crash, two solvers that disagree) is `Unknown`.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import NamedTuple

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.encode import Problem
from brightline.policy.proof.evaluation import evaluate
from brightline.policy.proof.laws import laws
from brightline.policy.proof.model import Model, ModelError, asked_terms, values_of
from brightline.policy.proof.smtlib import Dialect, Question, Strings
from brightline.policy.proof.solver_process import Reply, SolverProcess
from brightline.policy.proof.terms import TRUE, Term, conj
from brightline.policy.proof.witness import ProofRequest, assignment_for, rebuild

__all__ = ["Limits", "Sat", "SolverPool", "Unknown", "Unsat", "solve"]


class Limits(NamedTuple):
    """What one question to one solver may cost."""

    seconds: float = 30.0
    megabytes: int = 2048


class Unsat(NamedTuple):
    """No request satisfies the assertion, say `solvers` (by name), of the text with `strings`."""

    solvers: tuple[str, ...]
    strings: Strings = "interned"


class Sat(NamedTuple):
    """`request` satisfies the assertion."""

    request: ProofRequest


class Unknown(NamedTuple):
    """Nobody knows; `why` is timeout, memory, crashed, unknown, unconfirmed, disagreement, no-witness or too-large."""

    why: str


_NO_WITNESS = Unknown("no-witness")


class SolverPool:
    """Keeps one warm child per solver for many questions; a killed one is started again. A context manager."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._processes: dict[tuple[str, int], SolverProcess] = {}

    def __enter__(self) -> "SolverPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children."""
        for process in self._processes.values():
            process.close()
        self._processes.clear()

    def versions(self) -> dict[str, str]:
        """The version of each solver by name; raises `PolicyError` (`policy/no-solver`)."""
        return {name: self._process(name, Limits()).version() for name in ("cvc5", "z3")}

    def ask(self, solver: Dialect, question: Question, *, limits: Limits, queries: list[Term]) -> Reply:
        """What `solver` says to `question`, with the values of `queries`; raises `PolicyError` (`policy/no-solver`)."""
        asked = [question.name_of(term) for term in queries]
        return self.ask_text(solver, question.text, limits=limits, queries=asked)

    def ask_text(self, solver: Dialect, text: str, *, limits: Limits, queries: list[str] | None = None) -> Reply:
        """What `solver` says to a text of `smtlib`; raises `PolicyError` (`policy/no-solver`)."""
        return self._process(solver, limits).ask(text, queries or [], seconds=limits.seconds)

    def _process(self, solver: str, limits: Limits) -> SolverProcess:
        key = solver, limits.megabytes
        if key not in self._processes:
            self._processes[key] = SolverProcess(solver, limits.megabytes, self._monotonic)
        return self._processes[key]


def solve(
    problem: Problem, assertion: Term, *, limits: Limits, pool: SolverPool | None = None, confirm: bool = True
) -> Unsat | Sat | Unknown:
    """Whether any request satisfies `assertion`, with one that does; raises `PolicyError` (`policy/no-solver`).

    With `confirm`, unsatisfiable is said by both solvers or not at all. Without a `pool`, children live for this
    question alone.
    """
    with ExitStack() as stack:
        asked = _Asked(problem, assertion, limits, pool or stack.enter_context(SolverPool()))
        answer = asked.answer("interned", confirm=confirm)
        if answer != _NO_WITNESS:
            return answer
        # The request found cannot be written: interned strings allow too much. Told some laws that are not needed to
        # prove anything, a solver mostly finds one that can be; else strings are taken as they are.
        related = asked._replace(told=laws(problem, assertion)).answer("interned", confirm=False)
        return related if isinstance(related, Sat) else asked.answer("native", confirm=confirm)


class _Asked(NamedTuple):
    problem: Problem
    assertion: Term
    limits: Limits
    pool: SolverPool
    told: Term = TRUE

    def answer(self, strings: Strings, *, confirm: bool) -> Unsat | Sat | Unknown:
        """The answer with one reading of strings."""
        try:
            asserted = self.assertion if self.told == TRUE else conj((self.assertion, self.told))
            question = Question(self.problem, asserted, dialect="z3", strings=strings)
            queries = asked_terms(question)
            reply = self.pool.ask("z3", question, limits=self.limits, queries=queries)
            if reply.verdict == "sat":
                return self._rebuilt(question, queries, reply.values)
            if reply.verdict != "unsat":
                return Unknown(reply.why)
            return self._confirmed(strings) if confirm else Unsat(("z3",), strings)
        except UnsupportedError:
            return Unknown("too-large")

    def _rebuilt(self, question: Question, queries: list[Term], values: str) -> Sat | Unknown:
        try:
            model = Model(question, queries, values_of(values, len(queries)))
            request = rebuild(self.problem, model)
            satisfied = evaluate(self.assertion, assignment_for(self.problem, request))
        except (ModelError, UnsupportedError):
            return _NO_WITNESS
        return Sat(request) if satisfied is True else _NO_WITNESS

    def _confirmed(self, strings: Strings) -> Unsat | Unknown:
        question = Question(self.problem, self.assertion, dialect="cvc5", strings=strings)
        reply = self.pool.ask("cvc5", question, limits=self.limits, queries=[])
        if reply.verdict == "unsat":
            return Unsat(("z3", "cvc5"), strings)
        return Unknown("disagreement" if reply.verdict == "sat" else "unconfirmed")
