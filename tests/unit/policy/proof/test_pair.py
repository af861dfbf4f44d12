from collections.abc import Callable
from pathlib import Path

import pytest

from brightline.domain.decision import Effect
from brightline.policy.attributes import put
from brightline.policy.draft import read_draft
from brightline.policy.proof.differences import Change
from brightline.policy.proof.pair import Kind, Pair, pair_of

MORE = '@id("law-2") @clause("c") @source("s") forbid (principal, action, resource) when { context.fact.stream };\n'


@pytest.fixture
def pair(directory: Callable[..., Path]) -> Pair:
    old, _ = read_draft(directory())
    new, faults = read_draft(directory({"law/more.cedar": MORE}))
    assert old is not None
    assert new is not None, faults
    return pair_of(old, new)


def test_a_request_that_both_answer_alike_has_no_kind(pair: Pair) -> None:
    assert pair.kind_of(pair.typical["generate"].plain) is None


def test_other_reasons_alone_are_no_difference(pair: Pair) -> None:
    asked = pair.typical["generate"].plain
    context = put(asked.context, ("fact", "effects"), [{"__entity": {"type": "Effect", "id": "surveil"}}])
    assert pair.kind_of(asked._replace(context=put(context, ("fact", "stream"), True))) is None


def test_the_kind_and_the_decisions(pair: Pair) -> None:
    asked = pair.typical["generate"].plain
    asked = asked._replace(context=put(asked.context, ("fact", "stream"), True))
    assert pair.kind_of(asked) == Kind(Change.FORBIDDEN, Effect.PERMIT, ("law-2",))
    before, after = pair.decisions(asked)
    assert (before.effect, after.code) == (Effect.PERMIT, "policy/forbidden")


def test_the_plain_request_is_one_that_either_permits(pair: Pair) -> None:
    assert pair.decisions(pair.typical["generate"].plain)[0].permitted
