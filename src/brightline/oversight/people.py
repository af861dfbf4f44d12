"""The people who sign: who may sign in which role now, and whether a statement counts.

A statement counts when all of this holds, in this order; the first that does not is the error:
1. it is about this binding, and its person was shown the rendering that the binding's own fields give;
2. the directory signed the assertion it carries, which names its person and key, and which holds now;
3. the list of what is revoked is there, is not too old, and names neither key, person, assertion nor binding;
4. the algorithm and the assurance are allowed, and are those that the directory asserts of the key;
5. the binding asks for its role for this decision, and the directory asserts that role;
6. its person is not the requester, not the owner of the agent's key, and does not write policy;
7. it was signed within the window and while the assertion held, and not in the future;
8. the signature verifies over exactly these bytes.

INVARIANT: no verdict is remembered between calls: whoever is revoked now does not sign now, whenever he signed before.
LIMIT: one person under two names in the directory counts as two; that its names are persons is the directory's duty.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from brightline.crypto.assertion import verify_assertion
from brightline.crypto.errors import CryptoError
from brightline.crypto.signatures import KeyRing
from brightline.domain.sign_off.assertion import POLICY_AUTHOR, WEBAUTHN, KeyEntry, RoleAssertion, SignedAssertion
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.encoded import Digested
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.review import SignedReview
from brightline.domain.sign_off.revocation import RevocationList, SignedRevocationList
from brightline.domain.sign_off.statement import (
    ALLOW,
    BREAK_GLASS,
    WEBAUTHN_ES256,
    Signature,
    SignedStatement,
    Statement,
)
from brightline.oversight.directory import Directory

# How far the clocks of those who sign may be ahead of ours.
CLOCK_SKEW_MS = 120_000


@dataclass(frozen=True, slots=True)
class Approver:
    """A person whose statement counts: his name, the role he signed in, the id of his key (hexadecimal)."""

    person: str
    role: str
    key: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A person with a key, as the directory asserts it; `why` is the code of what keeps him from signing, or empty."""

    assertion: RoleAssertion
    why: str = ""

    def row(self) -> dict[str, object]:
        """What the admin command `people.list` answers of each, as `{"people": [row, …]}`."""
        assertion = self.assertion
        return {
            "person": assertion.person,
            "roles": list(assertion.roles),
            "key": assertion.key.id,
            "assurance": assertion.key.assurance,
            "serial": assertion.serial,
            "not_before_ms": assertion.not_before_ms,
            "not_after_ms": assertion.not_after_ms,
            "why": self.why,
        }


