"""Reads the values that a solver gave, and gives numbers back their meaning: which entity, which string."""

import re
from collections.abc import Iterator, Mapping, Sequence

from brightline.policy.proof.evaluation import Found, literal
from brightline.policy.proof.smtlib import Question, pattern_of
from brightline.policy.proof.terms import BOOL, INT, STRING, Term
from brightline.policy.proof.witness_text import example

_TOKEN = re.compile(r'\s+|(?P<part>"(?:[^"]|"")*"|\|[^|]*\||[()]|[^\s()"|]+)')
_ESCAPE = re.compile(r"\\u(?:\{([0-9a-fA-F]{1,5})\}|([0-9a-fA-F]{4}))")
_ASKED = ("app", "member", "like", "above")


class ModelError(Exception):
    """A solver's values cannot be read, or there is no request with them; private to the room."""


def asked_terms(question: Question) -> list[Term]:
    """The terms whose values tell a request: everything unknown, and what unknowns are applied to."""
    asked: dict[bytes, Term] = {}
    for term in question.terms:
        if term.op in _ASKED:
            for one in (term, *term.args, *(part for arg in term.args if arg.op == "tuple" for part in arg.args)):
                if one.op not in ("const", "tuple", "setlit") and one.sort[0] not in ("Set", "Tuple"):
                    asked[one.key] = one
    return list(asked.values())


def values_of(text: str, count: int) -> list[str | int | bool]:
    """The values in the answer to `get-value` for `count` terms, in order; raises `ModelError`."""
    values = [_value(pair) for pair in _pairs(text)]
    if len(values) != count:
        raise ModelError("an answer with too few values")
    return values


def _pairs(text: str) -> Iterator[list[str]]:
    """The parts of each `(term value)` in `((term value) …)`, without its own parentheses."""
    depth, pair = 0, list[str]()
    for found in _TOKEN.finditer(text):
        part = found["part"]
        if part is None:
            continue
        depth += (part == "(") - (part == ")")
        if depth == 1 and part == ")":
            yield pair
            pair = []
        elif depth > 2 or (depth == 2 and (part != "(" or pair)):
            pair.append(part)


def _value(pair: list[str]) -> str | int | bool:
    """The value at the end of a pair; a negative number is `(- 5)`."""
    if not pair:
        raise ModelError("a pair without a value")
    if pair[-1] != ")":
        return _scalar(pair[-1])
    if pair[-4:-2] != ["(", "-"]:
        raise ModelError("a value of an unknown form")
    return -_integer(pair[-2])


def _integer(part: str) -> int:
    if not part.isdecimal():
        raise ModelError("a value of an unknown form")
    return int(part)


def _scalar(part: str) -> str | int | bool:
    if part in ("true", "false"):
        return part == "true"
    return _unescaped(part[1:-1].replace('""', '"')) if part.startswith('"') else _integer(part)


def _unescaped(text: str) -> str:
    value = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    if any(0xD800 <= ord(letter) < 0xE000 for letter in value):
        raise ModelError("a string that is no text")
    return value


class Model:
    """What a solver said of each term, with entities and strings in place of numbers."""

    def __init__(self, question: Question, asked: Sequence[Term], values: Sequence[str | int | bool]) -> None:
        self._question = question
        self._raw = {term.key: value for term, value in zip(asked, values, strict=True)}
        self.asked = asked
        self._uids: dict[tuple[str, int], str] = {}
        self._texts: dict[tuple[object, int], str] = {}
        self._likes = [term for term in asked if term.op == "like"]

    def value(self, term: Term) -> Found:
        """The value of `term`, one of the question's scalars or a tuple of such; raises `ModelError`."""
        if term.op == "tuple":
            return tuple([self.value(part) for part in term.args])
        if term.op == "const":
            return literal(term)
        raw = self._raw[term.key]
        if term.sort in (BOOL, INT):
            return raw
        if term.sort == STRING:
            return raw if isinstance(raw, str) else self._text(term, int(raw))
        return self._uid(str(term.sort[1]), int(raw))

    def _uid(self, kind: str, number: int) -> tuple[str, str]:
        known = self._question.entities
        if 0 <= number < len(known) and known[number][0] == kind:
            return known[number]
        if (kind, number) not in self._uids:
            taken = {name for other, name in known if other == kind} | {
                name for (other, _), name in self._uids.items() if other == kind
            }
            self._uids[kind, number] = fresh(kind, taken)
        return kind, self._uids[kind, number]

    def _text(self, term: Term, number: int) -> str:
        """The string behind `number`: a literal that `term` may meet, or a new one, the same in all its class."""
        classes, known = self._question.classes, self._question.strings
        literals = classes.literals(term)
        if 0 <= number < len(known) and known[number] in literals:
            return known[number]
        name = classes.of(term), number
        if name not in self._texts:
            alike = [one for one in self._likes if not one.args[0].constant and classes.of(one.args[0]) == name[0]]
            said = {
                pattern_of(one): self._raw[one.key] is True for one in alike if self._raw[one.args[0].key] == number
            }
            matched, unmatched = ([one for one, does in said.items() if does is wanted] for wanted in (True, False))
            found = example(matched, unmatched, [*literals, *self._texts.values()])
            if found is None:
                raise ModelError("no text matches so")
            self._texts[name] = found
        return self._texts[name]


def fresh(kind: str, taken: set[str]) -> str:
    """An id of type `kind` that is not `taken`."""
    stem = f"some-{kind.rpartition('::')[2].lower()}"
    return next(
        name for name in (stem, *(f"{stem}-{count}" for count in range(2, len(taken) + 3))) if name not in taken
    )


def facts_of(model: Model) -> tuple[Mapping[tuple[object, tuple[Found, ...]], Found], set[tuple[Found, Found]]]:
    """What each unknown gives for each argument (for a set, its elements), and who lies in what."""
    facts: dict[tuple[object, tuple[Found, ...]], Found] = {}
    lies: set[tuple[Found, Found]] = set()
    for term in model.asked:
        if term.op == "app":
            facts[term.data, tuple([model.value(arg) for arg in term.args])] = model.value(term)
        elif term.op == "above" and model.value(term):
            lies.add((model.value(term.args[0]), model.value(term.args[1])))
        elif term.op == "member" and model.value(term):
            item, of = term.args
            name = of.data, tuple([model.value(arg) for arg in of.args])
            before = facts.get(name, frozenset())
            facts[name] = frozenset({*(before if isinstance(before, frozenset) else ()), model.value(item)})
    return facts, lies
