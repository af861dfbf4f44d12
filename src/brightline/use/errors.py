"""What describing a use refuses.

BrightlineError
├── CountError       use/unreadable-count   a tool does not say how many people its call touches
└── GazetteerError   use/bad-gazetteer      the operator's list of names cannot be read
"""

from brightline.domain.errors import BrightlineError


class CountError(BrightlineError):
    """Nobody can tell how many people a call touches, and its register lets nothing run then."""


class GazetteerError(BrightlineError):
    """The operator's list of names cannot be read."""
