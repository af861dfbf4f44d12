"""Prints an assertion about a problem as SMT-LIB, with everything that it rests on: one text for one question.

Strings are interned: a literal is a number, `like` an unknown predicate of which each literal's answer is told. That
allows more than strings do, so unsatisfiable is an answer and satisfiable is not yet one. With native strings both are.
Source: SMT-LIB 2.6; names that begin with `@` or `.` are reserved there and never made here.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.axioms import with_axioms
from brightline.policy.proof.encode import Problem
from brightline.policy.proof.string_classes import StringClasses
from brightline.policy.proof.terms import BOOL, STRING, Pattern, Sort, Symbol, Term, matches
from brightline.policy.values import Uid

Dialect: TypeAlias = Literal["z3", "cvc5"]
Strings: TypeAlias = Literal["interned", "native"]

# A text beyond this takes longer to read than to prove anything with.
MOST_BYTES = 64 * 1024 * 1024
# The last character that SMT-LIB's strings have.
_LAST_CHARACTER = 0x2FFFF
_UNSAFE = re.compile(r"[^A-Za-z0-9_ /:@-]")
_LISTS = ("tuple", "setlit")


def smtlib(problem: Problem, assertion: Term, *, dialect: Dialect, strings: Strings = "interned") -> str:
    """The text whose unsatisfiability shows that no request satisfies `assertion`; raises `UnsupportedError`.

    Without `(check-sat)`; of the same problem and assertion always the same.
    """
    return Question(problem, assertion, dialect=dialect, strings=strings).text


def _escaped(text: str) -> str:
    """`text` in letters that a quoted symbol may hold, and no dot."""
    return _UNSAFE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass")), text
    )


def symbol_name(symbol: Symbol) -> str:
    """The name of an unknown."""
    of = f" {symbol.of}" if symbol.of else ""
    path = "".join(f".{_escaped(name)}" for name in symbol.path)
    part = "?" if symbol.part == "?" else f"#{symbol.part}" if symbol.part else ""
    return f"{symbol.root}{of}{path}{part}"


def _string(value: str) -> str:
    if any(ord(letter) > _LAST_CHARACTER for letter in value):
        raise UnsupportedError("a character beyond U+2FFFF")
    plain = [letter if " " <= letter <= "~" and letter not in '"\\' else f"\\u{{{ord(letter):x}}}" for letter in value]
    return f'"{"".join(plain)}"'


def _number(value: int) -> str:
    return str(value) if value >= 0 else f"(- {-value})"


def pattern_name(pattern: Pattern) -> str:
    """The name of the predicate that stands for `like` with this pattern."""
    return "like " + "".join("*" if part is None else _escaped(part) for part in pattern)


class Question:
    """One assertion in one dialect, and what the numbers in its text stand for."""

    def __init__(self, problem: Problem, assertion: Term, *, dialect: Dialect, strings: Strings) -> None:
        self._problem = problem
        self._dialect, self._native = dialect, strings == "native"
        self._axioms, self.terms = with_axioms(assertion, problem.schema, order=dialect == "cvc5")
        self.entities = self._numbered_entities()
        self.strings = sorted({str(term.data) for term in self.terms if term.op == "const" and term.sort == STRING})
        self.classes = StringClasses(self.terms)
        self._orders = {term.key: index for index, term in enumerate(self._of_order())}
        self._assertion = assertion
        self._texts: dict[bytes, str] = {}
        self.text = self._written()

    def name_of(self, term: Term) -> str:
        """How the text calls `term`, one of `terms`."""
        return self._texts[term.key]

    def sort_name(self, sort: Sort) -> str:
        """The name of a sort of scalars."""
        return "Bool" if sort == BOOL else "String" if sort == STRING and self._native else "Int"

    def _numbered_entities(self) -> list[Uid]:
        """Every entity that the text names, all of one type together, those of a closed type first in it."""
        written = {term.data for term in self.terms if term.op == "const" and term.sort[0] == "Entity"}
        literals = {uid for uid in written if isinstance(uid, tuple)}
        kinds = sorted({str(term.sort[1]) for term in self.terms if term.sort[0] == "Entity"})
        numbered: list[Uid] = []
        for kind in kinds:
            closed = [(kind, name) for name in self._problem.entities.domain(kind) or ()]
            others = sorted({(kind, str(uid[1])) for uid in literals if uid[0] == kind} - set(closed))
            numbered += [*closed, *others]
        return numbered

    def _written(self) -> str:
        logic = "(set-logic ALL)"
        numbers = {uid: index for index, uid in enumerate(self.entities)}
        lines = [logic, *self._constants(), *self._declarations(), *self._patterns()]
        lines += self._definitions()
        lines += self._order()
        lines += self._kinds(numbers)
        lines += [f"(assert {self._texts[axiom.key]})" for axiom in self._axioms]
        lines.append(f"(assert {self._texts[self._assertion.key]})")
        text = "\n".join(lines) + "\n"
        if len(text) > MOST_BYTES:
            raise UnsupportedError("a formula too large to print")
        return text

    def _constants(self) -> Iterator[str]:
        for index, uid in enumerate(self.entities):
            yield f"(define-fun {self._entity_name(uid)} () Int {index})"
        for index, value in enumerate(self.strings):
            written = _string(value) if self._native else str(index)
            yield f"(define-fun {self._string_name(value)} () {self.sort_name(STRING)} {written})"

    def _entity_name(self, uid: Uid) -> str:
        return f'|{uid[0]} "{_escaped(uid[1])}"|'

    def _string_name(self, value: str) -> str:
        return f'|"{_escaped(value)}"|'

    def _declarations(self) -> Iterator[str]:
        told: set[str] = set()
        for term in self.terms:
            if term.op in ("subset", "meets", "reaches"):
                yield f"(declare-const |{term.op} {term.key.hex()}| Bool)"
                continue
            if term.op == "above":
                name, sorts, result = self._order_name(term), "" if self._dialect == "z3" else "Int Int", "Bool"
            elif term.op == "app" and isinstance(term.data, Symbol):
                name, sorts, result = self._signature(term, term.data)
            else:
                continue
            if name not in told:
                told.add(name)
                yield f"(declare-fun {name} ({sorts}) {result})"

    def _signature(self, term: Term, symbol: Symbol) -> tuple[str, str, str]:
        sorts = [self.sort_name(arg.sort) for arg in term.args]
        if term.sort[0] != "Set":
            return f"|{symbol_name(symbol)}|", " ".join(sorts), self.sort_name(term.sort)
        element = term.sort[1] if isinstance(term.sort[1], tuple) else BOOL
        parts = element[1:] if element[0] == "Tuple" else (element,)
        sorts += [self.sort_name(part) for part in parts if isinstance(part, tuple)]
        return f"|in {symbol_name(symbol)}|", " ".join(sorts), "Bool"

    def _of_order(self) -> list[Term]:
        return [term for term in self.terms if term.op == "above"]

    def _order_name(self, term: Term) -> str:
        """For cvc5 a predicate for two types; for Z3 a name of its own, since no model tells values of its order."""
        if self._dialect == "z3":
            return f"|above {self._orders[term.key]}|"
        return f"|above {term.args[0].sort[1]} {term.args[1].sort[1]}|"

    def _order(self) -> Iterator[str]:
        """For Z3: what lies in what by its own order, which knows no circles and passes on."""
        for term in self._of_order() if self._dialect == "z3" else ():
            low, high = (self._texts[arg.key] for arg in term.args)
            lies = f"(and ((_ partial-order 0) {low} {high}) (not (= {low} {high})))"
            yield f"(assert (= {self._order_name(term)} {lies}))"

    def _patterns(self) -> Iterator[str]:
        """With interned strings: each pattern as a predicate, and what it says of the literals that it may meet."""
        found: dict[Pattern, set[str]] = {}
        for term in self.terms:
            if term.op == "like" and not self._native:
                found.setdefault(pattern_of(term), set()).update(self.classes.literals(term.args[0]))
        for pattern, literals in found.items():
            name = f"|{pattern_name(pattern)}|"
            yield f"(declare-fun {name} (Int) Bool)"
            for value in sorted(literals):
                applied = f"({name} {self._string_name(value)})"
                yield f"(assert {applied if matches(value, pattern) else f'(not {applied})'})"

    def _kinds(self, numbers: dict[Uid, int]) -> Iterator[str]:
        """That unknown entities of a closed type are among its ids, and that types have no entity in common."""
        ordered = {arg.key for term in self.terms if term.op == "above" for arg in term.args}
        kinds = sorted({uid[0] for uid in self.entities} | {str(one.sort[1]) for one in self._unknown_entities()})
        if ordered and self._dialect == "z3":
            yield "(declare-fun |type| (Int) Int)"
        asked = self._problem.environment
        if () in map(self._problem.entities.domain, (asked.principal_type, asked.resource_type)):
            yield "(assert false)"
        for term in self._unknown_entities():
            kind, name = str(term.sort[1]), self._texts[term.key]
            closed = self._problem.entities.domain(kind)
            if closed is not None:
                first = numbers[kind, closed[0]] if closed else 0
                # Of an empty type there is nobody: the range is empty too.
                yield f"(assert (<= {first} {name} {_number(first + len(closed) - 1)}))"
        if ordered and self._dialect == "z3":
            for term in self.terms:
                if term.key in ordered:
                    yield f"(assert (= (|type| {self._texts[term.key]}) {kinds.index(str(term.sort[1]))}))"

    def _unknown_entities(self) -> Iterator[Term]:
        return (term for term in self.terms if term.op == "app" and term.sort[0] == "Entity")

    def _definitions(self) -> Iterator[str]:
        """Text for every term; what is used more than once gets a name, so that no text is written twice."""
        uses: dict[bytes, int] = {}
        for term in self.terms:
            for arg in term.args:
                uses[arg.key] = uses.get(arg.key, 0) + 1
        count = 0
        for term in self.terms:
            written = self._text_of(term)
            if uses.get(term.key, 0) > 1 and term.args and term.op not in _LISTS and term.sort[0] != "Set":
                name = f"|t{count}|"
                count += 1
                yield f"(define-fun {name} () {self.sort_name(term.sort)} {written})"
                written = name
            self._texts[term.key] = written

    def _text_of(self, term: Term) -> str:
        if term.op == "const":
            return self._constant(term)
        if term.op == "app" and isinstance(term.data, Symbol):
            return self._applied(f"|{symbol_name(term.data)}|", term.args) if term.sort[0] != "Set" else ""
        if term.op == "like":
            return self._like(self._texts[term.args[0].key], term)
        if term.op == "member":
            item, of = term.args
            parts = item.args if item.op == "tuple" else (item,)
            name = symbol_name(of.data) if isinstance(of.data, Symbol) else ""
            return self._applied(f"|in {name}|", (*of.args, *parts))
        if term.op in ("subset", "meets", "reaches"):
            return f"|{term.op} {term.key.hex()}|"
        if term.op == "above":
            return self._applied(self._order_name(term), () if self._dialect == "z3" else term.args)
        return "" if term.op in _LISTS else self._applied(term.op, term.args)

    def _applied(self, name: str, args: Iterable[Term]) -> str:
        parts = [self._texts[arg.key] for arg in args]
        return f"({name} {' '.join(parts)})" if parts else name

    def _constant(self, term: Term) -> str:
        if isinstance(term.data, bool):
            return "true" if term.data else "false"
        if isinstance(term.data, int):
            return _number(term.data)
        if isinstance(term.data, str):
            return self._string_name(term.data)
        return self._entity_name((str(term.sort[1]), str(term.data[1]) if isinstance(term.data, tuple) else ""))

    def _like(self, written: str, term: Term) -> str:
        pattern = pattern_of(term)
        if not self._native:
            return f"(|{pattern_name(pattern)}| {written})"
        parts = ["re.all" if part is None else f"(str.to_re {_string(part)})" for part in pattern]
        return f"(str.in_re {written} {parts[0] if len(parts) == 1 else f'(re.++ {chr(32).join(parts)})'})"


def pattern_of(term: Term) -> Pattern:
    """The pattern of a term whose operation is `like`."""
    pattern: Pattern = term.data  # type: ignore[assignment]
    return pattern
