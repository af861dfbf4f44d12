"""The operator's directory of people: whose word about people counts, and which ways of signing are allowed.

`directory.json` in the data directory, in canonical JSON or laid out for reading:

    {"format": "brightline/directory/1", "keys": [{"id", "algorithm", "public"}, …], "algorithms": [..],
     "assurances": [..], "rp_id": "", "origins": [..], "revocations_max_age_ms": 86400000}

The private directory key never lies in the data directory: whoever holds it says who may sign.
INVARIANT: what is signed by a key that is not listed here is nobody's word.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from brightline.crypto.errors import CryptoError
from brightline.crypto.party_keys import PrivateKey, PublicKey, read_public
from brightline.crypto.signatures import VerifyingKey, sign
from brightline.domain.sign_off.assertion import (
    ASSURANCES,
    HARDWARE,
    WEBAUTHN,
    ApproverKey,
    KeyEntry,
    RoleAssertion,
    SignedAssertion,
)
from brightline.domain.sign_off.canonical import Json, parse
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import MAX_NAME, Fields, read_text, refuse
from brightline.domain.sign_off.revocation import RevocationList, SignedRevocationList
from brightline.domain.sign_off.statement import SIGNATURE_ALGORITHMS
from brightline.domain.sign_off.trust import DAY_MS, MAX_AGE_MS, MAX_KEYS, RelyingParty

FORMAT = "brightline/directory/1"
DIRECTORY_NAME = "directory.json"
MAX_DIRECTORY_BYTES = 64 * 1024
# What holds where nobody chose: keys in files are for machines and tests.
DEFAULT_ALGORITHMS = tuple(sorted(SIGNATURE_ALGORITHMS))
DEFAULT_ASSURANCES = tuple(sorted((WEBAUTHN, HARDWARE)))
DEFAULT_MAX_AGE_MS = DAY_MS
NO_WEBAUTHN = RelyingParty("", ())
_FIELDS = frozenset(("format", "keys", "algorithms", "assurances", "rp_id", "origins", "revocations_max_age_ms"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Whose word about people counts, which ways of signing are allowed, and how old a revocation list may be."""

    keys: tuple[KeyEntry, ...]
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
    assurances: tuple[str, ...] = DEFAULT_ASSURANCES
    webauthn: RelyingParty = NO_WEBAUTHN
    revocations_max_age_ms: int = DEFAULT_MAX_AGE_MS
    _ready: Mapping[str, VerifyingKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises `KeyFormatError` for a key that cannot be used."""
        ready = {entry.id: VerifyingKey(read_public(entry.algorithm, entry.encoded)) for entry in self.keys}
        object.__setattr__(self, "_ready", ready)

    @classmethod
    def parse(cls, data: bytes) -> "Directory":
        """The directory that `data` states in strict JSON; raises `SignOffError`, or `KeyFormatError` for a key."""
        fields = Fields(parse(data, limit=MAX_DIRECTORY_BYTES), "directory", _FIELDS)
        fields.constant("format", FORMAT)
        origins = fields.items("origins", read_text, most=MAX_KEYS)
        return cls(
            keys=fields.items("keys", KeyEntry.read, least=1, most=MAX_KEYS),
            algorithms=fields.set_of("algorithms", _one_of(SIGNATURE_ALGORITHMS), least=1, most=8),
            assurances=fields.set_of("assurances", _one_of(ASSURANCES), least=1, most=8),
            webauthn=RelyingParty(fields.text("rp_id", MAX_NAME), origins),
            revocations_max_age_ms=fields.integer("revocations_max_age_ms", 1, MAX_AGE_MS),
        )

    def to_bytes(self) -> bytes:
        """The file that `parse` reads, laid out for people."""
        value = {
            "format": FORMAT,
            "keys": [entry.to_json() for entry in self.keys],
            "algorithms": list(self.algorithms),
            "assurances": list(self.assurances),
            "rp_id": self.webauthn.rp_id,
            "origins": list(self.webauthn.origins),
            "revocations_max_age_ms": self.revocations_max_age_ms,
        }
        return (json.dumps(value, indent=1) + "\n").encode()

    def check_assertion(self, signed: SignedAssertion) -> RoleAssertion:
        """The assertion, if this directory signed it; raises `SignOffError`."""
        self._check(signed.directory_key, signed.signature, signed.assertion.tagged)
        return signed.assertion

    def check_revocations(self, signed: SignedRevocationList) -> RevocationList:
        """The list, if this directory signed it; raises `SignOffError`."""
        self._check(signed.directory_key, signed.signature, signed.revocations.tagged)
        return signed.revocations

    def _check(self, key: str, signature: bytes, message: bytes) -> None:
        ready = self._ready.get(key)
        if ready is None:
            raise SignOffError("signoff/unknown-directory", key=key)
        try:
            ready.verify(signature, message)
        except CryptoError as error:
            raise SignOffError("signoff/directory-signature", key=key) from error


def make_assertion(assertion: RoleAssertion, key: PrivateKey) -> SignedAssertion:
    """`assertion`, held against its form, as the directory signs it with `key`; raises `SignOffError`."""
    checked = RoleAssertion.parse(assertion.canonical)
    return SignedAssertion(checked, key.public.id, sign(key, checked.tagged))


def make_revocations(revocations: RevocationList, key: PrivateKey) -> SignedRevocationList:
    """`revocations`, held against its form, as the directory signs it with `key`; raises `SignOffError`."""
    checked = RevocationList.parse(revocations.canonical)
    return SignedRevocationList(checked, key.public.id, sign(key, checked.tagged))


def entry_of(key: PublicKey) -> KeyEntry:
    """`key` as directories, assertions and bundles list it."""
    return KeyEntry.of(key.algorithm, key.der)


def approver_key(key: PublicKey, assurance: str) -> ApproverKey:
    """A person's `key` as an assertion names it, with what keeps its private half."""
    return ApproverKey(entry_of(key), assurance)


def entries_of(keys: Iterable[PublicKey]) -> tuple[KeyEntry, ...]:
    """`keys` as files list them, by id, each once."""
    return tuple(sorted({entry_of(key) for key in keys}, key=lambda entry: entry.id))


def _one_of(options: tuple[str, ...]) -> Callable[[Json, str], str]:
    def read(value: Json, path: str) -> str:
        text = read_text(value, path)
        if text not in options:
            refuse(path, f"is none of {', '.join(options)}")
        return text

    return read
