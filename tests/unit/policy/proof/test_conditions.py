import json

import cedarpy
import pytest

from brightline.policy.proof import conditions


def read(text: str) -> object:
    """The body of a condition as cedarpy reads it."""
    policy = json.loads(cedarpy.policies_to_json_str(f"permit (principal, action, resource) when {{ {text} }};"))
    return policy["staticPolicies"]["policy0"]["conditions"][0]["body"]


PATH = ("fact", "mission")
ENTITY = {"__entity": {"type": "Effect", "id": "read"}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (conditions.equals(PATH, "m"), 'context.fact.mission == "m"'),
        (conditions.equals(PATH, None), "!(context.fact has mission)"),
        (conditions.equals(PATH, []), "context.fact.mission.isEmpty()"),
        (conditions.equals(PATH, [ENTITY]), 'context.fact.mission == [Effect::"read"]'),
        (
            conditions.equals(PATH, {"__extn": {"fn": "decimal", "arg": "1.5"}}),
            'context.fact.mission == decimal("1.5")',
        ),
        (conditions.equals(PATH, {"a": -3}), 'context.fact.mission == {"a": -3}'),
        (conditions.is_entity("principal", ("Unit", "a/b")), 'principal == Unit::"a/b"'),
        (conditions.has(("fact", "x")), "context.fact has x"),
        (conditions.all_of([]), "true"),
        (conditions.any_of([]), "false"),
        (conditions.any_of([conditions.FALSE]), "false"),
        (conditions.all_of([conditions.TRUE] * 3), "true && (true && true)"),
    ],
)
def test_reads_as_cedar(body: object, expected: str) -> None:
    assert body == read(expected)
    assert conditions.when(body)["conditions"] == [{"kind": "when", "body": body}]


def test_a_long_list_stays_flat() -> None:
    body = conditions.any_of([conditions.FALSE] * 1000)
    depth = 0
    while "||" in body:
        depth, body = depth + 1, body["||"]["right"]
    assert depth == 10
