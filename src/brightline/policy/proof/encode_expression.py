"""One Cedar expression (cedarpy's JSON form) as an outcome: that it does not error, and its value.

`&&`, `||` and `if` evaluate no more than Cedar does, so what they skip cannot make an error. Types are known while
encoding; an operand of a wrong type is an error at every request, as at run time. A construct that is not in the tables
raises `UnsupportedError` with its name.
"""

from collections.abc import Callable
from typing import NamedTuple

from brightline.policy.expressions import MAX_DEPTH, Json, UnsupportedError, text_of, uid_of
from brightline.policy.proof.encode_calls import call
from brightline.policy.proof.encode_entities import Entities
from brightline.policy.proof.encode_values import (
    NOTHING,
    SETS,
    Fields,
    One,
    Worth,
    Written,
    choose,
    empty,
    equal,
    holds,
    holds_all,
    holds_any,
    usable,
)
from brightline.policy.proof.outcome import ERROR, Outcome, bounded, of_type, yields
from brightline.policy.proof.schema_model import BOOLEAN, LONG, STRING, EntityOf, Scalar
from brightline.policy.proof.terms import (
    FALSE,
    TRUE,
    Pattern,
    Term,
    arithmetic,
    at_most,
    below,
    conj,
    entity,
    implies,
    integer,
    ite,
    like,
    neg,
    text,
    truth,
)

_ORDERED = {LONG, Scalar("datetime"), Scalar("duration")}
_ARITHMETIC = ("+", "-", "*")


class Scope(NamedTuple):
    """What the variables of a policy stand for."""

    principal: One
    action: One
    resource: One
    context: Worth


def fields(node: Json, *names: str) -> list[Json]:
    """The members of the object `node`, which are `names` and no others; raises `UnsupportedError`."""
    if not isinstance(node, dict) or set(node) != set(names):
        raise UnsupportedError("an unknown form of expression")
    return [node[name] for name in names]


