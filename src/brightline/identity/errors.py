"""Errors of identity.

IdentityError
├── CredentialError             the caller did not show who it is
│   └── TooManyFailuresError    an address failed too often to be answered
├── MissionError                the caller may not act for this mission
└── KeyRefusedError             a key that cannot be made, imported or revoked as asked
"""

from brightline.domain.errors import BrightlineError


class IdentityError(BrightlineError):
    """Anything identity refuses."""


class CredentialError(IdentityError):
    """The caller did not show who it is."""


class TooManyFailuresError(CredentialError):
    """An address failed too often to be answered now."""


class MissionError(IdentityError):
    """The caller may not act for this mission."""


class KeyRefusedError(IdentityError):
    """A key that cannot be made, imported or revoked as asked."""
