"""Signs with a key that never leaves its token: a PIV or CAC card, or any other device behind PKCS#11 (OASIS, v2.40).

The token signs a digest (CKM_ECDSA), which every PIV card can (NIST SP 800-73-4 part 2, 3.2.4); hashing is done here:
SHA-256 for P-256, SHA-384 for P-384. The signature is in the one encoding of `signatures`.
The package `python-pkcs11` is loaded when a token is opened, and nowhere else.

INVARIANT: a PIN is tried at most once in each opening, so a wrong one costs one try of the token's few.
INVARIANT: the PIN stands in no `repr`, no message and no log.
LIMIT: that a key is in hardware is what the module says; a directory asserts `hardware` for cards that it gave out.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_der_x509_certificate

from brightline.crypto.errors import ExtraMissingError, KeyFormatError, TokenError
from brightline.crypto.party_keys import P256, PublicKey, public_of
from brightline.crypto.signatures import normalise_raw

if TYPE_CHECKING:
    import pkcs11

EXTRA = "pkcs11"
# RFC 5480 section 2.1.1.1: the two curves as CKA_EC_PARAMS writes them, an object identifier in DER.
_CURVES: tuple[tuple[bytes, ec.EllipticCurve], ...] = (
    (bytes.fromhex("06082a8648ce3d030107"), ec.SECP256R1()),
    (bytes.fromhex("06052b81040022"), ec.SECP384R1()),
)
# More than this is a module that misbehaves.
_MOST_TOKENS = _MOST_KEYS = 64

Pin = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """Where a key lies: the module of the token's maker, and what singles out a token and a key on it."""

    module: str
    token: str = ""
    label: str = ""
    id: bytes = b""


