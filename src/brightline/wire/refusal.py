"""What a caller is told when a use is refused or fails, before it is put into a dialect's envelope."""

from dataclasses import dataclass

from brightline.domain.decision import Reason
from brightline.domain.errors import BrightlineError


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refusal or failure: HTTP `status`, stable `code`, `message`, `hint`, determining policies, our id."""

    status: int
    code: str
    message: str
    hint: str
    decision_id: str
    reasons: tuple[Reason, ...] = ()

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
    return f"{refusal.message}{because}; {refusal.hint} ({refusal.code}, decision {refusal.decision_id})"


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
    }
