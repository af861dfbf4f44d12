"""Asks solvers, in processes of their own that can be killed, whether any request satisfies an assertion.

Z3 answers first and cvc5 confirms that there is none. A request is given only when our own evaluation of the assertion
agrees that it satisfies it. Anything else (time, memory, a crash, two solvers that disagree) is `Unknown`.
"""

from types import TracebackType
from typing import NamedTuple

from brightline.policy.proof.encode import Problem
from brightline.policy.proof.smtlib import Strings
from brightline.policy.proof.terms import Term
from brightline.policy.proof.witness import ProofRequest


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
    """Nobody knows; `why` is timeout, memory, killed, unknown, unconfirmed, disagreement, no-witness or too-large."""

    why: str


class SolverPool:
    """Keeps one warm child per solver for many questions; a killed one is started again. A context manager."""

    def __enter__(self) -> "SolverPool":
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """End the children."""
        raise NotImplementedError

    def versions(self) -> dict[str, str]:
        """The version of each solver by name; raises `PolicyError` (`policy/no-solver`)."""
        raise NotImplementedError


def solve(
    problem: Problem, assertion: Term, *, limits: Limits, pool: SolverPool | None = None, confirm: bool = True
) -> Unsat | Sat | Unknown:
    """Whether any request satisfies `assertion`, with one that does; raises `PolicyError` (`policy/no-solver`).

    With `confirm`, unsatisfiable is said by both solvers or not at all. Without a `pool`, children live for this
    question alone. Raises `UnsupportedError` for what no solver is given.
    """
    raise NotImplementedError
