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
