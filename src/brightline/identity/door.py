"""The door of the gateway: the keyring, with a bound on callers that show no valid key."""

from brightline.domain.principal import Principal
from brightline.identity.credential import Headers
from brightline.identity.errors import CredentialError
from brightline.identity.limiter import UnauthenticatedLimiter
from brightline.identity.service import Keyring


class Door:
    """Lets verified callers in.

    INVARIANT: a strong key that verifies always enters, so nobody locks others out by failing from a shared address;
    a weak key enters only while its address has tokens left, so guessing weak keys stays bounded.
    """

    def __init__(self, keyring: Keyring, limiter: UnauthenticatedLimiter) -> None:
        self._keyring = keyring
        self._limiter = limiter

    def authenticate(self, headers: Headers, peer: str) -> Principal:
        """The principal who calls from socket address `peer`; raises `CredentialError` and counts the failure."""
        try:
            verified = self._keyring.verify(headers)
        except CredentialError:
            self._limiter.check(peer)
            self._limiter.failed(peer)
            raise
        if verified.weak:
            self._limiter.check(peer)
        return verified.principal
