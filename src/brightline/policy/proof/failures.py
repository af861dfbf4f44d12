"""Why an agreement is not proved: all failures at once, each with the request that shows it where there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from brightline.domain.messages import message_for
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import Json


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure: its code, the blanks of its message, and the request that shows it, decided by both engines."""

    code: str
    words: Mapping[str, str | int]
    request: Mapping[str, Json] | None = None
    reasons: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The failure in words."""
        return message_for(self.code).text.format(**self.words)

    @property
    def hint(self) -> str:
        """The next step."""
        return message_for(self.code).hint.format(**self.words)


class ProofFailedError(PolicyError):
    """An agreement is not proved; `failures` are all of them, and the first gives the code."""

    def __init__(self, failures: tuple[Failure, ...]) -> None:
        super().__init__(failures[0].code, **failures[0].words)
        self.failures = failures
