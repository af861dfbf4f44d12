"""The neighbours of a red line, read back by the reference parser."""

import json

import cedarpy
import pytest

from brightline.policy.proof.neighbours import joined, neighbours

FORBID = "forbid (principal, action, resource)"


def read(text):
    return json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]["policy0"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (f"{FORBID};", []),
        (f"{FORBID} when {{ context.a }};", [f"{FORBID};"]),
        (
            f"{FORBID} when {{ context.a && context.b && (context.c || context.d) }};",
            [
                f"{FORBID} when {{ context.b && (context.c || context.d) }};",
                f"{FORBID} when {{ context.a && (context.c || context.d) }};",
                f"{FORBID} when {{ context.a && context.b }};",
            ],
        ),
        (
            f"{FORBID} when {{ context.a }} unless {{ context.b || context.c }};",
            [
                f"{FORBID} unless {{ context.b || context.c }};",
                f"{FORBID} when {{ context.a }} unless {{ context.c }};",
                f"{FORBID} when {{ context.a }} unless {{ context.b }};",
            ],
        ),
        (
            'forbid (principal == A::"x", action, resource is B);',
            ["forbid (principal, action, resource is B);", 'forbid (principal == A::"x", action, resource);'],
        ),
    ],
)
def test_each_part_is_left_out_once(policy, expected):
    assert list(neighbours(read(policy))) == [read(text) for text in expected]


def test_nothing_joins_to_nothing():
    assert joined([], "&&") is None
