"""Reviews: what one person, who neither asked nor broke the glass, finds of broken glass, and the signature over it."""

from dataclasses import dataclass
from typing import ClassVar

from brightline.domain.sign_off.assertion import SignedAssertion
from brightline.domain.sign_off.canonical import Json, JsonObject
from brightline.domain.sign_off.encoded import Digested, Encoded
from brightline.domain.sign_off.fields import Fields
from brightline.domain.sign_off.statement import ShownLog, Signature

FORMAT = "brightline/review/1"
MAX_REVIEW_BYTES = 64 * 1024
JUSTIFIED = "justified"
NOT_JUSTIFIED = "not-justified"
VERDICTS = (JUSTIFIED, NOT_JUSTIFIED)
MAX_WORDS = 2000
_BLANK = " \t\r\n"
_FIELDS = frozenset(
    ("format", "hold", "binding", "verdict", "person", "key", "role", "log", "words", "signed_at_ms"),
)


@dataclass(frozen=True)
class Review(Digested):
    """One person's verdict on the broken glass of a hold; ids and digests are in hexadecimal.

    `log` is the head that the person was shown, of the log in which the review is entered: all glass that was broken in
    it is reviewed. `words` say what was found, and are never empty.
    """

    KIND: ClassVar[str] = "review"
    LIMIT: ClassVar[int] = MAX_REVIEW_BYTES
    LABEL: ClassVar[str] = "review"

    hold: str
    binding: str
    verdict: str
    person: str
    key: str
    role: str
    log: ShownLog
    words: str
    signed_at_ms: int

    @classmethod
    def read(cls, value: Json, path: str) -> "Review":
        """The review that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        words = fields.text("words", MAX_WORDS)
        if not words.strip(_BLANK):
            fields.bad("words", "says nothing")
        return cls(
            hold=fields.hex_32("hold"),
            binding=fields.hex_64("binding"),
            verdict=fields.choice("verdict", VERDICTS),
            person=fields.id("person"),
            key=fields.hex_64("key"),
            role=fields.id("role"),
            log=ShownLog.read(fields.raw("log"), fields.path("log")),
            words=words,
            signed_at_ms=fields.time_ms("signed_at_ms"),
        )

    def to_json(self) -> JsonObject:
        """The review as JSON."""
        return {
            "format": FORMAT,
            "hold": self.hold,
            "binding": self.binding,
            "verdict": self.verdict,
            "person": self.person,
            "key": self.key,
            "role": self.role,
            "log": self.log.to_json(),
            "words": self.words,
            "signed_at_ms": self.signed_at_ms,
        }


@dataclass(frozen=True)
class SignedReview(Encoded):
    """A review, its signature, and the assertion that says whose key signed in which roles."""

    LIMIT: ClassVar[int] = MAX_REVIEW_BYTES
    LABEL: ClassVar[str] = "review"
    NAMES: ClassVar[frozenset[str]] = frozenset(("review", "signature", "assertion"))

    review: Review
    signature: Signature
    assertion: SignedAssertion

    @classmethod
    def read(cls, value: Json, path: str) -> "SignedReview":
        """The signed review that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(
            Review.part(fields.raw("review"), fields.path("review")),
            Signature.read(fields.raw("signature"), fields.path("signature")),
            SignedAssertion.part(fields.raw("assertion"), fields.path("assertion")),
        )

    def to_json(self) -> JsonObject:
        """The signed review as JSON."""
        return {
            "review": self.review.to_json(),
            "signature": self.signature.to_json(),
            "assertion": self.assertion.to_json(),
        }

    @property
    def digest(self) -> bytes:
        """The digest of the review that is signed."""
        return self.review.digest
