"""Prints an assertion about a problem as SMT-LIB, with everything that it rests on; the same text for the same question."""

from typing import Literal, TypeAlias

from brightline.policy.proof.encode import Problem
from brightline.policy.proof.terms import Term

Dialect: TypeAlias = Literal["z3", "cvc5"]
Strings: TypeAlias = Literal["interned", "native"]


def smtlib(problem: Problem, assertion: Term, *, dialect: Dialect, strings: Strings = "interned") -> str:
    """The text whose unsatisfiability shows that no request satisfies `assertion`; raises `UnsupportedError`.

    Without `(check-sat)`. With interned strings it is weaker than with native ones: unsatisfiable is an answer,
    satisfiable is not yet one.
    """
    raise NotImplementedError
