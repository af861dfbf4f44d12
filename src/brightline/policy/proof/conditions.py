"""Conditions on requests as policies, so that a solver can be asked about requests in Cedar's own terms.

Each function gives Cedar's JSON AST, or a permit whose only condition it is; the encoder reads them like any policy.
"""

from collections.abc import Iterable, Mapping

from brightline.policy.attributes import Path
from brightline.policy.expressions import Json
from brightline.policy.values import Uid

_ANYTHING: dict[str, Json] = {"op": "All"}
TRUE: dict[str, Json] = {"Value": True}
FALSE: dict[str, Json] = {"Value": False}


def when(body: Json) -> Mapping[str, Json]:
    """The policy that is satisfied for exactly the requests for which `body` is true."""
    conditions: list[Json] = [{"kind": "when", "body": body}]
    return {
        **dict.fromkeys(("principal", "action", "resource"), _ANYTHING),
        "effect": "permit",
        "conditions": conditions,
    }


def attribute(path: Path) -> Json:
    """`context.a.b`."""
    node: Json = {"Var": "context"}
    for name in path:
        node = {".": {"left": node, "attr": name}}
    return node


def has(path: Path) -> Json:
    """`context.a has b`."""
    return {"has": {"left": attribute(path[:-1]), "attr": path[-1]}}


def is_entity(variable: str, uid: Uid) -> Json:
    """`principal == Type::"id"`, or `resource`."""
    return {"==": {"left": {"Var": variable}, "right": literal(_entity(uid))}}


def equals(path: Path, value: Json) -> Json:
    """`context.a.b == value`; that nothing stands there for None."""
    if value is None:
        return negated(has(path))
    if value == []:
        return {"isEmpty": {"arg": attribute(path)}}
    return {"==": {"left": attribute(path), "right": literal(value)}}


def literal(value: Json) -> Json:
    """A value of Cedar's JSON form as an expression."""
    match value:
        case {"__extn": {"fn": str(name), "arg": argument}}:
            return {name: [{"Value": argument}]}
        case {"__entity": _}:
            return {"Value": value}
        case dict():
            return {"Record": {name: literal(item) for name, item in value.items()}}
        case list():
            return {"Set": [literal(item) for item in value]}
    return {"Value": value}


def negated(body: Json) -> Json:
    """`!body`."""
    return {"!": {"arg": body}}


def all_of(bodies: Iterable[Json]) -> Json:
    """`a && b && …`; true for none."""
    return _joined("&&", list(bodies), TRUE)


def any_of(bodies: Iterable[Json]) -> Json:
    """`a || b || …`; false for none."""
    return _joined("||", list(bodies), FALSE)


def _joined(joint: str, bodies: list[Json], none: Json) -> Json:
    """A balanced tree, so that a long list does not nest deep."""
    if len(bodies) < 2:
        return bodies[0] if bodies else none
    middle = len(bodies) // 2
    return {joint: {"left": _joined(joint, bodies[:middle], none), "right": _joined(joint, bodies[middle:], none)}}


def _entity(uid: Uid) -> Json:
    return {"__entity": {"type": uid[0], "id": uid[1]}}
