"""Reads JSON strictly (RFC 8259), keeping the line and column of every value, so that a fault can be pointed at.

Refused: duplicate names, numbers that are not integers of 64 bits, lone surrogates, nesting beyond `MAX_DEPTH`,
anything after the value. Standard `json` knows neither places nor duplicates.
"""

import json
import re
from dataclasses import dataclass
from typing import NoReturn

MAX_DEPTH = 16
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r"[^\s\[\]{},:\"]+")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")

Plain = dict[str, "Plain"] | list["Plain"] | str | int | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value and where it starts; `names` are the places of an object's names."""

    value: "dict[str, Node] | list[Node] | str | int | bool | None"
    at: tuple[int, int]
    names: dict[str, tuple[int, int]]

    def plain(self) -> Plain:
        """The value without places."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class StrictJsonError(ValueError):
    """Text that is not strict JSON; `at` is line and column, `why` says what is wrong, `twice` names a double name."""

    def __init__(self, why: str, at: tuple[int, int], twice: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.at = at
        self.twice = twice


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of `offset` in `text`, counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0

    def document(self) -> Node:
        node = self._value(0)
        self._skip()
        if self._offset != len(self._text):
            self._fail("something follows the value")
        return node

    def _fail(self, why: str, offset: int | None = None) -> NoReturn:
        raise StrictJsonError(why, place(self._text, self._offset if offset is None else offset))

    def _skip(self) -> str:
        """Skip white space; the next character, or nothing at the end."""
        found = _SPACE.match(self._text, self._offset)
        self._offset = found.end() if found else self._offset
        return self._text[self._offset : self._offset + 1]

    def _expect(self, character: str) -> None:
        if self._skip() != character:
            self._fail(f"expected `{character}`")
        self._offset += 1

    def _value(self, depth: int) -> Node:
        first = self._skip()
        at = place(self._text, self._offset)
        if depth > MAX_DEPTH:
            self._fail(f"nested deeper than {MAX_DEPTH}")
        if first == "{":
            return self._object(at, depth)
        if first == "[":
            return Node(self._array(depth), at, {})
        return Node(self._string() if first == '"' else self._scalar(), at, {})

    def _object(self, at: tuple[int, int], depth: int) -> Node:
        members: dict[str, Node] = {}
        names: dict[str, tuple[int, int]] = {}
        self._offset += 1
        more = self._skip() != "}"
        while more:
            self._skip()
            start = self._offset
            name = self._string()
            if name in members:
                raise StrictJsonError(f"`{name}` stands twice", place(self._text, start), name)
            names[name] = place(self._text, start)
            self._expect(":")
            members[name] = self._value(depth + 1)
            more = self._skip() == ","
            self._offset += more
        self._expect("}")
        return Node(members, at, names)

    def _array(self, depth: int) -> list[Node]:
        items: list[Node] = []
        self._offset += 1
        more = self._skip() != "]"
        while more:
            items.append(self._value(depth + 1))
            more = self._skip() == ","
            self._offset += more
        self._expect("]")
        return items

    def _string(self) -> str:
        found = _STRING.match(self._text, self._offset)
        if found is None:
            self._fail("expected a string")
        try:
            value = str(json.loads(found.group()))
            value.encode()
        except json.JSONDecodeError:
            self._fail("a bad escape in a string")
        except UnicodeEncodeError:
            self._fail("a lone surrogate in a string")
        self._offset = found.end()
        return value

    def _scalar(self) -> int | bool | None:
        found = _TOKEN.match(self._text, self._offset)
        word = found.group() if found else ""
        constants = {"true": True, "false": False, "null": None}
        if word in constants:
            self._offset += len(word)
            return constants[word]
        if not _INTEGER.fullmatch(word) or not -(2**63) <= int(word) < 2**63:
            self._fail("expected a value: a string, an integer of 64 bits, true, false, null, a list or an object")
        self._offset += len(word)
        return int(word)


def read(text: str) -> Node:
    """The value that `text` holds; raises `StrictJsonError`."""
    return _Reader(text).document()
