"""Whether a request shows what a witness is to show: permitted near a red line, or crossing it and refused.

Decided by both engines, for a new witness as for one that a certificate names.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from brightline.domain.decision import Decision, Effect
from brightline.policy.expressions import Json
from brightline.policy.holds import covers
from brightline.policy.layers import Rule
from brightline.policy.proof.certificate import PERMITTED
from brightline.policy.proof.replay import replay
from brightline.policy.proof.subject import Subject
from brightline.policy.proof.witness import ProofRequest
from brightline.policy.values import Uid


class Judged(NamedTuple):
    """What the agreement decides about a witness, and what it fails to show; `lacks` is empty when it shows it."""

    decision: str
    lacks: str


def judged(kind: str, red_line: Rule, request: ProofRequest, subject: Subject) -> Judged:
    """Whether `request` is a witness of `kind` for `red_line`; raises `PolicyError` where the engines differ."""
    decision = replay(request, subject.rules, schema=subject.schema)
    crosses = crossed(red_line, request, subject.schema)
    enough = suffices(decision, red_line)
    word = decision.effect.value
    if kind == PERMITTED:
        held = crosses and decision.effect is Effect.HOLD and enough
        if decision.effect is Effect.PERMIT and crosses:
            return Judged(word, "it crosses the line")
        return Judged(word, "" if decision.permitted or held else "it is not permitted")
    if not crosses:
        return Judged(word, "it does not cross the line")
    return Judged(word, "" if enough else "it is not refused")


def crossed(red_line: Rule, request: ProofRequest, schema: str) -> bool:
    """Whether the condition of `red_line` is true or errors for `request`."""
    alone = replay(request, [replace(red_line, hold=None)], schema=schema)
    return alone.code in ("policy/forbidden", "policy/errored-forbid")


def suffices(decision: Decision, red_line: Rule) -> bool:
    """Whether `decision` is what `red_line` asks for: a refusal, or a hold that covers what it names."""
    asked = red_line.hold
    if decision.effect is not Effect.HOLD or asked is None:
        return decision.effect is Effect.FORBID
    return any(covers(hold, asked) for hold in decision.holds)


def to_json(request: ProofRequest) -> dict[str, Json]:
    """`request` without its entities: a witness speaks of the chart as signed, which the agreement holds."""
    whole = request.as_json()
    return {name: whole[name] for name in ("principal", "action", "resource", "context")}


def from_json(written: Mapping[str, Json], subject: Subject) -> ProofRequest | None:
    """The request that `to_json` wrote, over the entities of `subject`; none where it is not of that form."""
    context = written.get("context")
    named = [_uid(written.get(part)) for part in ("principal", "action", "resource")]
    if not isinstance(context, dict) or set(written) != {"principal", "action", "resource", "context"}:
        return None
    principal, action, resource = named
    if principal is None or action is None or resource is None:
        return None
    return ProofRequest(principal, action, resource, context, subject.entities)


def _uid(node: Json) -> Uid | None:
    match node:
        case {"type": str(kind), "id": str(name), **rest} if not rest:
            return kind, name
    return None
