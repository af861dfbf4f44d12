"""Where a prohibition begins to hold as a meter rises, for whoever shows meters; what decides are the policies."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.lint_tree import walk

_METER: Json = {".": {"left": {"Var": "context"}, "attr": "meter"}}
# What a meter that stands at the left, or at the right, may tell at most before the comparison holds.
_LEFT = {">": 0, ">=": -1}
_RIGHT = {"<": 0, "<=": -1}


class MeterLimit(NamedTuple):
    """`meter` may tell `most` before the prohibition `policy` may refuse; `holds` says that it holds instead."""

    meter: str
    most: int
    policy: str
    holds: bool


def limits_of(rules: Iterable[Rule]) -> tuple[MeterLimit, ...]:
    """The limits that the conditions of prohibitions name as numbers, by meter, the lowest first."""
    found = {
        MeterLimit(meter, most, rule.reason.policy_id, rule.hold is not None)
        for rule in rules
        if rule.forbids
        for meter, most in _limits(rule.policy)
    }
    return tuple(sorted(found))


def _limits(policy: Mapping[str, Json]) -> Iterator[tuple[str, int]]:
    for node in walk(policy.get("conditions", [])):
        for name, sides in node.items():
            if isinstance(sides, dict) and sides.keys() == {"left", "right"}:
                yield from _limit(sides["left"], sides["right"], _LEFT.get(name))
                yield from _limit(sides["right"], sides["left"], _RIGHT.get(name))


def _limit(meter: Json, number: Json, less: int | None) -> Iterator[tuple[str, int]]:
    """The limit in a comparison of `meter` with `number`, if it is one."""
    read = meter.get(".") if isinstance(meter, dict) else None
    bound = number.get("Value") if isinstance(number, dict) else None
    if less is not None and type(bound) is int and isinstance(read, dict) and read.get("left") == _METER:
        yield str(read["attr"]), bound + less
