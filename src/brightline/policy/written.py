"""A request written in JSON, as files, counterexamples and records hold it: Cedar's own form.

    {"principal": {"type", "id"}, "action": {"type", "id"}, "resource": {"type", "id"}, "context": {…}}

`entities` may stand beside them: the chart that a proof searched. Whoever decides takes the agreement's own instead.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from brightline.policy.errors import PolicyError
from brightline.policy.expressions import Json
from brightline.policy.strict_json import Plain, StrictJsonError, read
from brightline.policy.values import Uid

MAX_REQUEST_BYTES = 256 * 1024
MAX_REQUESTS = 1_000_000
_PARTS = ("principal", "action", "resource", "context")


class WrittenRequest(NamedTuple):
    """Who does what to which, and the context in Cedar's JSON form; nothing in it is checked against a schema."""

    principal: Uid
    action: Uid
    resource: Uid
    context: Mapping[str, Json]

    def as_json(self) -> dict[str, Json]:
        """The JSON object that stands in a file."""
        named = {"principal": self.principal, "action": self.action, "resource": self.resource}
        parts: dict[str, Json] = {part: {"type": uid[0], "id": uid[1]} for part, uid in named.items()}
        return {**parts, "context": dict(self.context)}

    def text(self) -> str:
        """The file's text; equal requests have equal texts."""
        return json.dumps(self.as_json(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_object(text: str, *, file: str, line: int = 1) -> dict[str, Json]:
    """The object that `text` writes in strict JSON; raises `PolicyError` (`policy/bad-request-file`)."""
    return _values(_object(text, file, line)[1])


def read_request(text: str, *, file: str, line: int = 1) -> WrittenRequest:
    """The request that `text` writes in strict JSON; raises `PolicyError` (`policy/bad-request-file`)."""
    names, members = _object(text, file, line)
    for extra in sorted(members.keys() - {*_PARTS, "entities"}):
        at = names[extra]
        raise _bad(file, (line + at[0] - 1, at[1]), f"`{extra}` does not belong to a request")
    principal, action, resource = (_uid(members.get(part), part, file, line) for part in _PARTS[:3])
    context = members.get("context")
    if not isinstance(context, dict):
        raise _bad(file, (line, 1), "`context` must be an object")
    return WrittenRequest(principal, action, resource, _values(context))


def read_request_file(path: Path) -> WrittenRequest:
    """The one request in the file `path`; raises `PolicyError` (`policy/bad-request-file`), and `OSError`."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return read_request(file.read(MAX_REQUEST_BYTES + 1), file=str(path))


def read_requests(path: Path) -> Iterator[tuple[int, WrittenRequest]]:
    """The requests in the file `path`, one a line, each with the number of its line; empty lines are skipped.

    A file whose name ends in `.json` holds one, over as many lines as it likes. Raises `PolicyError`
    (`policy/bad-request-file`) at the first line that is none, and `OSError`.
    """
    if path.suffix == ".json":
        yield 1, read_request_file(path)
        return
    for number, text in lines_in(path):
        yield number, read_request(text, file=str(path), line=number)


def lines_in(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of the file `path` that are not empty, with their numbers; raises `PolicyError` and `OSError`."""
    with path.open(encoding="utf-8", errors="replace") as file:
        number = 0
        while True:
            number += 1
            # Bounded, so that a file without line ends is refused and not held in memory.
            text = file.readline(MAX_REQUEST_BYTES + 2)
            if not text:
                return
            if number > MAX_REQUESTS:
                raise _bad(str(path), (number, 1), f"more than {MAX_REQUESTS} lines")
            if text.strip():
                yield number, text.rstrip("\r\n")


def _object(text: str, file: str, line: int) -> tuple[dict[str, tuple[int, int]], dict[str, Plain]]:
    """The members of an object, and where their names stand."""
    if len(text) > MAX_REQUEST_BYTES:
        raise _bad(file, (line, 1), f"longer than {MAX_REQUEST_BYTES} characters")
    try:
        node = read(text)
    except StrictJsonError as error:
        raise _bad(file, (line + error.at[0] - 1, error.at[1]), error.why) from error
    written = node.plain()
    if not isinstance(written, dict):
        raise _bad(file, (line, 1), "expected an object")
    return node.names, written


def _uid(node: Plain, part: str, file: str, line: int) -> Uid:
    match node:
        case {"type": str(kind), "id": str(name), **rest} if not rest:
            return kind, name
    raise _bad(file, (line, 1), f'`{part}` must be {{"type": …, "id": …}}')


def _values(node: dict[str, Plain]) -> dict[str, Json]:
    """The same value under the wider type that policies are read in."""
    return {name: _value(item) for name, item in node.items()}


def _value(node: Plain) -> Json:
    if isinstance(node, dict):
        return _values(node)
    return [_value(item) for item in node] if isinstance(node, list) else node


def _bad(file: str, at: tuple[int, int], why: str) -> PolicyError:
    return PolicyError("policy/bad-request-file", place=f"{file}:{at[0]}:{at[1]}", why=why)
