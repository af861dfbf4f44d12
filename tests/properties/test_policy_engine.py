"""Our engine beside cedarpy on generated policies and requests: same satisfied, same errored, no difference."""

import functools
import json
import re

import cedarpy
from hypothesis import given, settings
from hypothesis import strategies as st

from brightline.policy.cedar_text import split
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of
from tests.benchmarks.cedar_grammar import LEAVES, TEMPLATES

ENTITIES = [
    {"uid": {"type": "G", "id": "top"}, "attrs": {}, "parents": []},
    {"uid": {"type": "G", "id": "g"}, "attrs": {"n": 7}, "parents": [{"type": "G", "id": "top"}]},
    {
        "uid": {"type": "U", "id": "u"},
        "attrs": {
            "n": 1,
            "s": "ab",
            "b": True,
            "set": [1, True, "a", {"n": 1}],
            "r": {"n": 1, "b": True},
            "friend": {"__entity": {"type": "U", "id": "v"}},
            "gone": {"__entity": {"type": "U", "id": "gone"}},
            "ip": {"__extn": {"fn": "ip", "arg": "10.0.0.0/8"}},
            "at": {"__extn": {"fn": "datetime", "arg": "1969-12-31T12:00:00Z"}},
        },
        "parents": [{"type": "G", "id": "g"}],
        "tags": {"a": 1, "b": "ab"},
    },
    {"uid": {"type": "U", "id": "v"}, "attrs": {}, "parents": []},
]
NAMES = st.sampled_from(["n", "s", "b", "set", "r", "friend", "gone", "ip", "at", "zz"])
PATTERNS = st.sampled_from(['"*"', '"a*"', '"*b"', '"a\\**"', '"*a*b*"', '""', '"ab"'])
DEPTH = 2
WRONG = 25  # one operand in so many is of any kind


def expressions(kind: str, depth: int) -> st.SearchStrategy[str]:
    """Mostly well-typed expressions of `kind`, because ill-typed ones all end alike."""
    leaves = st.sampled_from(LEAVES[kind])
    if depth == 0:
        return leaves
    made = [st.builds(text.format, *(operand(of, depth - 1) for of in kinds)) for text, *kinds in TEMPLATES[kind]]
    named = [
        st.builds("(({}) has {})".format, expressions("entity", 0), NAMES),
        st.builds("(({}) like {})".format, expressions("string", depth - 1), PATTERNS),
    ]
    return st.one_of(leaves, *made, *(named if kind == "bool" else []))


@functools.cache
def operand(kind: str, depth: int) -> st.SearchStrategy[str]:
    right = st.deferred(lambda: expressions(kind, depth))
    anything = st.deferred(lambda: st.one_of(*(expressions(other, 0) for other in LEAVES)))
    named = st.builds("({}).{}".format, anything, NAMES)
    return st.integers(0, WRONG).flatmap(lambda chance: named if chance == 1 else anything if chance == 2 else right)


EXPRESSIONS = operand("bool", DEPTH)
SCOPES = st.sampled_from(
    [
        *["principal, action, resource"] * 4,
        'principal in G::"top", action, resource is U',
        'principal == U::"u", action == Action::"a", resource',
        'principal is U in G::"g", action in [Action::"a", Action::"b"], resource',
    ]
)
# Policies that begin alike are laid out together; some of these beginnings error, some depend on the request.
BEGINNINGS = st.sampled_from(
    [
        *('context.s == "a"', '"ab" == context.s', 'context.s == "b*"', 'principal.s == "ab"', 'principal.n == "a"'),
        *('context.r == "a"', 'context.set == "a"', "context.b", "context.n > 0", 'principal.set.contains("a")'),
        *('context.set.contains("a")', "context.set.contains(1)", 'context.set.containsAny(["a", 1])', "1 < context.n"),
        *("context.n > 1", "context.n <= 1", "-1 < context.n", 'context.s like "ab*"', 'context.set like "a*"'),
        *('principal.friend == U::"v"', 'principal.gone == U::"gone"', 'context.b == U::"v"', 'context.s like "a*"'),
        *('["a", "ab"].contains(context.s)', '["ab"].contains(principal.s)', '["a"].contains(context.r)'),
        *("principal.set.contains(principal)", "[principal].contains(resource)", 'principal.gone.n == "a"'),
    ]
)
CLAUSES = st.one_of(
    *[st.builds("when {{ {} }}".format, EXPRESSIONS)] * 3,
    *[st.builds("when {{ {} && {} }}".format, BEGINNINGS, EXPRESSIONS)] * 2,
    *[st.builds("when {{ {} }}".format, BEGINNINGS)] * 2,
    st.builds("unless {{ {} }}".format, EXPRESSIONS),
    st.builds("when {{ {} }} unless {{ {} }}".format, EXPRESSIONS, EXPRESSIONS),
)
# Cedar names the permits only where no forbid holds, so most sets are of one effect and show everything.
EFFECTS = st.sampled_from([["permit"], ["permit"], ["forbid"], ["permit", "forbid"]])
POLICY_SETS = EFFECTS.flatmap(
    lambda effects: st.lists(
        st.builds("{} ({}) {};".format, st.sampled_from(effects), SCOPES, CLAUSES), min_size=2, max_size=8
    )
)
CONTEXTS = st.fixed_dictionaries(
    {"n": st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63)]), "s": st.sampled_from(["", "a", "ab", "b*"])},
    optional={"b": st.booleans(), "r": st.sampled_from([{"n": 1}, {"n": True}]), "set": st.just([1, "a"])},
)
UIDS = st.sampled_from([("U", "u"), ("U", "v"), ("U", "gone"), ("G", "g")])


def readable(policy: str) -> bool:
    """Whether cedarpy reads it: a method that takes no such number of arguments may be refused there already."""
    try:
        cedarpy.policies_to_json_str(policy)
    except ValueError:
        return False
    return True


STORE = store_of(ENTITIES)
REFERENCE = cedarpy.Entities.from_json_str(json.dumps(ENTITIES))


@settings(max_examples=400, deadline=None)
@given(POLICY_SETS, CONTEXTS, UIDS, UIDS)
def test_the_engines_agree(written, context, principal, resource) -> None:
    policies = [policy for policy in written if readable(policy)]
    text = "\n".join(policies)
    assert len(split("f", text)) == len(policies)
    static = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    ordered = [static[f"policy{index}"] for index in range(len(policies))]
    engine = Engine(compile_policies(ordered).bind(STORE.handle))
    who, where = STORE.handle(principal), STORE.handle(resource)
    ours = engine.evaluate(who, STORE.handle(("Action", "a")), where, record_of(context, STORE))
    theirs = cedarpy.is_authorized(
        {
            "principal": {"type": principal[0], "id": principal[1]},
            "action": {"type": "Action", "id": "a"},
            "resource": {"type": resource[0], "id": resource[1]},
            "context": context,
        },
        text,
        REFERENCE,
    )
    assert theirs.decision is not cedarpy.Decision.NoDecision
    errored = sorted(int(re.search(r"policy(\d+)", error).group(1)) for error in theirs.diagnostics.errors)
    reasons = sorted(int(reason.removeprefix("policy")) for reason in theirs.diagnostics.reasons)
    forbids = [index for index in ours.satisfied if ordered[index]["effect"] == "forbid"]
    assert (forbids or list(ours.satisfied), list(ours.errored)) == (reasons, errored), text
    assert (theirs.decision is cedarpy.Decision.Allow) == bool(ours.satisfied and not forbids)
