"""Reads the values that a solver gave, and gives numbers back their meaning: which entity, which string."""

import re
from collections.abc import Iterator, Mapping, Sequence

from brightline.policy.proof.evaluation import Found, literal
from brightline.policy.proof.smtlib import Question, pattern_of
from brightline.policy.proof.terms import BOOL, INT, STRING, Pattern, Term
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
    """The values in the answer to `get-value` for `count` names, in order; raises `ModelError`."""
    parts = [found["part"] for found in _TOKEN.finditer(text) if found["part"]]
    values = list(_values(parts))
    if len(values) != count:
        raise ModelError("an answer with too few values")
    return values


def _values(parts: Sequence[str]) -> Iterator[str | int | bool]:
    """`((name value) …)`, where a negative number is `(- 5)`."""
    index = 1
    while index + 3 < len(parts) and parts[index] == "(":
        if parts[index + 2] == "(":
            if parts[index + 3] != "-":
                raise ModelError("a value of an unknown form")
            yield -_integer(parts[index + 4])
            index += 7
        else:
            yield _scalar(parts[index + 2])
            index += 4


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
        self._texts: dict[int, str] = {}
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
            return raw if isinstance(raw, str) else self._text(int(raw))
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

    def _text(self, number: int) -> str:
        known = self._question.strings
        if 0 <= number < len(known):
            return known[number]
        if number not in self._texts:
            said: dict[Pattern, bool] = {}
            for term in self._likes:
                if self._raw.get(term.args[0].key) == number:
                    said[pattern_of(term)] = self._raw[term.key] is True
            matched, unmatched = ([one for one, does in said.items() if does is wanted] for wanted in (True, False))
            found = example(matched, unmatched, [*known, *self._texts.values()])
            if found is None:
                raise ModelError("no text matches so")
            self._texts[number] = found
        return self._texts[number]


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
