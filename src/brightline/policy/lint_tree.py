"""Reads Cedar's JSON AST for the lint: every node, what an expression names, and which constants stand in it.

INVARIANT: nothing here follows a chain of `&&` or `||` by recursion, as its length is the author's.
"""

from collections.abc import Iterator, Mapping

from brightline.policy.expressions import Json
from brightline.policy.values import Uid

# A variable and the attributes after it: `context.fact.mission` is ("context", "fact", "mission").
Path = tuple[str, ...]
Constant = str | int | Uid  # a bool is an int


def walk(node: Json | Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Every object inside `node`, outermost first; without recursion, as the depth is the author's."""
    waiting: list[Json | Mapping[str, Json]] = [node]
    while waiting:
        current = waiting.pop()
        # Most are dicts, and asking for the type alone is several times as fast.
        if type(current) is dict or isinstance(current, Mapping):
            yield current
            waiting += [item for item in reversed(list(current.values())) if type(item) in (dict, list)]
        elif isinstance(current, list):
            waiting += [item for item in reversed(current) if type(item) in (dict, list)]


def conditions(policy: Mapping[str, Json]) -> Iterator[tuple[Json, bool]]:
    """The bodies of the conditions of `policy`, each with whether it must be true (`when`) or not (`unless`)."""
    written = policy.get("conditions")
    for node in written if isinstance(written, list) else ():
        if isinstance(node, dict):
            yield node.get("body"), node.get("kind") == "when"


def part(node: Json, *names: str) -> list[Json]:
    """The members of `node` called `names`; None for one that is not there."""
    return [node.get(name) if isinstance(node, dict) else None for name in names]


def only(node: Json) -> tuple[str, Json]:
    """The one member of an expression: its operator and what that is applied to."""
    if isinstance(node, dict) and len(node) == 1:
        [(name, body)] = node.items()
        return name, body
    return "", None


def operands(name: str, body: Json) -> list[Json]:
    """What a chain of `name` holds, from left to right."""
    left, right = part(body, "left", "right")
    found = [right]
    while only(left)[0] == name:
        left, right = part(only(left)[1], "left", "right")
        found.append(right)
    return [left, *reversed(found)]


def path_of(node: Json) -> Path | None:
    """The path that `node` reads; none when it is anything but attributes of a variable."""
    names: list[str] = []
    name, body = only(node)
    while name == ".":
        node, attribute = part(body, "left", "attr")
        names.append(str(attribute))
        name, body = only(node)
    return (str(body), *reversed(names)) if name == "Var" else None


def constant_of(node: Json) -> Constant | None:
    """The constant that `node` is; none when it is anything else."""
    name, body = only(node)
    if name != "Value":
        return None
    if isinstance(body, str | int):
        return body
    kind, identifier = part(part(body, "__entity")[0], "type", "id")
    return (kind, identifier) if isinstance(kind, str) and isinstance(identifier, str) else None


def constants_of(node: Json) -> list[Constant] | None:
    """The constants of a set of constants; none when `node` is anything else."""
    name, body = only(node)
    if name != "Set" or not isinstance(body, list):
        return None
    found = [constant_of(item) for item in body]
    known = [item for item in found if item is not None]
    return known if len(known) == len(found) else None


def paths_in(node: Json) -> set[Path]:
    """Every longest path that `node` reads, and those that it asks for with `has`."""
    found: set[Path] = set()
    waiting: list[Json] = [node]
    while waiting:
        current = waiting.pop()
        path = path_of(current)
        if path is not None:
            found.add(path)
        elif isinstance(current, dict):
            name, body = only(current)
            base, attribute = part(body, "left", "attr")
            within = path_of(base) if name == "has" else None
            if within is not None:
                found.add((*within, str(attribute)))
            else:
                waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)
    return found


def written(path: Path) -> str:
    """`path` as a policy writes it."""
    return ".".join(path)
