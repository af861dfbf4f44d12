"""Our engine beside cedarpy on generated policies and requests: same satisfied, same errored, no difference."""

import json
import re

import cedarpy
from hypothesis import given, settings
from hypothesis import strategies as st

from brightline.policy.cedar_text import split
from brightline.policy.compile import compile_policies
from brightline.policy.engine import evaluate
from brightline.policy.entities import record_of, store_of

ENTITIES = [
    {"uid": {"type": "G", "id": "top"}, "attrs": {}, "parents": []},
    {"uid": {"type": "G", "id": "g"}, "attrs": {"n": 7}, "parents": [{"type": "G", "id": "top"}]},
    {
        "uid": {"type": "U", "id": "u"},
        "attrs": {
            "n": 1, "s": "ab", "b": True, "set": [1, True, "a", {"n": 1}], "r": {"n": 1, "b": True},
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
NUMBERS = ["0", "1", "-1", "2", "9223372036854775807", "-9223372036854775808"]
STRINGS = ['""', '"a"', '"ab"', '"b"', '"a*"', '"é\\n"']
NAMES = ["n", "s", "b", "set", "r", "friend", "gone", "ip", "at", "zz"]
LEAVES = st.sampled_from(
    [
        *NUMBERS,
        *STRINGS,
        *("true", "false", "principal", "resource", "action", "context", "[]", "[1, true]", '[U::"u", G::"g"]'),
        *(
            'U::"u"',
            'U::"gone"',
            'G::"g"',
            'G::"top"',
            "{n: 1}",
            "{n: true}",
            '["a", "b"]',
            "principal.set",
            "context.r",
        ),
        *('decimal("1.5")', 'decimal("x")', 'ip("10.1.2.3")', 'ip("::1")', 'ip("1")'),
        *('datetime("2024-02-29")', 'datetime("2024-02-30")', 'duration("1d2h")', 'duration("-1ms")', 'duration("h")'),
        *("principal.at", "principal.ip", "context.n", "context.s", "principal.friend", "principal.gone"),
    ]
)
BINARY = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "+", "-", "&&", "||", "in"])
METHODS = st.sampled_from(
    [
        *("contains", "containsAll", "containsAny", "getTag", "hasTag", "isInRange", "offset", "durationSince"),
        *("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"),
    ]
)
PLAIN_METHODS = st.sampled_from(
    [
        *("isEmpty", "isIpv4", "isIpv6", "isLoopback", "isMulticast", "toDate", "toTime", "toMilliseconds"),
        *("toSeconds", "toMinutes", "toHours", "toDays"),
    ]
)
PATTERNS = st.sampled_from(['"*"', '"a*"', '"*b"', '"a\\\\**"', '"*a*b*"', '""', '"ab"'])


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    name = st.sampled_from(NAMES)
    return st.one_of(
        st.builds("({} {} {})".format, inner, BINARY, inner),
        st.builds("({}).{}({})".format, inner, METHODS, inner),
        st.builds("({}).{}()".format, inner, PLAIN_METHODS),
        st.builds("({}).{}".format, inner, name),
        st.builds("(({}) has {})".format, inner, name),
        st.builds("(({}) like {})".format, inner, PATTERNS),
        st.builds("(({}) is U)".format, inner),
        st.builds("(({}) is U in {})".format, inner, inner),
        st.builds("(!{})".format, inner),
        st.builds("(-({}))".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{n: {}, b: {}}}".format, inner, inner),
        st.builds("(({}) * {})".format, inner, st.sampled_from(NUMBERS)),
    )


EXPRESSIONS = st.recursive(LEAVES, compound, max_leaves=8)
SCOPES = st.sampled_from(
    [
        "principal, action, resource",
        'principal in G::"top", action, resource is U',
        'principal == U::"u", action == Action::"a", resource',
        'principal is U in G::"g", action in [Action::"a", Action::"b"], resource',
    ]
)
POLICIES = st.builds(
    "{} ({}) when {{ {} }} unless {{ {} }};".format,
    st.sampled_from(["permit", "forbid"]),
    SCOPES,
    EXPRESSIONS,
    st.one_of(st.just("false"), EXPRESSIONS),
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
@given(st.lists(POLICIES.filter(readable), min_size=1, max_size=5), CONTEXTS, UIDS, UIDS)
def test_the_engines_agree(policies, context, principal, resource) -> None:
    text = "\n".join(policies)
    assert len(split("f", text)) == len(policies)
    static = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"]
    ordered = [static[f"policy{index}"] for index in range(len(policies))]
    functions = compile_policies(ordered).bind(STORE.handle)
    who, where = STORE.handle(principal), STORE.handle(resource)
    ours = evaluate(functions, who, STORE.handle(("Action", "a")), where, record_of(context, STORE))
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
