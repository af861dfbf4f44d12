"""What a reviewer of broken glass is shown and signs, on his own machine or at the console.

The request is canonical JSON; `log` is the head under which it is shown, which the review repeats, and `broken` is what
those signed who broke the glass, with their reasons:

    {"format": "brightline/review-request/1", "binding": {…}, "log": {"origin", "size", "root"}, "broken": [{…}, …]}

INVARIANT: what is shown is rendered here, from the bytes of the binding.
INVARIANT: no review leaves that its own person's asserted key does not verify.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from brightline.crypto.errors import CryptoError
from brightline.crypto.party_keys import read_public
from brightline.crypto.signatures import verify
from brightline.domain.sign_off.assertion import POLICY_AUTHOR, SignedAssertion
from brightline.domain.sign_off.binding import MAX_BINDING_BYTES, MAX_LIST, ActionBinding
from brightline.domain.sign_off.canonical import Json, JsonObject, canonical, parse_object
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import Fields
from brightline.domain.sign_off.rendering import shown as visible
from brightline.domain.sign_off.review import Review, SignedReview
from brightline.domain.sign_off.statement import MAX_STATEMENT_BYTES, ShownLog, Signature, SignedStatement
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.people import check_duties

FORMAT = "brightline/review-request/1"
MAX_REVIEW_REQUEST_BYTES = MAX_BINDING_BYTES + 16 * MAX_STATEMENT_BYTES
_FIELDS = frozenset(("format", "binding", "log", "broken"))


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """Broken glass put before a reviewer; `log` is the head that he is shown."""

    binding: ActionBinding
    log: ShownLog
    broken: tuple[SignedStatement, ...]

    @classmethod
    def parse(cls, data: bytes) -> "ReviewRequest":
        """The request of which `data` is the canonical form; raises `SignOffError`."""
        fields = Fields(parse_object(data, limit=MAX_REVIEW_REQUEST_BYTES), "request", _FIELDS)
        fields.constant("format", FORMAT)
        binding = ActionBinding.part(fields.raw("binding"), fields.path("binding"))
        binding.check_rendering()
        broken = fields.items("broken", SignedStatement.part, least=1, most=MAX_LIST)
        if any(signed.statement.binding != binding.digest.hex() for signed in broken):
            raise SignOffError("signoff/other-binding")
        return cls(binding, ShownLog.read(fields.raw("log"), fields.path("log")), broken)

    def to_json(self) -> JsonObject:
        """It as JSON."""
        broken: list[Json] = [signed.to_json() for signed in self.broken]
        return {"format": FORMAT, "binding": self.binding.to_json(), "log": self.log.to_json(), "broken": broken}

    @property
    def canonical(self) -> bytes:
        """Its canonical bytes."""
        return canonical(self.to_json())

    def shown(self) -> Iterator[str]:
        """What the reviewer sees: the action, who broke the glass and why, the head of the log, and the digest."""
        yield from self.binding.rendered.rstrip("\n").split("\n")
        yield ""
        for signed in self.broken:
            said = signed.statement
            yield f"broken by  {said.person}, as `{said.role}`: {visible(said.reason)}"
        yield f"log        {visible(self.log.origin)}, size {self.log.size}, root {self.log.root.hex()}"
        yield f"digest     {self.binding.digest.hex()}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person finds: `verdict` is one of `review.VERDICTS`; `role` may be empty where he has one."""

    verdict: str
    words: str
    role: str = ""


def check_reviewer(person: str, broken: Iterable[SignedStatement]) -> None:
    """Check that `person` did not break the glass himself; raises `HoldError`."""
    if any(signed.statement.person == person for signed in broken):
        raise HoldError("hold/own-review", person=person)


def make_review(request: ReviewRequest, judged: Judgement, signed: SignedAssertion, *, now_ms: int) -> Review:
    """The review to sign at `now_ms` (UTC milliseconds); raises where it could never count.

    The errors are `SignOffError`, and `HoldError` for whoever broke the glass himself.
    """
    binding, assertion = request.binding, signed.assertion
    if not assertion.not_before_ms <= now_ms < assertion.not_after_ms:
        code = "signoff/assertion-not-yet" if now_ms < assertion.not_before_ms else "signoff/assertion-expired"
        raise SignOffError(code, person=assertion.person)
    if POLICY_AUTHOR in assertion.roles:
        raise SignOffError("signoff/policy-author", person=assertion.person)
    check_duties(assertion.person, binding)
    check_reviewer(assertion.person, request.broken)
    # Any role will do: whoever judges need not be one of those who were asked.
    role = judged.role or assertion.roles[0]
    if role not in assertion.roles:
        raise SignOffError("signoff/role", person=assertion.person, role=role)
    review = Review(
        hold=binding.hold,
        binding=binding.digest.hex(),
        verdict=judged.verdict,
        person=assertion.person,
        key=assertion.key.id,
        role=role,
        log=request.log,
        words=judged.words,
        signed_at_ms=now_ms,
    )
    return Review.parse(review.canonical)


def sign_review(review: Review, signed: SignedAssertion, sign: Callable[[bytes], bytes]) -> SignedReview:
    """`review` with the signature that `sign` gives over its tagged bytes, by the key that is asserted.

    Raises `SignOffError` when the signature is another key's.
    """
    entry = signed.assertion.key.entry
    value = sign(review.tagged)
    try:
        verify(read_public(entry.algorithm, entry.encoded), value, review.tagged)
    except CryptoError as error:
        raise SignOffError("signoff/other-key", key=entry.id) from error
    return SignedReview.parse(SignedReview(review, Signature(entry.algorithm, value), signed).canonical)