class OpenTokenKey:
    """A key on an open token; `public` names it."""

    __slots__ = ("_pin", "_private", "public")

    def __init__(self, public: PublicKey, private: "pkcs11.SignMixin", *, pin: str | None) -> None:
        """`pin` is given for a key that wants it anew for each signature, as PIV's signature key does."""
        self.public = public
        self._private = private
        self._pin = pin

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`; raises `TokenError`, and `SignatureError` for a token that gives none."""
        import pkcs11

        digest = (hashlib.sha256 if self.public.algorithm == P256 else hashlib.sha384)(message).digest()
        pin = {} if self._pin is None else {"pin": self._pin}
        try:
            raw = self._private.sign(digest, mechanism=pkcs11.Mechanism.ECDSA, **pin)
        except pkcs11.PKCS11Error as error:
            raise _failure(error) from error
        return normalise_raw(self.public, raw)

    def __repr__(self) -> str:
        return f"OpenTokenKey({self.public.id!r})"


@contextmanager
def open_token_key(place: TokenKey, pin: Pin) -> Iterator[OpenTokenKey]:
    """The key at `place`, until the context ends; `pin` is asked, with the token's name, unless the reader has a pad.

    Raises `TokenError`: no module, no token, several, a wrong or locked PIN, no such key, several, or a failing token.
    """
    _require()
    import pkcs11

    try:
        token = _token(place)
        # A pad on the reader takes the PIN itself (CKF_PROTECTED_AUTHENTICATION_PATH).
        pad = pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH in token.flags
        given = None if pad else pin(_printable(token.label))
        with token.open(user_pin=pkcs11.PROTECTED_AUTH if given is None else given) as session:
            yield _key(session, place, given)
    except pkcs11.PKCS11Error as error:
        raise _failure(error) from error


def _require() -> None:
    try:
        import_module("pkcs11")
    except ImportError as error:
        raise ExtraMissingError(EXTRA) from error


def _token(place: TokenKey) -> "pkcs11.Token":
    """The one token that `place` means; raises `TokenError`, before any PIN is asked for."""
    import pkcs11

    try:
        module = pkcs11.lib(place.module)
    except pkcs11.PKCS11Error as error:
        raise TokenError("crypto/token-module", module=place.module) from error
    ready = pkcs11.TokenFlag.TOKEN_INITIALIZED
    tokens = [token for token in islice(module.get_tokens(), _MOST_TOKENS) if ready in token.flags]
    meant = [token for token in tokens if place.token in ("", token.label)]
    if not meant:
        raise TokenError("crypto/no-token", module=place.module)
    if len(meant) > 1:
        raise TokenError("crypto/several-tokens", tokens=_listed([token.label for token in meant]))
    if pkcs11.TokenFlag.USER_PIN_LOCKED in meant[0].flags:
        raise TokenError("crypto/locked-pin")
    return meant[0]


def _key(session: "pkcs11.Session", place: TokenKey, pin: str | None) -> OpenTokenKey:
    import pkcs11

    wanted: dict[pkcs11.Attribute, object] = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
        pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.EC,
    }
    if place.label:
        wanted[pkcs11.Attribute.LABEL] = place.label
    if place.id:
        wanted[pkcs11.Attribute.ID] = place.id
    found = list(islice(session.get_objects(wanted), _MOST_KEYS))
    if not found:
        raise TokenError("crypto/no-token-key")
    if len(found) > 1:
        raise TokenError("crypto/several-token-keys", keys=_listed([_name(key) for key in found]))
    private = found[0]
    assert isinstance(private, pkcs11.SignMixin)
    always = bool(_attribute(private, pkcs11.Attribute.ALWAYS_AUTHENTICATE))
    return OpenTokenKey(_public(session, private), private, pin=pin if always else None)


def _public(session: "pkcs11.Session", private: "pkcs11.Object") -> PublicKey:
    """The public half: the public key or the certificate that the token keeps under the private key's id."""
    import pkcs11

    same = {pkcs11.Attribute.ID: private[pkcs11.Attribute.ID]}
    for key in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY, **same}):
        return _from_point(bytes(key[pkcs11.Attribute.EC_PARAMS]), bytes(key[pkcs11.Attribute.EC_POINT]))
    for certificate in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, **same}):
        try:
            return public_of(load_der_x509_certificate(bytes(certificate[pkcs11.Attribute.VALUE])).public_key())
        except ValueError as error:
            raise KeyFormatError("the certificate on the token is malformed") from error
    raise TokenError("crypto/no-token-key")


def _from_point(parameters: bytes, point: bytes) -> PublicKey:
    """The key that CKA_EC_PARAMS and CKA_EC_POINT write; raises `KeyFormatError`."""
    for identifier, curve in _CURVES:
        if parameters != identifier:
            continue
        size = 1 + 2 * (curve.key_size // 8)
        # The point is an OCTET STRING in DER (PKCS#11 v2.40 section 2.3.3), which some modules leave away.
        try:
            return public_of(ec.EllipticCurvePublicKey.from_encoded_point(curve, point[-size:]))
        except ValueError as error:
            raise KeyFormatError("the public key on the token is malformed") from error
    raise KeyFormatError("the key on the token is on another curve than P-256 or P-384")


def _attribute(thing: "pkcs11.Object", name: "pkcs11.Attribute") -> object:
    """An attribute that a module may not know."""
    import pkcs11

    try:
        return thing[name]
    except (pkcs11.AttributeTypeInvalid, pkcs11.FunctionFailed):
        return None


def _name(key: "pkcs11.Object") -> str:
    import pkcs11

    return f"{key[pkcs11.Attribute.LABEL]} (id {bytes(key[pkcs11.Attribute.ID]).hex()})"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(sorted(f"`{_printable(name)}`" for name in names))


def _printable(text: str) -> str:
    """What a token calls itself, with what is not plain ASCII shown as such: a label is not to be trusted."""
    return "".join(letter if " " <= letter <= "~" and letter not in "`\\" else "?" for letter in text[:64]) or "?"


def _failure(error: "pkcs11.PKCS11Error") -> TokenError:
    """What the module's error means for a person."""
    import pkcs11

    if isinstance(error, pkcs11.PinLocked):
        return TokenError("crypto/locked-pin")
    if isinstance(error, pkcs11.PinIncorrect | pkcs11.PinInvalid | pkcs11.PinLenRange | pkcs11.ArgumentsBad):
        return TokenError("crypto/wrong-pin")
    if isinstance(error, pkcs11.TokenNotPresent | pkcs11.DeviceRemoved | pkcs11.NoSuchToken):
        return TokenError("crypto/token-failed", what="it was taken out")
    return TokenError("crypto/token-failed", what=type(error).__name__)
