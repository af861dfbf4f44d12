"""Where prohibitions begin to hold as a meter rises."""

import pytest

from brightline.policy.layers import read_layers
from brightline.policy.meter_limits import MeterLimit, limits_of

HEAD = '@id("{id}") @reason("r") @hint("h") @clause("c") @source("s")\n'
HEAD += "{effect} (principal, action, resource) when {{ {when} }};\n"


def limits(*conditions: str, effect: str = "forbid", hold: str = "") -> list[MeterLimit]:
    text = "".join(hold + HEAD.format(id=f"p{at}", effect=effect, when=when) for at, when in enumerate(conditions))
    rules, faults = read_layers({"operator/a.cedar": text})
    assert faults == ()
    return list(limits_of(rules))


@pytest.mark.parametrize(
    ("condition", "most"),
    [
        ("context.meter.people > 500", 500),
        ("context.meter.people >= 500", 499),
        ("500 < context.meter.people", 500),
        ("500 <= context.meter.people", 499),
        ("principal is Unit && (context.fact.stream || context.meter.people > 7)", 7),
    ],
)
def test_however_it_is_written(condition: str, most: int) -> None:
    assert limits(condition) == [MeterLimit("people", most, "p0", holds=False)]


def test_what_holds_says_so_and_the_lowest_comes_first() -> None:
    found = limits(
        "context.meter.people > 9", "context.meter.acts > 1 || context.meter.people > 3", hold='@hold("officer, 1")\n'
    )
    assert [(each.meter, each.most, each.policy, each.holds) for each in found] == [
        ("acts", 1, "p1", True),
        ("people", 3, "p1", True),
        ("people", 9, "p0", True),
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "context.meter.people < 5",
        "context.meter.people == 5",
        "5 > context.meter.people",
        "context.meter.people > context.meter.acts",
        "context.fact.input_bytes > 5",
        'context.fact.app like "x"',
        "(context.meter.people + 1) > 5",
    ],
)
def test_what_names_no_limit(condition: str) -> None:
    assert limits(condition) == []


def test_a_permit_names_none() -> None:
    assert limits("context.meter.people > 5", effect="permit") == []
