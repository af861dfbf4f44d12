"""Makes the statement that a person is about to sign from what he was shown and what he chose.

Nothing here is trusted later: whoever counts a statement verifies all of it again.
"""

from dataclasses import dataclass

from brightline.console.errors import ConsoleError
from brightline.console.ports import Approval, Passkey
from brightline.domain.sign_off.statement import Statement

ASSURANCE = "webauthn-uv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person chose on the action's page, and for how long he was shown it."""

    decision: str
    role: str
    reason: str
    dwell_ms: int


def check_choice(approval: Approval, choice: Choice) -> None:
    """Raises `ConsoleError` when the person may not choose this now, or has not looked at what he must."""
    roles = approval.break_glass_roles if choice.decision == "break-glass" else approval.roles
    if choice.role not in roles:
        raise ConsoleError("console/not-your-role", decision=choice.decision)
    check_evidence(approval)
    reasoned = choice.decision == "break-glass" or (choice.decision == "allow" and approval.binding.risk == "top")
    if reasoned and not choice.reason.strip():
        raise ConsoleError("console/reason-needed")


def check_evidence(approval: Approval) -> None:
    """Raises `ConsoleError` when an item of evidence was not opened."""
    count = sum(not item.opened for item in approval.evidence)
    if count:
        raise ConsoleError("console/evidence-unopened", count=count)


def make_statement(approval: Approval, choice: Choice, passkey: Passkey) -> Statement:
    """The statement that `passkey` shall sign; raises `ConsoleError` when the page shows another action."""
    binding = approval.binding
    if approval.rendering != binding.rendered or binding.rendering.sha256 != binding.rendered_digest:
        raise ConsoleError("console/other-rendering")
    return Statement(
        binding=binding.digest.hex(),
        decision=choice.decision,
        person=passkey.person,
        key=passkey.key,
        role=choice.role,
        rendering=binding.rendered_digest,
        log=approval.log,
        assurance=ASSURANCE,
        own_machine=False,
        blind=approval.votes is None,
        evidence=tuple(sorted({item.sha256 for item in approval.evidence if item.opened})),
        dwell_ms=choice.dwell_ms,
        reason=choice.reason,
        signed_at_ms=approval.now_ms,
    )
