"""What is true of every request that can be written, beyond what a proof needs.

It is told to a solver that found a request which cannot be written, so that it finds another; what is impossible with
these laws is no proof.
LIMIT: a request that only a moment outside the years 0000 to 9999 would satisfy is neither shown nor ruled out.
"""

from collections.abc import Iterator
from itertools import combinations, islice

from brightline.policy.proof.encode import Problem
from brightline.policy.proof.schema_model import Scalar, Type
from brightline.policy.proof.smtlib import pattern_of
from brightline.policy.proof.terms import INT, Symbol, Term, at_most, conj, implies, integer, neg, reachable
from brightline.policy.proof.witness import FIRST_MS, LAST_MS
from brightline.policy.proof.witness_text import apart, implied

# Two patterns of one string; people write dozens.
_MOST_PAIRS = 20_000


def laws(problem: Problem, assertion: Term) -> Term:
    """What patterns have to do with each other, and that moments are such as Cedar's text can write."""
    terms = list(reachable(assertion).values())
    moments = [term for term in terms if _type_of(problem, term) == Scalar("datetime")]
    written = [conj((at_most(integer(FIRST_MS), at), at_most(at, integer(LAST_MS)))) for at in moments]
    return conj([*written, *_of_patterns(terms)])


def _type_of(problem: Problem, term: Term) -> Type | None:
    """The type of a number that is unknown; none for everything else."""
    symbol = term.data
    if not isinstance(symbol, Symbol) or term.sort != INT:
        return None
    schema = problem.schema
    if symbol.root == "context":
        return schema.type_at(schema.actions[problem.environment.action].context, symbol.path)
    kind = schema.entities.get(symbol.of)
    return schema.type_at(kind.tags if symbol.root == "tag" else kind.attributes, symbol.path) if kind else None


def _of_patterns(terms: list[Term]) -> Iterator[Term]:
    of_one: dict[bytes, list[Term]] = {}
    for term in terms:
        if term.op == "like":
            of_one.setdefault(term.args[0].key, []).append(term)
    for likes in of_one.values():
        for one, other in islice(combinations(likes, 2), _MOST_PAIRS):
            first, second = pattern_of(one), pattern_of(other)
            if apart(first, second):
                yield neg(conj((one, other)))
            elif implied(first, second):
                yield implies(one, other)
            elif implied(second, first):
                yield implies(other, one)
