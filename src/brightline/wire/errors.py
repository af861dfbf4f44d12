"""What cannot be read.

WireError                 bytes on either side that cannot be read in one way only
├── RequestError          the caller's bytes: 4xx, nothing was asked of a provider
└── AnswerError           the provider's bytes: 502, or an error event inside a stream
    └── TruncatedError    a stream that ended without the dialect's terminal event
"""

from brightline.domain.errors import BrightlineError


class WireError(BrightlineError):
    """Bytes on either side that cannot be read in one way only."""


class RequestError(WireError):
    """The caller's request cannot be read; a message names the field, never its content."""


class AnswerError(WireError):
    """The provider's answer cannot be read; nothing after the last good event may be released."""


class TruncatedError(AnswerError):
    """A stream ended without the dialect's terminal event."""

    def __init__(self) -> None:
        super().__init__("wire/answer-truncated")
