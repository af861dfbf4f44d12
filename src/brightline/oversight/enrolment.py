"""Enrolment: a person hands the directory a public key with the proof that its private half is in that person's hands.

    {"format": "brightline/enrolment/1", "person", "nonce": hex32, "key": {"id", "algorithm", "public", "assurance"},
     "credential": base64 or "", "proof": base64}

`proof` is, for a key in a file or on a card, its signature over the tagged canonical enrolment without `proof`; for a
passkey, the browser's registration response, whose challenge is the digest of person and nonce (`challenge_of`).
INVARIANT: whoever sees an enrolment cannot enrol that key for another person.
LIMIT: that the person is who the name says, the directory's officer sees with his own eyes, and no file shows it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from brightline.crypto.errors import CryptoError
from brightline.crypto.party_keys import PublicKey, read_public
from brightline.crypto.signatures import verify
from brightline.crypto.webauthn_registration import (
    MAX_CREDENTIAL_BYTES,
    MAX_RESPONSE_BYTES,
    registration_options,
    verify_registration,
)
from brightline.domain.sign_off.assertion import WEBAUTHN, ApproverKey
from brightline.domain.sign_off.canonical import JsonObject, canonical, parse_object
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import Fields, encode_base64
from brightline.oversight.directory import Directory, approver_key

FORMAT = "brightline/enrolment/1"
MAX_ENROLMENT_BYTES = 128 * 1024
NONCE_BYTES = 16
_TAG = b"brightline/enrolment/1\n"
_FIELDS = frozenset(("format", "person", "nonce", "key", "credential", "proof"))


@dataclass(frozen=True)
class Enrolment:
    """A person's key with its proof; `credential` is the passkey's id, empty for other keys; `nonce` in hexadecimal."""

    person: str
    nonce: str
    key: ApproverKey
    credential: bytes
    proof: bytes

    @classmethod
    def parse(cls, data: bytes) -> "Enrolment":
        """The enrolment of which `data` is the canonical form, unchecked; raises `SignOffError`."""
        fields = Fields(parse_object(data, limit=MAX_ENROLMENT_BYTES), "enrolment", _FIELDS)
        fields.constant("format", FORMAT)
        return cls(
            person=fields.id("person"),
            nonce=fields.hex_32("nonce"),
            key=ApproverKey.read(fields.raw("key"), fields.path("key")),
            credential=fields.base64("credential", 0, MAX_CREDENTIAL_BYTES),
            proof=fields.base64("proof", 1, MAX_RESPONSE_BYTES),
        )

    def _unproved(self) -> JsonObject:
        return {
            "format": FORMAT,
            "person": self.person,
            "nonce": self.nonce,
            "key": self.key.to_json(),
            "credential": encode_base64(self.credential),
        }

    @cached_property
    def tagged(self) -> bytes:
        """What a key in a file or on a card signs."""
        return _TAG + canonical(self._unproved())

    @cached_property
    def canonical(self) -> bytes:
        """The enrolment's canonical bytes."""
        return canonical({**self._unproved(), "proof": encode_base64(self.proof)})

    def check(self, directory: Directory | None = None) -> None:
        """Check that the key's holder made this enrolment; raises `SignOffError`.

        A passkey is checked against the pages that `directory` names, and refused without one.
        """
        try:
            if self.key.assurance == WEBAUTHN:
                self._check_passkey(directory)
            else:
                verify(read_public(self.key.entry.algorithm, self.key.entry.encoded), self.proof, self.tagged)
        except CryptoError as error:
            raise SignOffError("signoff/bad-enrolment", why="the key's own proof does not verify") from error

    def _check_passkey(self, directory: Directory | None) -> None:
        if directory is None or not directory.webauthn.rp_id:
            raise SignOffError("signoff/bad-enrolment", why="no directory names the pages of passkeys")
        registered = verify_registration(
            self.proof,
            challenge=challenge_of(self.person, self.nonce),
            rp_id=directory.webauthn.rp_id,
            origins=directory.webauthn.origins,
        )
        if (registered.key.id, registered.credential) != (self.key.id, self.credential):
            raise SignOffError("signoff/bad-enrolment", why="the passkey is another one")


def enrol_key(
    person: str, key: PublicKey, assurance: str, sign: Callable[[bytes], bytes], *, nonce: bytes
) -> Enrolment:
    """The enrolment of a key in a file or on a card, which `sign` uses; `nonce` is 16 random bytes.

    Raises `SignOffError`, also when `sign` uses another key.
    """
    draft = Enrolment(person, nonce.hex(), approver_key(key, assurance), b"", b"\0")
    made = Enrolment.parse(replace(draft, proof=sign(draft.tagged)).canonical)
    made.check()
    return made


def challenge_of(person: str, nonce: str) -> bytes:
    """The challenge that a passkey of `person` registers over, 32 bytes."""
    return hashlib.sha256(_TAG + canonical({"person": person, "nonce": nonce})).digest()


def passkey_options(person: str, directory: Directory, *, nonce: str, known: tuple[bytes, ...] = ()) -> bytes:
    """What the browser is asked, as JSON, to make a passkey; `known` are the credentials the person has.

    Raises `ExtraMissingError`.
    """
    return registration_options(
        rp_id=directory.webauthn.rp_id,
        rp_name="Brightline",
        person=person,
        # The handle says nothing of the person (WebAuthn section 14.6.1), and is another for each registration.
        handle=bytes.fromhex(nonce),
        challenge=challenge_of(person, nonce),
        known=known,
    )


def enrol_passkey(person: str, directory: Directory, response: bytes, *, nonce: str) -> Enrolment:
    """The enrolment of the passkey that the browser's `response` registers.

    Raises `RegistrationError`, which says why, `SignOffError` and `ExtraMissingError`.
    """
    registered = verify_registration(
        response,
        challenge=challenge_of(person, nonce),
        rp_id=directory.webauthn.rp_id,
        origins=directory.webauthn.origins,
    )
    made = Enrolment(person, nonce, approver_key(registered.key, WEBAUTHN), registered.credential, response)
    return Enrolment.parse(made.canonical)
