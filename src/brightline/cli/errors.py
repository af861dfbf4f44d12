"""Errors of the command line.

CliError
├── PlaceError      a directory or file that cannot be used as asked
├── TalkError       the running gateway answered nothing a client understands
├── ProofError      a proof for another entry than the one asked about
└── StoryError      the demo cannot start, or a step of it did not go as it should
"""

from brightline.domain.errors import BrightlineError


class CliError(BrightlineError):
    """Anything the command line itself refuses."""


class PlaceError(CliError):
    """A directory or file that cannot be used as asked."""


class TalkError(CliError):
    """The running gateway answered nothing a client understands."""


class ProofError(CliError):
    """A proof for another entry than the one asked about."""


class StoryError(CliError):
    """The demo cannot start, or a step of it did not go as it should."""
