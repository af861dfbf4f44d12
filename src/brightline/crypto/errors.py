"""What this room refuses.

BrightlineError
└── CryptoError
    ├── ProofError        crypto/bad-proof        a Merkle path that does not lead where it should
    ├── NoteError         crypto/bad-note         a note that is malformed or not signed by a known key
    ├── CheckpointError   crypto/bad-checkpoint   a note text that is no tree head
    ├── KeyFormatError    crypto/bad-key          a key that cannot be used
    ├── SealError         crypto/bad-seal         a sealed record that does not open
    ├── KeyFileError      crypto/key-file         a key file that is missing, open to others or of the wrong size
    ├── PassphraseError   crypto/passphrase       a passphrase that is missing, too short or does not open the key
    ├── EnvelopeError     crypto/bad-envelope     an envelope of signatures that is malformed
    │   └── SignatureCountError  crypto/too-many-signatures
    ├── SignatureError    crypto/bad-signature    a signature in an envelope that is missing or does not verify
    ├── TokenError        crypto/*token*, crypto/*pin   a smart card or its key that cannot be used
    ├── RegistrationError crypto/bad-registration a passkey that is not taken
    └── ExtraMissingError crypto/extra-missing    an optional package that is not installed
"""

from brightline.domain.errors import BrightlineError


class CryptoError(BrightlineError):
    """Anything this room refuses; `what` says which rule was broken, never with a secret in it."""


class ProofError(CryptoError):
    """An inclusion or consistency proof does not hold."""

    def __init__(self, what: str) -> None:
        super().__init__("crypto/bad-proof", what=what)


class NoteError(CryptoError):
    """A signed note is malformed, or no known key signed it, or a known key's signature is wrong."""

    def __init__(self, what: str) -> None:
        super().__init__("crypto/bad-note", what=what)


class CheckpointError(CryptoError):
    """A note's text is not a checkpoint of ours."""

    def __init__(self, what: str) -> None:
        super().__init__("crypto/bad-checkpoint", what=what)


class KeyFormatError(CryptoError):
    """A key is malformed or one that anybody could sign for."""

    def __init__(self, what: str) -> None:
        super().__init__("crypto/bad-key", what=what)


class SealError(CryptoError):
    """A sealed record is malformed, changed, or sealed under another key."""

    def __init__(self, what: str) -> None:
        super().__init__("crypto/bad-seal", what=what)


class KeyFileError(CryptoError):
    """A key file cannot be trusted or read."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__("crypto/key-file", path=path, what=what)


class PassphraseError(CryptoError):
    """A passphrase is missing, too short, or does not open the key file."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__("crypto/passphrase", path=path, what=what)


class EnvelopeError(CryptoError):
    """An envelope of signatures (DSSE) is malformed."""

    def __init__(self, what: str, code: str = "crypto/bad-envelope", **words: int) -> None:
        super().__init__(code, what=what, **words)


class SignatureCountError(EnvelopeError):
    """An envelope holds more signatures than any agreement needs; none of them was looked at."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__("it holds too many", "crypto/too-many-signatures", count=count, most=most)


class SignatureError(CryptoError):
    """A signature in an envelope is missing or not by the key that it names."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__("crypto/bad-signature", key=key, what=what)


class TokenError(CryptoError):
    """A token behind PKCS#11, or the key on it, cannot be used; never with a PIN in its words."""

    def __init__(self, code: str, **words: str) -> None:
        super().__init__(code, **words)


class RegistrationError(CryptoError):
    """A passkey is not registered."""

    def __init__(self, what: str) -> None:
        super().__init__("crypto/bad-registration", what=what)


class ExtraMissingError(CryptoError):
    """An optional package that this needs is not installed."""

    def __init__(self, extra: str) -> None:
        super().__init__("crypto/extra-missing", extra=extra)
