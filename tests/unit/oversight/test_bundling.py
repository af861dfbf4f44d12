import json
from dataclasses import replace

import pytest

from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.trust import RelyingParty, TrustBundle
from brightline.oversight.bundling import MAX_TOOLS_BYTES, Trusted, make_bundle, read_tools
from brightline.oversight.directory import Directory, entries_of
from brightline.testing.sign_off import (
    AGREEMENT_DIGEST,
    AUDIENCE,
    DEFINITION,
    DEFINITION_DIGEST,
    ORIGIN,
    ROLE,
    RP_ID,
    TOOL,
    make_scene,
)

SCENE = make_scene()
DIRECTORY = Directory(keys=entries_of([SCENE.directory.public]), webauthn=RelyingParty(RP_ID, (ORIGIN,)))
DEMAND = {
    "definition": json.loads(DEFINITION),
    "quorum": [{"role": ROLE, "quorum": 2}],
    "break_glass": None,
    "own_machine": False,
}
TRUSTED = Trusted(
    origin=SCENE.whole_log.origin,
    vkeys=(SCENE.whole_log.vkey,),
    gateway=SCENE.gateway.public,
    agreements=(AGREEMENT_DIGEST, AGREEMENT_DIGEST),
)


@pytest.mark.parametrize(
    "tools",
    [
        [],
        {},
        {TOOL: []},
        {TOOL: {**DEMAND, "more": 1}},
        {TOOL: {**DEMAND, "definition": "00"}},
        {TOOL: {**DEMAND, "quorum": []}},
        {TOOL: {**DEMAND, "quorum": [{"role": ROLE, "quorum": 0}]}},
        {"no tool": DEMAND},
    ],
)
def test_refuses_what_demands_nothing_or_in_other_words(tools: object) -> None:
    with pytest.raises(SignOffError):
        read_tools(json.dumps(tools).encode())


def test_refuses_a_file_that_is_too_large_or_has_a_name_twice() -> None:
    with pytest.raises(SignOffError):
        read_tools(b" " * (MAX_TOOLS_BYTES + 1))
    with pytest.raises(SignOffError):
        read_tools(b'{"a": {}, "a": {}}')


def test_a_definition_may_be_given_whole_or_by_its_digest() -> None:
    whole = read_tools(json.dumps({TOOL: DEMAND}).encode())
    by_digest = read_tools(json.dumps({TOOL: {**DEMAND, "definition": DEFINITION_DIGEST}}).encode())
    assert whole == by_digest


def test_no_effector_is_called_null() -> None:
    with pytest.raises(SignOffError):
        make_bundle("null", TRUSTED, DIRECTORY, read_tools(json.dumps({TOOL: DEMAND}).encode()))


def test_the_bundle_is_the_one_that_the_effector_reads() -> None:
    tools = read_tools(json.dumps({TOOL: DEMAND}).encode())
    made = make_bundle(AUDIENCE, TRUSTED, DIRECTORY, tools)
    assert TrustBundle.parse(made.canonical) == made
    assert made == replace(SCENE.bundle, longest_window_ms=made.longest_window_ms, clock_skew_ms=made.clock_skew_ms)
