import asyncio
import os
from dataclasses import replace

import pytest

from brightline.console.errors import ConsoleError
from brightline.console.ports import Approval, Passkey
from brightline.console.statements import Choice, check_choice, check_evidence, make_statement
from brightline.domain.sign_off.statement import Statement
from brightline.testing import approval_samples
from brightline.testing.console import SimulatedConsole, now_ms

PASSKEY = Passkey("alice", "a" * 64, b"credential")
CHOICE = Choice(decision="allow", role=approval_samples.RELEASE_OFFICER, reason="seen", dwell_ms=7)


@pytest.fixture
def approval(console: SimulatedConsole) -> Approval:
    """The action of the top class, its evidence opened."""
    proposed = approval_samples.release_payload(os.urandom, now_ms())
    hold = console.journeys.hold(proposed)
    for item in proposed.binding.evidence:
        asyncio.run(console.journeys.open_evidence(hold, "alice", item.sha256))
    return asyncio.run(console.journeys.show(hold, "alice"))


def code_of(approval: Approval, choice: Choice) -> str:
    with pytest.raises(ConsoleError) as refused:
        check_choice(approval, choice)
    return refused.value.code


def test_what_may_be_chosen(approval: Approval) -> None:
    check_choice(approval, CHOICE)
    check_choice(approval, replace(CHOICE, decision="deny", reason=""))
    assert code_of(approval, replace(CHOICE, reason="\n")) == "console/reason-needed"
    assert code_of(approval, replace(CHOICE, role="clerk")) == "console/not-your-role"
    assert code_of(approval, replace(CHOICE, decision="break-glass")) == "console/not-your-role"


def test_breaking_glass_needs_its_own_role_and_a_reason(approval: Approval) -> None:
    path = replace(approval, break_glass_roles=("watch-commander",), roles=())
    choice = replace(CHOICE, decision="break-glass", role="watch-commander")
    check_choice(path, choice)
    assert code_of(path, replace(choice, reason="")) == "console/reason-needed"
    assert code_of(path, replace(CHOICE, role="watch-commander")) == "console/not-your-role"


def test_unopened_evidence_is_counted(approval: Approval) -> None:
    closed = replace(approval, evidence=tuple(replace(item, opened=False) for item in approval.evidence))
    with pytest.raises(ConsoleError) as refused:
        check_evidence(closed)
    assert refused.value.message.startswith("2 items")


def test_a_statement_says_what_was_shown(approval: Approval) -> None:
    statement = make_statement(approval, CHOICE, PASSKEY)
    assert Statement.parse(statement.canonical) == statement
    assert (statement.person, statement.key, statement.assurance) == ("alice", "a" * 64, "webauthn-uv")
    assert statement.log == approval.log
    assert statement.dwell_ms == 7
    assert statement.blind
    assert not make_statement(replace(approval, votes=()), CHOICE, PASSKEY).blind


def test_another_rendering_is_never_signed(approval: Approval) -> None:
    other = replace(approval.binding, rendering=replace(approval.binding.rendering, sha256="0" * 64))
    for lying in (replace(approval, rendering="something else"), replace(approval, binding=other)):
        with pytest.raises(ConsoleError) as refused:
            make_statement(lying, CHOICE, PASSKEY)
        assert refused.value.code == "console/other-rendering"
