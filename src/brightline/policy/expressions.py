"""Turns one Cedar expression (cedarpy's JSON form) into one Python expression.

Source is built only from the closed set of templates here and `repr` of parsed constants: no text of a policy is ever
pasted. Constants that Python cannot write as a literal travel in `Constants`. A construct that is not in the tables
raises `UnsupportedError` with its name, at load, never at a decision.
INVARIANT: nesting is bounded, so compiling a policy of another organisation cannot exhaust Python's own parser.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from brightline.policy.operators import EXTENSIONS, Pattern
from brightline.policy.values import EvaluationError, Uid, Value

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None

# Cedar's own corpus nests 11 deep; Python's parser allows 200 parentheses and each level here opens at most three.
MAX_DEPTH = 48

_VARIABLES = frozenset({"principal", "action", "resource", "context"})
_COMPARED = {
    "<": "less({0}, {1})",
    "<=": "less_equal({0}, {1})",
    ">": "(not less_equal({0}, {1}))",
    ">=": "(not less({0}, {1}))",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BINARY = {
    "+": ("add({0}, {1})", "long"),
    "-": ("subtract({0}, {1})", "long"),
    "*": ("multiply({0}, {1})", "long"),
    "in": ("within({0}, {1})", "bool"),
    "contains": ("contains({0}, {1})", "bool"),
    "containsAll": ("contains_all({0}, {1})", "bool"),
    "containsAny": ("contains_any({0}, {1})", "bool"),
    "getTag": ("get_tag({0}, {1})", ""),
    "hasTag": ("has_tag({0}, {1})", "bool"),
    **{name: (template, "bool") for name, template in _COMPARED.items()},
}


class Choice(NamedTuple):
    """A condition on the value of `subject` that can share its look-up with others.

    `look` is the type of a value that is (`str`, `Entity`) or has (`frozenset`) one of the constants `keys`; or `long`
    or `string`, the type that it must have for the one test in `keys`, written as what follows the value.
    """

    look: str
    subject: str
    keys: tuple[str, ...]


class UnsupportedError(Exception):
    """A construct that generated code does not cover; `construct` is its Cedar name."""

    def __init__(self, construct: str) -> None:
        super().__init__(construct)
        self.construct = construct


class TooDeepError(Exception):
    """An expression nested deeper than `MAX_DEPTH`."""


@dataclass(frozen=True, slots=True)
class Code:
    """A Python expression, with what is known of its value.

    `kind` is bool, long, string, entity or empty; `literal` is set for a scalar constant, `constant` for anything that
    is the same for every request. `parts` are the operands of a chain of `&&`, each of kind bool; `choice` says how
    the whole can be found in a table; `members` are the codes of the elements of a constant set.
    """

    text: str
    kind: str = ""
    literal: bool = False
    constant: bool = False
    parts: "tuple[Code, ...]" = ()
    choice: Choice | None = None
    members: "tuple[Code, ...]" = ()


@dataclass(frozen=True, slots=True)
class Constants:
    """What generated code names besides literals: entities of the store, and values made at load."""

    entities: dict[Uid, str] = field(default_factory=dict)
    values: list[Value | Pattern] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)

    def entity(self, uid: Uid) -> str:
        """The name under which the handle of `uid` is bound."""
        return self.entities.setdefault(uid, f"E{len(self.entities)}")

    def value(self, value: Value | Pattern) -> str:
        """The name under which `value` is bound."""
        self.values.append(value)
        return f"K{len(self.values) - 1}"

    def set_of(self, text: str) -> str:
        """The name under which the set that the generated `text` makes is bound, once, and not for every request."""
        self.sets.append(text)
        return f"S{len(self.sets) - 1}"


def _fields(node: Json, *names: str) -> list[Json]:
    if not isinstance(node, dict) or set(node) != set(names):
        raise UnsupportedError("an unknown form of expression")
    return [node[name] for name in names]


def text_of(node: Json) -> str:
    """`node` as a string; raises `UnsupportedError`."""
    if not isinstance(node, str):
        raise UnsupportedError("a name that is not a string")
    return node


def uid_of(node: Json) -> Uid:
    """The uid that `node` writes as `{type, id}`; raises `UnsupportedError`."""
    kind, name = _fields(node, "type", "id")
    return text_of(kind), text_of(name)


def _flat(code: Code) -> list[Code]:
    return [test for part in code.parts for test in _flat(part)] if code.parts else [code]


class Expressions:
    """Generates expressions of one program; `constants` grows with each."""

    def __init__(self, constants: Constants) -> None:
        self._constants = constants
        self._special: dict[str, Callable[[Json, int], Code]] = {
            "Value": self._value,
            "Var": self._variable,
            "!": self._not,
            "neg": self._negate,
            "&&": self._chain_and,
            "||": self._chain_or,
            "==": self._equal,
            "!=": self._unequal,
            ".": self._attribute,
            "has": self._has,
            "like": self._like,
            "is": self._is,
            "isEmpty": self._is_empty,
            "if-then-else": self._choice,
            "Set": self._set,
            "Record": self._record,
        }

    def expression(self, node: Json, depth: int = 0) -> Code:
        """Python for `node`; raises `UnsupportedError` or `TooDeepError`."""
        if depth > MAX_DEPTH:
            raise TooDeepError
        if not isinstance(node, dict) or len(node) != 1:
            raise UnsupportedError("an unknown form of expression")
        [(name, body)] = node.items()
        if name in self._special:
            return self._special[name](body, depth + 1)
        if name in _BINARY:
            return self._binary(name, body, depth + 1)
        if name in EXTENSIONS:
            return self._extension(name, body, depth + 1)
        raise UnsupportedError(name)

    def condition(self, node: Json, depth: int = 0) -> str:
        """Python for `node` that gives a bool or raises `EvaluationError`."""
        return self._boolean(node, depth).text

    def tests(self, node: Json) -> list[Code]:
        """Conditions which, tried in order until one is false, are `node`."""
        return _flat(self._boolean(node, 0))

    # Values are named by how deep they stand, not by a counter: the same condition then reads the same in every policy,
    # and what stands between naming a value and using it is deeper, so nothing is overwritten.
    def _boolean(self, node: Json, depth: int) -> Code:
        code = self.expression(node, depth)
        if code.kind == "bool":
            return code
        name = f"b{depth}"
        return Code(
            f"(({name} := {code.text}) is True or {name} is not False and fail('type error: expected bool'))", "bool"
        )

    def _value(self, node: Json, depth: int) -> Code:
        if isinstance(node, dict):
            return Code(self._constants.entity(uid_of(_fields(node, "__entity")[0])), "entity", constant=True)
        kinds = {bool: "bool", int: "long", str: "string"}
        if type(node) not in kinds:
            raise UnsupportedError("a constant of an unknown type")
        # A negative number gets parentheses; everything else is one token.
        text = f"({node!r})" if type(node) is int and node < 0 else repr(node)
        return Code(text, kinds[type(node)], literal=True, constant=True)

    def _variable(self, node: Json, depth: int) -> Code:
        if node not in _VARIABLES:
            raise UnsupportedError(str(node))
        return Code(text_of(node), "" if node == "context" else "entity")

    def _not(self, node: Json, depth: int) -> Code:
        return Code(f"(not {self.condition(_fields(node, 'arg')[0], depth)})", "bool")

    def _negate(self, node: Json, depth: int) -> Code:
        return Code(f"negate({self.expression(_fields(node, 'arg')[0], depth).text})", "long")

    def _is_empty(self, node: Json, depth: int) -> Code:
        return Code(f"is_empty({self.expression(_fields(node, 'arg')[0], depth).text})", "bool")

    def _chain(self, name: str, node: Json, depth: int) -> Code:
        # A chain `a && b && c` comes nested to the left; written flat it costs no depth.
        operands: list[Json] = []
        left, right = _fields(node, "left", "right")
        while isinstance(left, dict) and set(left) == {name}:
            operands.append(right)
            left, right = _fields(left[name], "left", "right")
        operands += [right, left]
        tests = tuple([self._boolean(operand, depth) for operand in reversed(operands)])
        word = " and " if name == "&&" else " or "
        text = f"({word.join(test.text for test in tests)})"
        return Code(text, "bool", parts=tests if name == "&&" else ())

    def _chain_and(self, node: Json, depth: int) -> Code:
        return self._chain("&&", node, depth)

    def _chain_or(self, node: Json, depth: int) -> Code:
        return self._chain("||", node, depth)

    def _equal(self, node: Json, depth: int) -> Code:
        left, right = (self.expression(side, depth) for side in _fields(node, "left", "right"))
        # A string equals nothing but a string, so Python's own comparison is Cedar's; True == 1 is why others go on.
        if "string" in (left.kind, right.kind):
            return Code(f"({left.text} == {right.text})", "bool", choice=_choice_of(left, right))
        # There is one handle for one uid.
        if "entity" in (left.kind, right.kind) and not (left.literal or right.literal):
            return Code(f"({left.text} is {right.text})", "bool", choice=_choice_of(left, right))
        for one, other in ((left, right), (right, left)):
            if one.literal and one.kind == "bool" and not other.literal:
                return Code(f"({other.text} is {one.text})", "bool")
        return Code(f"equal({left.text}, {right.text})", "bool")

    def _unequal(self, node: Json, depth: int) -> Code:
        return Code(f"(not {self._equal(node, depth).text})", "bool")

    def _attribute(self, node: Json, depth: int) -> Code:
        base, name = _fields(node, "left", "attr")
        # Records and entity handles both answer to subscripts; anything else raises TypeError, and a missing name
        # KeyError: the engine takes both for what they are in Cedar, an evaluation error.
        code = self.expression(base, depth)
        if code.kind in ("bool", "long", "string"):
            return Code("fail('neither a record nor an entity')")
        return Code(f"{code.text}[{text_of(name)!r}]")

    def _has(self, node: Json, depth: int) -> Code:
        base, name = _fields(node, "left", "attr")
        code, once = self.expression(base, depth), f"t{depth}"
        if code.kind:
            return Code(f"has({code.text}, {text_of(name)!r})", "bool")
        asked = f"{text_of(name)!r} in {once} if type({once} := {code.text}) is dict"
        return Code(f"({asked} else has({once}, {text_of(name)!r}))", "bool")

    def _like(self, node: Json, depth: int) -> Code:
        base, written = _fields(node, "left", "pattern")
        if not isinstance(written, list):
            raise UnsupportedError("a pattern of an unknown form")
        parts: list[str | None] = []
        for item in written:
            if item == "Wildcard":
                parts.append(None)
                continue
            letter = text_of(_fields(item, "Literal")[0])
            if parts and parts[-1] is not None:
                parts[-1] += letter
            else:
                parts.append(letter)
        text, once = self.expression(base, depth).text, f"t{depth}"
        slow = f"like({once}, {self._constants.value(tuple(parts))})"
        match parts:
            case [str(start), None]:
                choice = Choice("string", text, (f".startswith({start!r})",))
                fast = f"{once}.startswith({start!r}) if type({once} := {text}) is str"
                return Code(f"({fast} else {slow})", "bool", choice=choice)
            case [None, str(end)]:
                return Code(f"({once}.endswith({end!r}) if type({once} := {text}) is str else {slow})", "bool")
            case [None, str(inner), None]:
                return Code(f"({inner!r} in {once} if type({once} := {text}) is str else {slow})", "bool")
        return Code(f"like({text}, {self._constants.value(tuple(parts))})", "bool")

    def _is(self, node: Json, depth: int) -> Code:
        names = ("left", "entity_type", "in") if isinstance(node, dict) and "in" in node else ("left", "entity_type")
        base, kind, *inside = _fields(node, *names)
        code = self.expression(base, depth)
        if not inside:
            return Code(f"is_type({code.text}, {text_of(kind)!r})", "bool")
        # Named, not written twice: nested, a second copy would double the code at every level.
        once = f"t{depth}"
        group = self.expression(inside[0], depth).text
        return Code(f"(is_type({once} := {code.text}, {text_of(kind)!r}) and within({once}, {group}))", "bool")

    def _choice(self, node: Json, depth: int) -> Code:
        test, then, otherwise = _fields(node, "if", "then", "else")
        first, second = self.expression(then, depth), self.expression(otherwise, depth)
        kind = first.kind if first.kind == second.kind else ""
        return Code(f"({first.text} if {self.condition(test, depth)} else {second.text})", kind)

    def _set(self, node: Json, depth: int) -> Code:
        if not isinstance(node, list):
            raise UnsupportedError("a set of an unknown form")
        items = [self.expression(item, depth) for item in node]
        text = f"frozenset(({''.join(f'key({item.text}), ' for item in items)}))"
        if all(item.constant for item in items):
            return Code(self._constants.set_of(text), "set", constant=True, members=tuple(items))
        return Code(text)

    def _record(self, node: Json, depth: int) -> Code:
        if not isinstance(node, dict):
            raise UnsupportedError("a record of an unknown form")
        items = ", ".join(f"{name!r}: {self.expression(item, depth).text}" for name, item in node.items())
        return Code(f"{{{items}}}")

    def _binary(self, name: str, node: Json, depth: int) -> Code:
        left, right = (self.expression(side, depth) for side in _fields(node, "left", "right"))
        template, kind = _BINARY[name]
        if name == "contains":
            return _contains(left, right, f"t{depth}")
        if name == "containsAny" and right.members and _own_keys(right.members):
            keys = tuple(dict.fromkeys(item.text for item in right.members))
            choice = Choice("frozenset", left.text, keys)
            return Code(template.format(left.text, right.text), kind, choice=choice)
        if name in _COMPARED:
            return _ordered(name, left, right, f"t{depth}")
        if name == "in" and left.kind == right.kind == "entity":
            return Code(f"({right.text}.uid in {left.text}.within)", "bool")
        return Code(template.format(left.text, right.text), kind)

    def _extension(self, name: str, node: Json, depth: int) -> Code:
        if not isinstance(node, list):
            raise UnsupportedError(f"`{name}` of an unknown form")
        arguments = [self.expression(item, depth) for item in node]
        wanted, function = EXTENSIONS[name]
        if len(arguments) != wanted:
            return Code("fail('wrong number of arguments')")
        # A constructor over a literal is made once, here; a text that Cedar refuses stays a run-time error.
        if name in ("decimal", "ip", "datetime", "duration") and isinstance(node[0], dict) and arguments[0].literal:
            try:
                return Code(self._constants.value(function(node[0]["Value"])))
            except EvaluationError:
                return Code("fail('not a valid extension value')")
        return Code(f"X_{name}({', '.join(argument.text for argument in arguments)})")


def _own_keys(codes: Iterable[Code]) -> bool:
    """Whether all are constants that are their own keys; only a bool or a record would need one made."""
    return all(code.constant and code.kind in ("long", "string", "entity") for code in codes)


def _choice_of(left: Code, right: Code) -> Choice | None:
    """How `left == right` is found in a table: by its constant."""
    for subject, word in ((left, right), (right, left)):
        if word.constant and not subject.constant and word.kind in ("string", "entity"):
            return Choice("str" if word.kind == "string" else "Entity", subject.text, (word.text,))
    return None


def _contains(left: Code, right: Code, once: str) -> Code:
    """`left.contains(right)`."""
    if right.kind in ("long", "string", "entity"):
        choice = Choice("frozenset", left.text, (right.text,)) if right.constant else None
        if not right.constant or left.constant:
            return Code(f"({right.text} in elements({left.text}))", "bool", choice=choice)
        fast = f"{right.text} in {once} if type({once} := {left.text}) is frozenset"
        return Code(f"({fast} else {right.text} in elements({once}))", "bool", choice=choice)
    if left.members and not right.constant and all(item.literal and item.kind == "string" for item in left.members):
        # Nothing but a string is in a set of strings.
        choice = Choice("str", right.text, tuple(dict.fromkeys(item.text for item in left.members)))
        return Code(f"(type({once} := {right.text}) is str and {once} in {left.text})", "bool", choice=choice)
    return Code(f"contains({left.text}, {right.text})", "bool")


def _ordered(name: str, left: Code, right: Code, once: str) -> Code:
    """A comparison; nearly every one is of a long with a constant, which needs no call."""
    slow = _COMPARED[name]
    if left.kind == right.kind == "long":
        choice = Choice("long", left.text, (f" {name} {right.text}",)) if right.literal else None
        return Code(f"({left.text} {name} {right.text})", "bool", choice=choice)
    if right.literal and right.kind == "long":
        fast = f"{once} {name} {right.text} if type({once} := {left.text}) is int"
        return Code(
            f"({fast} else {slow.format(once, right.text)})",
            "bool",
            choice=Choice("long", left.text, (f" {name} {right.text}",)),
        )
    if left.literal and left.kind == "long":
        fast = f"{left.text} {name} {once} if type({once} := {right.text}) is int"
        choice = Choice("long", right.text, (f" {_TURNED[name]} {left.text}",))
        return Code(f"({fast} else {slow.format(left.text, once)})", "bool", choice=choice)
    return Code(slow.format(left.text, right.text), "bool")