class Expressions:
    """Encodes expressions about one kind of request."""

    def __init__(self, scope: Scope, entities: Entities) -> None:
        self._scope = scope
        self._entities = entities
        self._domain = entities.domain
        self._special: dict[str, Callable[[Json, int], Outcome]] = {
            "Value": self._value,
            "Var": self._variable,
            "!": self._not,
            "neg": self._negate,
            "&&": self._all,
            "||": self._any,
            ".": self._attribute,
            "has": self._has,
            "like": self._like,
            "is": self._is,
            "isEmpty": self._is_empty,
            "if-then-else": self._choice,
            "Set": self._set,
            "Record": self._record,
        }
        self._binary: dict[str, Callable[[Worth, Worth], Outcome]] = {
            "==": lambda left, right: yields(equal(left, right, self._domain)),
            "!=": lambda left, right: yields(neg(equal(left, right, self._domain))),
            "<": lambda left, right: _ordered(below, left, right),
            "<=": lambda left, right: _ordered(at_most, left, right),
            ">": lambda left, right: _ordered(below, right, left),
            ">=": lambda left, right: _ordered(at_most, right, left),
            "+": lambda left, right: _computed("+", left, right),
            "-": lambda left, right: _computed("-", left, right),
            "*": lambda left, right: _computed("*", left, right),
            "in": self._within,
            "contains": self._contains,
            "containsAll": self._contains_all,
            "containsAny": self._contains_any,
            "hasTag": self._has_tag,
            "getTag": self._get_tag,
        }

    def outcome(self, node: Json, depth: int = 0) -> Outcome:
        """What `node` gives; raises `UnsupportedError`."""
        if depth > MAX_DEPTH:
            raise UnsupportedError("too deep an expression")
        if not isinstance(node, dict) or len(node) != 1:
            raise UnsupportedError("an unknown form of expression")
        [(name, body)] = node.items()
        if name in self._special:
            return self._special[name](body, depth + 1)
        if name in self._binary:
            left, right = fields(body, "left", "right")
            return self._both(self._binary[name], left, right, depth + 1)
        arguments = [self.outcome(item, depth + 1) for item in body] if isinstance(body, list) else None
        return call(name, arguments)

    def truth(self, node: Json, depth: int = 0) -> Outcome:
        """What `node` gives, which must be a bool: any other type is an error."""
        return boolean(self.outcome(node, depth))

    def _both(self, operation: Callable[[Worth, Worth], Outcome], left: Json, right: Json, depth: int) -> Outcome:
        first, second = self.outcome(left, depth), self.outcome(right, depth)
        if FALSE in (first.fine, second.fine):
            return ERROR
        found = operation(first.value, second.value)
        return Outcome(conj((first.fine, second.fine, found.fine)), found.value)

    def _value(self, node: Json, depth: int) -> Outcome:
        if isinstance(node, dict):
            uid = uid_of(fields(node, "__entity")[0])
            return Outcome(TRUE, One(EntityOf(uid[0]), entity(uid)))
        if type(node) is bool:
            return yields(truth(node))
        if type(node) is int:
            return Outcome(TRUE, One(LONG, integer(node)))
        if type(node) is str:
            return Outcome(TRUE, One(STRING, text(node)))
        raise UnsupportedError("a constant of an unknown type")

    def _variable(self, node: Json, depth: int) -> Outcome:
        scope = self._scope
        named: dict[str, Worth] = {
            "principal": scope.principal,
            "action": scope.action,
            "resource": scope.resource,
            "context": scope.context,
        }
        if text_of(node) not in named:
            raise UnsupportedError(text_of(node))
        return Outcome(TRUE, named[text_of(node)])

    def _not(self, node: Json, depth: int) -> Outcome:
        found = self.truth(fields(node, "arg")[0], depth)
        return Outcome(found.fine, One(BOOLEAN, neg(found.term)))

    def _negate(self, node: Json, depth: int) -> Outcome:
        found = self.outcome(fields(node, "arg")[0], depth)
        if not of_type(found.value, LONG):
            return ERROR
        result = bounded(arithmetic("-", integer(0), found.term), LONG)
        return Outcome(conj((found.fine, result.fine)), result.value)

    def _is_empty(self, node: Json, depth: int) -> Outcome:
        found = self.outcome(fields(node, "arg")[0], depth)
        if not isinstance(found.value, SETS):
            return ERROR
        return Outcome(found.fine, One(BOOLEAN, empty(found.value, self._domain)))

    def _chain(self, name: str, node: Json) -> list[Json]:
        # A chain `a && b && c` comes nested to the left; taken flat it costs no depth.
        operands: list[Json] = []
        left, right = fields(node, "left", "right")
        while isinstance(left, dict) and set(left) == {name}:
            operands.append(right)
            left, right = fields(left[name], "left", "right")
        return [left, right, *reversed(operands)]

    def _all(self, node: Json, depth: int) -> Outcome:
        return self._shortest("&&", node, depth, stops=FALSE)

    def _any(self, node: Json, depth: int) -> Outcome:
        return self._shortest("||", node, depth, stops=TRUE)

    def _shortest(self, name: str, node: Json, depth: int, *, stops: Term) -> Outcome:
        """Operand after operand until one is `stops`; what follows is neither evaluated nor an error."""
        fines: list[Term] = []
        before: list[Term] = []  # for each operand so far: that it lets the next one be evaluated
        for operand in self._chain(name, node):
            found = self.truth(operand, depth)
            fines.append(implies(conj(before), found.fine))
            before.append(neg(found.term) if stops == TRUE else found.term)
            if found.term == stops or found.fine == FALSE:
                break
        passed = conj(before)
        return Outcome(conj(fines), One(BOOLEAN, neg(passed) if stops == TRUE else passed))

    def _attribute(self, node: Json, depth: int) -> Outcome:
        base, name = fields(node, "left", "attr")
        found = self.outcome(base, depth)
        there, value = self._held(found.value, text_of(name)) or (FALSE, NOTHING)
        usable(value)
        return Outcome(conj((found.fine, there)), value) if there != FALSE else ERROR

    def _has(self, node: Json, depth: int) -> Outcome:
        base, name = fields(node, "left", "attr")
        found = self.outcome(base, depth)
        held = self._held(found.value, text_of(name))
        return ERROR if held is None else Outcome(found.fine, One(BOOLEAN, held[0]))

    def _held(self, value: Worth, name: str) -> tuple[Term, Worth] | None:
        """Whether `value` has the attribute `name`, and it; none when it is neither a record nor an entity."""
        if isinstance(value, Fields):
            return value.items.get(name, (FALSE, NOTHING))
        if isinstance(value, One) and isinstance(value.type, EntityOf):
            return self._entities.attribute(value, name)
        return None

    def _like(self, node: Json, depth: int) -> Outcome:
        base, written = fields(node, "left", "pattern")
        found = self.outcome(base, depth)
        if not of_type(found.value, STRING):
            return ERROR
        return Outcome(found.fine, One(BOOLEAN, like(found.term, _pattern(written))))

    def _is(self, node: Json, depth: int) -> Outcome:
        inside = isinstance(node, dict) and "in" in node
        base, kind, *groups = fields(node, *(("left", "entity_type", "in") if inside else ("left", "entity_type")))
        found = self.outcome(base, depth)
        if not isinstance(found.value, One) or not isinstance(found.value.type, EntityOf):
            return ERROR
        if found.value.type.name != text_of(kind):
            return Outcome(found.fine, One(BOOLEAN, FALSE))
        if not groups:
            return Outcome(found.fine, One(BOOLEAN, TRUE))
        group = self.outcome(groups[0], depth)
        within = self._within(found.value, group.value)
        return Outcome(conj((found.fine, group.fine, within.fine)), within.value)

    def _choice(self, node: Json, depth: int) -> Outcome:
        test, then, otherwise = fields(node, "if", "then", "else")
        found = self.truth(test, depth)
        if found.fine == FALSE:
            return ERROR
        if found.term.constant:
            taken = self.outcome(then if found.term == TRUE else otherwise, depth)
            return Outcome(conj((found.fine, taken.fine)), taken.value)
        first, second = self.outcome(then, depth), self.outcome(otherwise, depth)
        fine = conj((found.fine, ite(found.term, first.fine, second.fine)))
        values = [NOTHING if one.fine == FALSE else one.value for one in (first, second)]
        return Outcome(fine, choose(found.term, *values))

    def _set(self, node: Json, depth: int) -> Outcome:
        if not isinstance(node, list):
            raise UnsupportedError("a set of an unknown form")
        items = [self.outcome(item, depth) for item in node]
        return Outcome(conj([item.fine for item in items]), Written(tuple([item.value for item in items])))

    def _record(self, node: Json, depth: int) -> Outcome:
        if not isinstance(node, dict):
            raise UnsupportedError("a record of an unknown form")
        items = {name: self.outcome(item, depth) for name, item in node.items()}
        fine = conj([item.fine for item in items.values()])
        return Outcome(fine, Fields({name: (TRUE, item.value) for name, item in items.items()}))

    def _within(self, left: Worth, right: Worth) -> Outcome:
        if not isinstance(left, One) or not isinstance(left.type, EntityOf):
            return ERROR
        if isinstance(right, One) and isinstance(right.type, EntityOf):
            return yields(self._entities.within(left, right))
        found = self._entities.within_any(left, right) if isinstance(right, SETS) else None
        return ERROR if found is None else yields(found)

    def _contains(self, left: Worth, right: Worth) -> Outcome:
        return yields(holds(left, right, self._domain)) if isinstance(left, SETS) else ERROR

    def _contains_all(self, left: Worth, right: Worth) -> Outcome:
        sets = isinstance(left, SETS) and isinstance(right, SETS)
        return yields(holds_all(left, right, self._domain)) if sets else ERROR

    def _contains_any(self, left: Worth, right: Worth) -> Outcome:
        sets = isinstance(left, SETS) and isinstance(right, SETS)
        return yields(holds_any(left, right, self._domain)) if sets else ERROR

    def _has_tag(self, left: Worth, right: Worth) -> Outcome:
        there = self._tag(left, right)
        return ERROR if there is None else yields(there[0])

    def _get_tag(self, left: Worth, right: Worth) -> Outcome:
        there, value = self._tag(left, right) or (FALSE, NOTHING)
        usable(value)
        return Outcome(there, value)

    def _tag(self, left: Worth, right: Worth) -> tuple[Term, Worth] | None:
        if not isinstance(left, One) or not isinstance(left.type, EntityOf) or not isinstance(right, One):
            return None
        return self._entities.tag(left, right.term) if right.type == STRING else None


def boolean(found: Outcome) -> Outcome:
    """`found`, if it is a bool; else an error."""
    return found if of_type(found.value, BOOLEAN) else ERROR


def _ordered(compare: Callable[[Term, Term], Term], left: Worth, right: Worth) -> Outcome:
    if not isinstance(left, One) or not isinstance(right, One) or left.type != right.type or left.type not in _ORDERED:
        return ERROR
    return yields(compare(left.term, right.term))


def _computed(operation: str, left: Worth, right: Worth) -> Outcome:
    if not isinstance(left, One) or not isinstance(right, One) or not left.type == right.type == LONG:
        return ERROR
    return bounded(arithmetic(operation, left.term, right.term), LONG)


def _pattern(written: Json) -> Pattern:
    if not isinstance(written, list):
        raise UnsupportedError("a pattern of an unknown form")
    parts: list[str | None] = []
    for item in written:
        if item == "Wildcard":
            if not parts or parts[-1] is not None:
                parts.append(None)
            continue
        letter = text_of(fields(item, "Literal")[0])
        if parts and parts[-1] is not None:
            parts[-1] += letter
        else:
            parts.append(letter)
    return tuple(parts)
