"""Signed notes (C2SP signed-note): a text, a blank line, and lines that sign it.

The rules, in the order in which `open_note` applies them:
1. the bytes are UTF-8 without control characters other than newline, of bounded size;
2. the last blank line parts the text from one or more signature lines, each of them in its one canonical form;
3. a line whose name AND key id are unknown is passed over, as the specification demands;
4. a line by a known key must verify, and a known key signs once;
5. at least one known key signed.

LIMIT: Ed25519 (type 0x01) only. The rule for edge cases is that of the OpenSSL behind `cryptography` (cofactorless;
S below the group order), with public keys of low order or in a second encoding refused when they are read.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from brightline.crypto.errors import KeyFormatError, NoteError

SEED_BYTES = 32
SIGNATURE_BYTES = 64
KEY_ID_BYTES = 4
ED25519 = b"\x01"
# The specification obliges a reader to take 16 signatures, of up to 5 kB each where post-quantum keys sign.
MAX_NOTE_BYTES = 256 * 1024
MAX_SIGNATURES = 64
_DASH = "\N{EM DASH} "
_FIELD_PRIME = 2**255 - 19
# The y coordinates of the 8 points of low order (RFC 8032 section 5.1 curve): anybody can sign for such a key.
_LOW_ORDER_Y = frozenset(
    {
        0,
        1,
        _FIELD_PRIME - 1,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    }
)


def check_name(name: str) -> str:
    """`name` if it can name a key: not empty, no Unicode space, plus or control character; else `KeyFormatError`."""
    if not name or "+" in name or any(letter.isspace() or letter < " " for letter in name):
        raise KeyFormatError("a key name is not empty and holds no space, plus sign or control character")
    return name


def decode_base64(text: str) -> bytes:
    """The bytes of standard base64 in its one canonical form (RFC 4648 section 4); raises `ValueError` if not."""
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not canonical base64")
    return data


def encode_base64(data: bytes) -> str:
    """`data` in standard base64 (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]


class Verifier:
    """A key whose signatures count, with the name it signs under."""

    __slots__ = ("_key", "key_id", "name", "public")

    def __init__(self, name: str, public: bytes) -> None:
        """Raises `KeyFormatError` for a bad name or a public key that is malformed or of low order."""
        if len(public) != SEED_BYTES:
            raise KeyFormatError(f"an Ed25519 public key has {SEED_BYTES} bytes")
        coordinate = int.from_bytes(public, "little") & (2**255 - 1)
        if coordinate >= _FIELD_PRIME:
            raise KeyFormatError("the public key is not in its canonical encoding")
        if coordinate in _LOW_ORDER_Y:
            raise KeyFormatError("the public key is of low order, so anybody could sign for it")
        self.name = check_name(name)
        self.public = public
        self.key_id = _key_id(name, public)
        self._key = Ed25519PublicKey.from_public_bytes(public)

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """The key that `vkey` (`name+id+base64`) writes; raises `KeyFormatError` for any other or damaged form."""
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise KeyFormatError("a verifier key has three parts: name, key id and key, joined by plus signs")
        name, key_id, encoded = parts
        try:
            typed = decode_base64(encoded)
        except ValueError as error:
            raise KeyFormatError("the verifier key is not base64") from error
        if typed[:1] != ED25519:
            raise KeyFormatError("only Ed25519 keys (type 1) are known")
        verifier = cls(name, typed[1:])
        if verifier.key_id.hex() != key_id:
            raise KeyFormatError("the key id does not belong to this name and key")
        return verifier

    @property
    def vkey(self) -> str:
        """The key in the form that `parse` reads."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(ED25519 + self.public)}"

    def verify(self, signature: bytes, text: bytes) -> None:
        """Check one Ed25519 signature; raises `NoteError` if it is not this key's over `text`."""
        try:
            self._key.verify(signature, text)
        except InvalidSignature as error:
            raise NoteError(f"the signature by `{self.name}` does not verify") from error

    def __repr__(self) -> str:
        return f"Verifier({self.vkey!r})"


class NoteSigner:
    """A key that signs notes under `name`; `seed` is 32 secret bytes (RFC 8032 section 5.1.5)."""

    __slots__ = ("_key", "verifier")

    def __init__(self, name: str, seed: bytes) -> None:
        """Raises `KeyFormatError` for a bad name or a seed of another length."""
        if len(seed) != SEED_BYTES:
            raise KeyFormatError(f"a signing seed has {SEED_BYTES} bytes")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        """The name that stands in the signature line."""
        return self.verifier.name

    @property
    def vkey(self) -> str:
        """The public key, to hand to verifiers."""
        return self.verifier.vkey

    def sign(self, text: bytes) -> bytes:
        """The note of `text` with this key's one signature; raises `NoteError` when `text` cannot be a note's."""
        _check_characters(text)
        if not text.endswith(b"\n"):
            raise NoteError("the text does not end in a newline")
        signature = encode_base64(self.verifier.key_id + self._key.sign(text))
        return text + f"\n{_DASH}{self.name} {signature}\n".encode()

    def __repr__(self) -> str:
        return f"NoteSigner({self.name!r})"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature line: who signed, under which key id."""

    name: str
    key_id: bytes
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenNote:
    """A note that verified: its text, the lines of known keys that signed it, and the lines passed over."""

    text: bytes
    signed_by: tuple[SignatureLine, ...]
    unknown: tuple[SignatureLine, ...]


def open_note(note: bytes, verifiers: Sequence[Verifier]) -> OpenNote:
    """The verified content of `note`; raises `NoteError` unless at least one of `verifiers` signed and none failed."""
    text, lines = _split(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed: list[SignatureLine] = []
    unknown: list[SignatureLine] = []
    for line in lines:
        verifier = known.get((line.name, line.key_id))
        if verifier is None:
            unknown.append(line)
            continue
        if any(line.key_id == other.key_id and line.name == other.name for other in signed):
            raise NoteError(f"`{line.name}` signed twice")
        verifier.verify(line.signature, text)
        signed.append(line)
    if not signed:
        raise NoteError("no known key signed it")
    return OpenNote(text, tuple(signed), tuple(unknown))


def _split(note: bytes) -> tuple[bytes, list[SignatureLine]]:
    if len(note) > MAX_NOTE_BYTES:
        raise NoteError(f"it is longer than {MAX_NOTE_BYTES} bytes")
    _check_characters(note)
    at = note.rfind(b"\n\n")
    if at < 0 or not note.endswith(b"\n"):
        raise NoteError("no blank line parts a text from its signatures")
    text, signatures = note[: at + 1], note[at + 2 :]
    if not signatures:
        raise NoteError("it has no signature")
    lines = signatures[:-1].decode().split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"it has more than {MAX_SIGNATURES} signatures")
    return text, [_parse_line(line) for line in lines]


def _parse_line(line: str) -> SignatureLine:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:
        raise NoteError("a signature line is malformed")
    try:
        name, data = check_name(parts[0]), decode_base64(parts[1])
    except (KeyFormatError, ValueError) as error:
        raise NoteError("a signature line is malformed") from error
    if len(data) <= KEY_ID_BYTES:
        raise NoteError("a signature is empty")
    return SignatureLine(name, data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def _check_characters(data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise NoteError("it is not UTF-8") from error
    if any(byte < 0x20 and byte != 0x0A for byte in data):
        raise NoteError("it holds a control character")
