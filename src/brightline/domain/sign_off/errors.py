"""What reading or writing an object of a sign-off refuses.

BrightlineError
└── SignOffError   signoff/*   bytes that are no such object in its one form, or a rendering of something else
"""

from brightline.domain.errors import BrightlineError


class SignOffError(BrightlineError):
    """An object of a sign-off is malformed; never with contents in its words, but for the name of a field."""
