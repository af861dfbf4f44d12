"""The credential a call presents, read off its headers.

INVARIANT: two readings are refused, never resolved: one key, once, in one place (or the same key in both).
"""

from collections.abc import Mapping, Sequence

from brightline.identity.errors import CredentialError
from brightline.identity.key import MAX_SECRET_CHARACTERS

Headers = Sequence[tuple[str, str]] | Mapping[str, str]

_SCHEME = "bearer "  # RFC 6750 section 2.1; the scheme's letter case does not matter (RFC 9110 section 11.1)


def presented_secret(headers: Headers) -> bytes:
    """The API key in `headers` (names in lower case); raises `CredentialError` for none, several or a malformed one."""
    bearer: str | None = None
    plain: str | None = None
    for name, value in headers.items() if isinstance(headers, Mapping) else headers:
        if name == "authorization":
            if bearer is not None:
                raise CredentialError("identity/ambiguous-credential")
            bearer = value
        elif name == "x-api-key":
            if plain is not None:
                raise CredentialError("identity/ambiguous-credential")
            plain = value
    return _checked(_one_of(bearer, plain))


def _one_of(bearer: str | None, plain: str | None) -> str:
    if bearer is None:
        if plain is None:
            raise CredentialError("identity/no-credential")
        return plain
    if bearer[:7].lower() != _SCHEME:
        raise CredentialError("identity/bad-credential")
    secret = bearer[7:].strip(" ")
    if plain is not None and plain != secret:
        raise CredentialError("identity/ambiguous-credential")
    return secret


def _checked(secret: str) -> bytes:
    # str.isprintable keeps the space, which no key has; what is not ASCII cannot be a key of ours.
    if (
        not 0 < len(secret) <= MAX_SECRET_CHARACTERS
        or not secret.isascii()
        or not secret.isprintable()
        or " " in secret
    ):
        raise CredentialError("identity/bad-credential")
    return secret.encode("ascii")
