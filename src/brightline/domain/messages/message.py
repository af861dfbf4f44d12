"""One entry of the catalogue of user-facing messages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads for one error code.

    `text` is lower case without a full stop, the user's words in backticks; `hint` is the next step; `status` is the
    HTTP status (RFC 9110 section 15) where the error can reach a caller of the gateway, else 500.
    """

    text: str
    hint: str
    status: int = 500