class People:
    """The people of one directory, from what was imported; `revocations` is the newest list, signed, or none."""

    def __init__(self, directory: Directory, *, assertions: Iterable[bytes], revocations: bytes | None) -> None:
        """Raises `SignOffError` for an assertion or a list that the directory did not sign."""
        self._directory = directory
        self._ring = KeyRing()
        signed = [SignedAssertion.parse(data) for data in assertions]
        self._signed = {directory.check_assertion(each).serial: each for each in signed}
        self._known = tuple(each.assertion for each in signed)
        self._revocations = (
            None if revocations is None else directory.check_revocations(SignedRevocationList.parse(revocations))
        )

    @property
    def directory(self) -> Directory:
        """Whose word counts here."""
        return self._directory

    def holders(self, *, now_ms: int) -> tuple[Holder, ...]:
        """Everybody who was asserted, by person and serial, and how each stands at `now_ms` (UTC milliseconds)."""
        ordered = sorted(self._known, key=lambda known: (known.person, known.serial))
        return tuple(Holder(known, self._obstacle(known, now_ms)) for known in ordered)

    def roles(self, key: str, *, now_ms: int) -> frozenset[str]:
        """The roles in which the holder of the key with this id may approve now; none for an unknown key."""
        held = [known for known in self._known if known.key.id == key and not self._obstacle(known, now_ms)]
        return frozenset(role for known in held for role in known.roles)

    def assertion_of(self, key: str, *, now_ms: int) -> SignedAssertion | None:
        """What a statement by the key with this id carries: its assertion of now with the highest serial, or none."""
        held = [known.serial for known in self._known if known.key.id == key and not self._obstacle(known, now_ms)]
        return self._signed[max(held)] if held else None

    def verify_statement(self, signed: SignedStatement, binding: ActionBinding, *, now_ms: int) -> Approver:
        """Who signed what counts at `now_ms` (UTC milliseconds); raises `SignOffError`."""
        statement, assertion = signed.statement, signed.assertion.assertion
        check_about(statement, binding)
        check_opened(statement.decision, statement.evidence, binding)
        self._check_holder(statement.person, statement.key, signed.assertion, now_ms)
        if statement.binding in self._fresh(now_ms).bindings:
            raise SignOffError("signoff/revoked", what="this action")
        self._check_way(signed.signature, assertion, claimed=statement.assurance)
        check_role(statement.decision, statement.role, assertion, binding)
        check_duties(assertion.person, binding)
        self._check_author(assertion.person, now_ms)
        _check_times(statement, assertion, binding, now_ms)
        self._check_signature(signed.signature, statement, statement.person, assertion)
        return Approver(statement.person, statement.role, statement.key)

    def verify_review(self, signed: SignedReview, binding: ActionBinding, *, since_ms: int, now_ms: int) -> Approver:
        """Who reviewed the glass that was broken at `since_ms`, in words that count at `now_ms`; raises `SignOffError`.

        As `verify_statement`, but in any role that he has: whoever judges need not be one of those who were asked.
        """
        review, assertion = signed.review, signed.assertion.assertion
        if (review.hold, review.binding) != (binding.hold, binding.digest.hex()):
            raise SignOffError("signoff/other-binding")
        self._check_holder(review.person, review.key, signed.assertion, now_ms)
        self._check_way(signed.signature, assertion, claimed=assertion.key.assurance)
        if review.role not in assertion.roles:
            raise SignOffError("signoff/role", person=assertion.person, role=review.role)
        check_duties(assertion.person, binding)
        self._check_author(assertion.person, now_ms)
        first = max(since_ms, assertion.not_before_ms) - CLOCK_SKEW_MS
        last = min(assertion.not_after_ms, now_ms + CLOCK_SKEW_MS)
        if not first <= review.signed_at_ms <= last:
            raise SignOffError("signoff/signed-at", person=review.person)
        self._check_signature(signed.signature, review, review.person, assertion)
        return Approver(review.person, review.role, review.key)

    def _check_holder(self, person: str, key: str, signed: SignedAssertion, now_ms: int) -> None:
        """Check that the directory asserts now that `person` holds `key`; raises `SignOffError`."""
        self._directory.check_assertion(signed)
        if (person, key) != (signed.assertion.person, signed.assertion.key.id):
            raise SignOffError("signoff/other-person")
        self._check_standing(signed.assertion, now_ms)

    def _obstacle(self, assertion: RoleAssertion, now_ms: int) -> str:
        """The code of what keeps the assertion from counting, or nothing."""
        try:
            self._check_standing(assertion, now_ms)
            self._check_assurance(assertion)
            self._check_author(assertion.person, now_ms)
        except SignOffError as error:
            return error.code
        return ""

    def _check_standing(self, assertion: RoleAssertion, now_ms: int) -> None:
        if now_ms < assertion.not_before_ms:
            raise SignOffError("signoff/assertion-not-yet", person=assertion.person)
        if now_ms >= assertion.not_after_ms:
            raise SignOffError("signoff/assertion-expired", person=assertion.person)
        revoked = self._fresh(now_ms)
        if assertion.key.id in revoked.keys:
            raise SignOffError("signoff/revoked", what=f"the key of `{assertion.person}`")
        if assertion.person in revoked.persons:
            raise SignOffError("signoff/revoked", what=f"`{assertion.person}`")
        if assertion.serial in revoked.serials:
            raise SignOffError("signoff/revoked", what=f"the assertion {assertion.serial} of `{assertion.person}`")

    def _fresh(self, now_ms: int) -> RevocationList:
        """The list of what is revoked; raises `SignOffError` without one, or with one that is too old."""
        revoked = self._revocations
        if revoked is None:
            raise SignOffError("signoff/revocations-stale", why="there is none")
        if now_ms - revoked.issued_ms > self._directory.revocations_max_age_ms:
            raise SignOffError("signoff/revocations-stale", why="it is too old")
        if revoked.issued_ms - now_ms > CLOCK_SKEW_MS:
            raise SignOffError("signoff/revocations-stale", why="it is of a later time than the clock says")
        return revoked

    def _check_way(self, signature: Signature, assertion: RoleAssertion, *, claimed: str) -> None:
        """Check how it was signed: by an allowed algorithm, and as surely as the directory and the profile say."""
        key, algorithm = assertion.key, signature.algorithm
        by_webauthn = algorithm == WEBAUTHN_ES256
        if (
            algorithm not in self._directory.algorithms
            or signature.key_algorithm != key.entry.algorithm
            or by_webauthn != (key.assurance == WEBAUTHN)
        ):
            raise SignOffError("signoff/algorithm", algorithm=algorithm)
        if claimed != key.assurance:
            raise SignOffError("signoff/assurance", assurance=claimed)
        self._check_assurance(assertion)

    def _check_assurance(self, assertion: RoleAssertion) -> None:
        if assertion.key.assurance not in self._directory.assurances:
            raise SignOffError("signoff/assurance", assurance=assertion.key.assurance)

    def _check_author(self, person: str, now_ms: int) -> None:
        """Whoever is asserted anywhere to write policy now approves nothing, whichever assertion he signs under."""
        authors = [known for known in self._known if known.person == person and POLICY_AUTHOR in known.roles]
        if any(known.not_before_ms <= now_ms < known.not_after_ms and not self._is_revoked(known) for known in authors):
            raise SignOffError("signoff/policy-author", person=person)

    def _is_revoked(self, known: RoleAssertion) -> bool:
        return self._revocations is not None and known.serial in self._revocations.serials

    def _check_signature(self, signature: Signature, said: Digested, person: str, assertion: RoleAssertion) -> None:
        try:
            self._verify(signature, said, assertion.key.entry)
        except CryptoError as error:
            raise SignOffError("signoff/bad-signature", person=person) from error

    def _verify(self, signature: Signature, said: Digested, entry: KeyEntry) -> None:
        key = self._ring.key(entry.algorithm, entry.encoded)
        if signature.algorithm == WEBAUTHN_ES256:
            verify_assertion(
                key,
                signature=signature.value,
                authenticator_data=signature.authenticator_data,
                client_data=signature.client_data,
                challenge=said.digest,
                rp_id=self._directory.webauthn.rp_id,
                origins=self._directory.webauthn.origins,
            )
        else:
            key.verify(signature.value, said.tagged)


