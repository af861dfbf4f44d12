"""Writes a held action down so that people can sign exactly it.

What stands in the binding was derived by the gateway, comes from the call itself, or was said and signed by the machine
that would act; nothing is summarised.
"""

import hashlib
from collections.abc import Iterable

from brightline.domain.decision import Decision, Hold
from brightline.domain.sign_off.binding import (
    NULL_AUDIENCE,
    RISKS,
    TOOL_CALL,
    ActionBinding,
    BoundAgreement,
    BoundRule,
    Demand,
    Evidence,
    Proposer,
    Requester,
)
from brightline.domain.sign_off.canonical import digest
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import ID
from brightline.domain.sign_off.state import EffectorState
from brightline.gateway.errors import UseError
from brightline.gateway.ports import Proposal

_STREAM, _JSON = "text/event-stream", "application/json"


def bind(
    proposal: Proposal, *, hold: bytes, nonce: bytes, now_ms: int, state: EffectorState | None = None
) -> ActionBinding:
    """The binding of `proposal`, held from `now_ms` (UTC milliseconds) on; `hold` and `nonce` are 16 bytes each.

    `state` is what the machine said of itself; none where it was not asked, and then the binding has no preconditions.
    Raises `UseError` (`hold/cannot-bind`) for what cannot be written down in one way only.
    """
    who, ref, holds = proposal.principal, proposal.agreement, proposal.decision.holds
    claimed = proposal.use.claimed
    if not holds:
        raise UseError("gateway/internal")
    draft = ActionBinding(
        hold=hold.hex(),
        audience=proposal.audience or NULL_AUDIENCE,
        kind=proposal.kind,
        tool=proposal.tool,
        definition=digest("tool-definition", proposal.definition).hex(),
        call_id=proposal.call_id,
        arguments=proposal.arguments,
        preconditions={} if state is None else state.preconditions,
        diff=() if state is None else state.diff,
        requester=Requester(_person(who.name), who.key_id, who.organisation, who.unit, who.app),
        agent_owner=_person(who.owner),
        mission=proposal.mission,
        purpose=claimed.purpose or "",
        authority=claimed.authority or "",
        model=Proposer(proposal.deployment.id, proposal.deployment.model),
        agreement=BoundAgreement(ref.id, ref.version, ref.digest.hex(), ref.enclave),
        rules=tuple(_rules(proposal.decision)),
        risk=max((held.risk for held in holds), key=RISKS.index),
        own_machine=any(held.own_machine for held in holds),
        evidence=_evidence(proposal),
        nonce=nonce.hex(),
        not_before_ms=now_ms,
        not_after_ms=now_ms + 1000 * min(held.term_seconds for held in holds),
    )
    try:
        return draft.checked()
    except SignOffError as error:
        raise UseError("hold/cannot-bind", why=error.message) from error


def _person(name: str) -> str:
    """The name, where it may be a person's: no approver has any other, so no duty is lost with it."""
    return name if ID.fullmatch(name) else ""


def _rules(decision: Decision) -> Iterable[BoundRule]:
    reasons = {reason.policy_id: reason for reason in decision.reasons}
    for held in decision.holds:
        reason = reasons.get(held.policy_id)
        words = ("", "", "") if reason is None else (reason.clause, reason.source, reason.text)
        yield BoundRule(held.policy_id, *words, held.role, held.quorum, _glass(held))


def _glass(held: Hold) -> Demand | None:
    return None if held.break_glass is None else Demand(held.break_glass.role, held.break_glass.quorum)


def _evidence(proposal: Proposal) -> tuple[Evidence, ...]:
    """The answer in which a tool call was proposed; of a model call the binding holds the whole request."""
    if proposal.kind != TOOL_CALL or not proposal.content:
        return ()
    kind = _JSON if proposal.content.lstrip().startswith(b"{") else _STREAM
    sha256 = hashlib.sha256(proposal.content).hexdigest()
    return (Evidence("the model's answer that proposes this", kind, sha256),)
