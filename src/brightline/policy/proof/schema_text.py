"""Reads Cedar's schema text into Cedar's JSON form of a schema; cedarpy reads it too but does not give it away.

It refuses what it does not know, with line and column. Source: Cedar language reference, "Schema format".
"""

import re
from typing import NamedTuple, NoReturn

from brightline.policy.expressions import Json
from brightline.policy.proof.schema_model import MAX_DEPTH, SchemaError, SchemaModel, schema_of
from brightline.policy.strict_json import place

_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\r\n]*)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>::|[{}\[\]()<>:;,=?@])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u\{(?P<point>[0-9a-fA-F_]{1,7})\}|x(?P<byte>[0-7][0-9a-fA-F])|(?P<letter>.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def read_schema_text(text: str) -> SchemaModel:
    """The schema that `text` writes in Cedar's own syntax; raises `SchemaError`."""
    return schema_of(to_json(text))


def to_json(text: str) -> dict[str, Json]:
    """`text` as Cedar's JSON form of a schema; raises `SchemaError`."""
    return _Parser(text).schema()


def unescaped(written: str) -> str:
    """The string that `written`, a Cedar string without its quotes, stands for; raises `SchemaError`."""

    def one(found: re.Match[str]) -> str:
        if found["point"] is not None:
            point = int(found["point"].replace("_", "") or "0", 16)
            if point > 0x10FFFF or 0xD800 <= point < 0xE000:
                raise SchemaError("no such character")
            return chr(point)
        if found["byte"] is not None:
            return chr(int(found["byte"], 16))
        if found["letter"] not in _LETTERS:
            raise SchemaError(f"no escape `\\{found['letter']}`")
        return _LETTERS[found["letter"]]

    return _ESCAPE.sub(one, written)


class _Parser:
    """Recursive descent; each method reads one thing of the grammar and leaves what comes after it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._cut())
        self._index = 0

    def _cut(self) -> "list[_Token]":
        tokens, at = [], 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None:
                self._fail("an unknown sign", at)
            if found.lastgroup != "space":
                tokens.append(_Token(str(found.lastgroup), found.group(), at))
            at = found.end()
        return [*tokens, _Token("end", "", at)]

    def _fail(self, why: str, at: int | None = None) -> NoReturn:
        line, column = place(self._text, self._tokens[self._index].at if at is None else at)
        raise SchemaError(f"{why} at {line}:{column}")

    @property
    def _now(self) -> str:
        return self._tokens[self._index].text

    def _next(self) -> _Token:
        token = self._tokens[self._index]
        self._index += token.kind != "end"
        return token

    def _take(self, text: str) -> bool:
        if self._tokens[self._index].kind in ("word", "sign") and self._now == text:
            self._index += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            self._fail(f"expected `{text}`")

    def schema(self) -> dict[str, Json]:
        namespaces: dict[str, Json] = {}
        bare: dict[str, dict[str, Json]] = {}
        while self._tokens[self._index].kind != "end":
            self._annotations()
            if self._now == "namespace":
                self._next()
                name = self._path()
                self._expect("{")
                body: dict[str, dict[str, Json]] = {}
                while not self._take("}"):
                    self._annotations()
                    self._declaration(body)
                namespaces[name] = _whole(body)
            else:
                self._declaration(bare)
        if bare or not namespaces:
            namespaces[""] = _whole(bare)
        return namespaces

    def _annotations(self) -> None:
        while self._take("@"):
            self._next()
            if self._take("("):
                self._string()
                self._expect(")")

    def _declaration(self, body: dict[str, dict[str, Json]]) -> None:
        kind = self._next().text
        if kind == "entity":
            self._entity(body.setdefault("entityTypes", {}))
        elif kind == "action":
            self._action(body.setdefault("actions", {}))
        elif kind == "type":
            name = self._word()
            self._expect("=")
            body.setdefault("commonTypes", {})[name] = self._type(0)
            self._expect(";")
        else:
            self._fail("expected `entity`, `action`, `type` or `namespace`")

    def _entity(self, into: dict[str, Json]) -> None:
        names = [self._word()]
        while self._take(","):
            names.append(self._word())
        if self._take("enum"):
            self._expect("[")
            ids: list[Json] = [self._string()]
            while self._take(",") and self._now != "]":
                ids.append(self._string())
            self._expect("]")
            self._expect(";")
            into.update({name: {"enum": ids} for name in names})
            return
        written: dict[str, Json] = {}
        if self._take("in"):
            written["memberOfTypes"] = list(self._paths())
        if self._take("=") or self._now == "{":
            written["shape"] = self._record(0)
        if self._take("tags"):
            written["tags"] = self._type(0)
        self._expect(";")
        into.update(dict.fromkeys(names, written))

    def _paths(self) -> list[str]:
        if not self._take("["):
            return [self._path()]
        found = []
        while not self._take("]"):
            found.append(self._path())
            if self._now != "]":
                self._expect(",")
        return found

    def _action(self, into: dict[str, Json]) -> None:
        names = [self._name()]
        while self._take(","):
            names.append(self._name())
        written: dict[str, Json] = {}
        if self._take("in"):
            written["memberOf"] = self._groups()
        if self._take("appliesTo"):
            written["appliesTo"] = self._applies()
        if self._take("attributes"):
            self._fail("attributes of actions are not known here")
        self._expect(";")
        into.update(dict.fromkeys(names, written))

    def _groups(self) -> list[Json]:
        if not self._take("["):
            return [self._group()]
        found: list[Json] = []
        while not self._take("]"):
            found.append(self._group())
            if self._now != "]":
                self._expect(",")
        return found

    def _group(self) -> Json:
        """An action: its name, or its type and its name."""
        if self._tokens[self._index].kind == "string" or self._tokens[self._index + 1].text != "::":
            return {"id": self._name()}
        words = [self._word()]
        self._expect("::")
        while self._tokens[self._index].kind != "string":
            words.append(self._word())
            self._expect("::")
        return {"type": "::".join(words), "id": self._string()}

    def _applies(self) -> Json:
        self._expect("{")
        applies: dict[str, Json] = {}
        while not self._take("}"):
            part = self._next().text
            self._expect(":")
            if part in ("principal", "resource"):
                applies[f"{part}Types"] = list(self._paths())
            elif part == "context":
                applies["context"] = self._type(0)
            else:
                self._fail("expected `principal`, `resource` or `context`")
            if self._now != "}":
                self._expect(",")
        return applies

    def _type(self, depth: int) -> Json:
        if depth > MAX_DEPTH:
            self._fail("types nested too deep")
        if self._now == "{":
            return self._record(depth)
        if self._now == "Set" and self._tokens[self._index + 1].text == "<":
            self._next()
            self._expect("<")
            element = self._type(depth + 1)
            self._expect(">")
            return {"type": "Set", "element": element}
        return {"type": "EntityOrCommon", "name": self._path()}

    def _record(self, depth: int) -> Json:
        self._expect("{")
        attributes: dict[str, Json] = {}
        while not self._take("}"):
            self._annotations()
            name = self._name()
            required = not self._take("?")
            self._expect(":")
            kind = self._type(depth + 1)
            attributes[name] = {**kind, "required": required} if isinstance(kind, dict) else kind
            if self._now != "}":
                self._expect(",")
        return {"type": "Record", "attributes": attributes}

    def _path(self) -> str:
        words = [self._word()]
        while self._take("::"):
            words.append(self._word())
        return "::".join(words)

    def _name(self) -> str:
        return self._string() if self._tokens[self._index].kind == "string" else self._word()

    def _word(self) -> str:
        if self._tokens[self._index].kind != "word":
            self._fail("expected a name")
        return self._next().text

    def _string(self) -> str:
        if self._tokens[self._index].kind != "string":
            self._fail("expected a string")
        return unescaped(self._next().text[1:-1])


def _whole(body: dict[str, dict[str, Json]]) -> dict[str, Json]:
    return {
        "entityTypes": dict(body.get("entityTypes", {})),
        "actions": dict(body.get("actions", {})),
        "commonTypes": dict(body.get("commonTypes", {})),
    }
