"""What lies near a red line: its condition with one part left out; a request near it lacks only that part."""

from collections.abc import Iterator, Mapping

from brightline.policy.expressions import Json

Policy = Mapping[str, Json]
_ANYTHING: dict[str, Json] = {"op": "All"}
_SCOPES = ("principal", "action", "resource")


def neighbours(policy: Policy) -> Iterator[Policy]:
    """`policy` with one part of its condition left out, then with one part of its scope; each once."""
    conditions = _list(policy.get("conditions"))
    for index, condition in enumerate(conditions):
        clause = _record(condition)
        # `unless { a || b }` asks for neither: leaving out `a` leaves out one part.
        joint = "&&" if clause.get("kind") == "when" else "||"
        for rest in _without_one(clause.get("body"), joint):
            changed = [] if rest is None else [{**clause, "body": rest}]
            yield {**policy, "conditions": [*conditions[:index], *changed, *conditions[index + 1 :]]}
    for variable in _SCOPES:
        if policy.get(variable) != _ANYTHING:
            yield {**policy, variable: _ANYTHING}


def parts(body: Json, joint: str) -> list[Json]:
    """The parts of `body` that `joint` (`&&` or `||`) joins, from left to right."""
    found: list[Json] = []
    waiting = [body]
    while waiting:
        node = waiting.pop()
        sides = _record(node).get(joint)
        if isinstance(sides, dict):
            waiting += [sides["right"], sides["left"]]
        else:
            found.append(node)
    return found


def joined(nodes: list[Json], joint: str) -> Json:
    """The expression that joins `nodes` by `joint`; none for none."""
    whole: Json = None
    for node in nodes:
        whole = node if whole is None else {joint: {"left": whole, "right": node}}
    return whole


def _without_one(body: Json, joint: str) -> Iterator[Json]:
    whole = parts(body, joint)
    for index in range(len(whole)):
        yield joined([*whole[:index], *whole[index + 1 :]], joint)


def _list(node: Json) -> list[Json]:
    return node if isinstance(node, list) else []


def _record(node: Json) -> dict[str, Json]:
    return node if isinstance(node, dict) else {}
