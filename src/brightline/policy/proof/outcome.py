"""What an expression comes to, as terms: that it does not error, and its value where it does not."""

from typing import NamedTuple

from brightline.policy.proof.encode_values import NOTHING, One, Worth
from brightline.policy.proof.schema_model import BOOLEAN, Scalar
from brightline.policy.proof.terms import FALSE, TRUE, Term, at_most, conj, integer
from brightline.policy.values import LONG_MAX, LONG_MIN


class Outcome(NamedTuple):
    """`fine`: it does not error; `value` means nothing where it does."""

    fine: Term
    value: Worth

    @property
    def term(self) -> Term:
        """The value as one term; false for what has parts, which no caller asks for."""
        return self.value.term if isinstance(self.value, One) else FALSE


ERROR = Outcome(FALSE, NOTHING)


def yields(term: Term) -> Outcome:
    """The bool `term`, without an error."""
    return Outcome(TRUE, One(BOOLEAN, term))


def bounded(term: Term, kind: Scalar) -> Outcome:
    """The number `term` of type `kind`; an error beyond 64 bits."""
    within = conj((at_most(integer(LONG_MIN), term), at_most(term, integer(LONG_MAX))))
    return Outcome(within, One(kind, term))


def of_type(value: Worth, kind: Scalar) -> bool:
    """Whether `value` is of the type `kind`."""
    return isinstance(value, One) and value.type == kind