def check_about(statement: Statement, binding: ActionBinding) -> None:
    """Check that `statement` is about `binding` and what was shown is what it says; raises `SignOffError`."""
    if statement.binding != binding.digest.hex():
        raise SignOffError("signoff/other-binding")
    binding.check_rendering()
    if statement.rendering != binding.rendering.sha256:
        raise SignOffError("signoff/rendering-differs")


def check_opened(decision: str, opened: Iterable[str], binding: ActionBinding) -> None:
    """Check that whoever allows has opened all evidence; `opened` are digests (hexadecimal). Raises `SignOffError`.

    LIMIT: a statement that was made elsewhere says for itself what was opened; that is signed, so somebody said it.
    """
    listed, seen = {item.sha256 for item in binding.evidence}, frozenset(opened)
    if not seen <= listed:
        raise SignOffError("signoff/other-evidence")
    if decision == ALLOW and seen != listed:
        raise SignOffError("signoff/evidence-unopened", count=len(listed - seen))


def roles_asked(binding: ActionBinding, decision: str) -> frozenset[str]:
    """The roles in which `binding` takes `decision`: a denial and a revocation from any role that could allow it."""
    allowing = frozenset(rule.role for rule in binding.rules)
    breaking = frozenset(rule.break_glass.role for rule in binding.rules if rule.break_glass is not None)
    if decision == ALLOW:
        return allowing
    return breaking if decision == BREAK_GLASS else allowing | breaking


def check_role(decision: str, role: str, assertion: RoleAssertion, binding: ActionBinding) -> None:
    """Check that `role` is asserted and asked for; raises `SignOffError`."""
    if POLICY_AUTHOR in assertion.roles:
        raise SignOffError("signoff/policy-author", person=assertion.person)
    asked = roles_asked(binding, decision)
    if not asked:
        raise SignOffError("signoff/no-break-glass")
    if role not in assertion.roles or role not in asked:
        raise SignOffError("signoff/role", person=assertion.person, role=role)


def check_duties(person: str, binding: ActionBinding) -> None:
    """Check that `person` neither asked for the action nor answers for who did; raises `SignOffError`."""
    if person == binding.requester.person:
        raise SignOffError("signoff/own-approval", person=person, why="asked for it")
    if person == binding.agent_owner:
        raise SignOffError("signoff/own-approval", person=person, why="answers for the agent that asked")


def _check_times(statement: Statement, assertion: RoleAssertion, binding: ActionBinding, now_ms: int) -> None:
    first = max(binding.not_before_ms, assertion.not_before_ms) - CLOCK_SKEW_MS
    last = min(binding.not_after_ms, assertion.not_after_ms, now_ms + CLOCK_SKEW_MS)
    if not first <= statement.signed_at_ms <= last:
        raise SignOffError("signoff/signed-at", person=statement.person)
