"""That a change only tightens is shown by the solvers, or it is refused."""

import json

import pytest

from brightline.policy import PolicyError
from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof import subset
from brightline.policy.proof.solver import Limits, Unknown
from brightline.policy.proof.subset import check_subset

LIMITS = Limits(20.0)
NOTES = '@reason("r") @clause("c") @source("s")'
CONTROL = 'context.fact.effects.contains(Effect::"control")'


def forbid(name, condition, more=""):
    return f'@id("{name}") {NOTES} {more}\nforbid (principal, action, resource) when {{ {condition} }};\n'


def held(name, role, quorum, condition=CONTROL):
    return {f"operator/{name}.cedar": forbid(name, condition, f'@hold("{role}, {quorum}")')}


def with_more(name, more):
    return {f"operator/{name}.cedar": forbid(name, CONTROL, f'@hold("officer, 2") {more}')}


def refused(old, new):
    with pytest.raises(PolicyError) as caught:
        check_subset(old, new, limits=LIMITS)
    return caught.value.code, caught.value.message


@pytest.fixture
def versions(draft):
    """Two versions, each with files beside the small agreement's."""

    def read(before, after):
        return draft(before), draft({**dict.fromkeys(set(before) - set(after)), **after})

    return read


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({}, {"operator/more.cedar": f'@id("more") {NOTES} permit (principal, action, resource);\n'}, "permitted"),
        ({"operator/no.cedar": forbid("no", CONTROL)}, {}, "permitted"),
        (held("wait", "officer", 2), {}, "permitted"),
        (held("wait", "officer", 2), held("wait", "officer", 1), "held for 1 of the role officer"),
        (held("wait", "officer", 2), held("wait", "clerk", 2), "held for 2 of the role clerk"),
        (
            held("wait", "officer", 2),
            with_more("wait", '@break_glass("chief, 2")'),
            "held for 2 of the role officer, or by 2 of the role chief who break the glass",
        ),
        (
            with_more("wait", '@break_glass("chief, 2")'),
            with_more("wait", '@break_glass("chief, 1")'),
            "held for 2 of the role officer, or by 1 of the role chief who break the glass",
        ),
        (with_more("wait", '@own_machine("required")'), held("wait", "officer", 2), "held for 2 of the role officer"),
        (
            held("wait", "officer", 2),
            with_more("wait", '@risk("low") @term("901")'),
            "held for 2 of the role officer, at the risk low, within 901 s",
        ),
        ({"operator/no.cedar": forbid("no", CONTROL)}, held("wait", "officer", 9), "held for 9 of the role officer"),
        (
            {"operator/no.cedar": forbid("no", "context.fact.input_bytes > 10")},
            {"operator/no.cedar": forbid("no", "context.fact.input_bytes > 11")},
            "permitted",
        ),
    ],
)
def test_what_widens_is_shown_by_a_request(versions, before, after, words):
    code, message = refused(*versions(before, after))
    assert code == "policy/tightening-widens"
    assert message.endswith(f"would be {words}")


def test_other_entities_are_not_compared(draft, manifest):
    old = draft()
    manifest["organisations"][0]["units"].append("another")
    assert refused(old, draft({"manifest.json": json.dumps(manifest)}))[0] == "policy/tightening-not-shown"


def unknown(*_, **__):
    return Unknown("timeout")


def unsupported(*_, **__):
    raise UnsupportedError("a new construct")


@pytest.mark.parametrize(("solve", "why"), [(unknown, "timeout"), (unsupported, "a new construct")])
def test_what_nobody_knows_is_not_shown(draft, monkeypatch, solve, why):
    monkeypatch.setattr(subset, "solve", solve)
    code, message = refused(draft(), draft({"operator/no.cedar": forbid("no", CONTROL)}))
    assert code == "policy/tightening-not-shown"
    assert why in message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"operator/no.cedar": forbid("no", CONTROL)}),
        ({}, held("wait", "officer", 1)),
        (held("wait", "officer", 1), held("wait", "officer", 2)),
        (with_more("wait", '@break_glass("chief, 1")'), held("wait", "officer", 2)),
        (with_more("wait", '@break_glass("chief, 1")'), with_more("wait", '@break_glass("chief, 2")')),
        (held("wait", "officer", 2), with_more("wait", '@own_machine("required") @risk("top") @term("60")')),
        (held("wait", "officer", 2), with_more("wait", '@wait("3600")')),
        (held("wait", "officer", 1), {"operator/no.cedar": forbid("no", CONTROL)}),
        (held("wait", "officer", 1), {**held("wait", "officer", 1), **held("too", "clerk", 1)}),
        (
            {"operator/no.cedar": forbid("no", "context.fact.input_bytes > 10")},
            {"operator/no.cedar": forbid("no", "context.fact.input_bytes > 9")},
        ),
        ({}, {"operator/no.cedar": forbid("no", "context.fact.input_bytes * 2 > 9")}),
        ({}, {}),
    ],
)
def test_what_tightens_is_shown(versions, before, after):
    assert check_subset(*versions(before, after), limits=LIMITS) is None
