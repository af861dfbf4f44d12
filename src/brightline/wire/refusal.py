"""What a caller is told when a use is refused or fails, before it is put into a dialect's envelope."""

from dataclasses import dataclass

from brightline.domain.decision import Hold, Reason
from brightline.domain.errors import BrightlineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refusal or failure: HTTP `status`, stable `code`, `message`, `hint`, determining policies, our id.

    `holds` are the sign-offs that a held use waits for, `pending` the ids of what was held for them.
    """

    status: int
    code: str
    message: str
    hint: str
    decision_id: str
    reasons: tuple[Reason, ...] = ()
    holds: tuple[Hold, ...] = ()
    pending: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: BrightlineError, *, decision_id: str) -> "Refusal":
        """The refusal that `error` stands for."""
        return cls(
            status=error.status, code=error.code, message=error.message, hint=error.hint, decision_id=decision_id
        )


def sentence(refusal: Refusal) -> str:
    """What a person reads: the message, the reasons their authors gave, the next step, the code and our id."""
    reasons = "; ".join(reason.text or reason.policy_id for reason in refusal.reasons)
    because = f" because {reasons}" if reasons else ""
    waits = "; ".join(
        f"`{hold.policy_id}` wants {_persons(hold.quorum)} in role `{hold.role}`" for hold in refusal.holds
    )
    because += f" ({waits})" if waits else ""
    return f"{refusal.message}{because}; {refusal.hint} ({refusal.code}, decision {refusal.decision_id})"


def _persons(count: int) -> str:
    return "the sign-off of one person" if count == 1 else f"sign-offs of {count} persons"


def details(refusal: Refusal) -> dict[str, object]:
    """What a program reads, beside the dialect's own fields."""
    return {
        "code": refusal.code,
        "hint": refusal.hint,
        "decision_id": refusal.decision_id,
        "reasons": [
            {"policy": reason.policy_id, "layer": reason.layer.value, "text": reason.text, "hint": reason.hint}
            for reason in refusal.reasons
        ],
        **({"holds": [_hold(hold) for hold in refusal.holds]} if refusal.holds else {}),
        **({"pending": list(refusal.pending)} if refusal.pending else {}),
    }


def _hold(hold: Hold) -> dict[str, str | int]:
    return {"policy": hold.policy_id, "role": hold.role, "quorum": hold.quorum}
