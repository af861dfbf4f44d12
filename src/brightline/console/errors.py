"""What the console refuses.

BrightlineError
└── ConsoleError        anything under `console/`
"""

from brightline.domain.errors import BrightlineError


class ConsoleError(BrightlineError):
    """The console refuses a request, or cannot start."""
