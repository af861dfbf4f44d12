"""The approval journeys in memory, with real keys: what the console is tested against without a gateway.

It verifies what people sign as a gateway must, and gives out a real release with a real proof; only the ledger and the
store are simulated. LIMIT: of the rules about people only what a page can show is here; the rest is `oversight`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from brightline.console.ports import (
    Approval,
    BrokenGlass,
    Evidence,
    HoldStage,
    Inbox,
    MeterReading,
    NewPasskey,
    OpenedEvidence,
    OversightNumbers,
    Passkey,
    PasskeyAnswer,
    Person,
    ReviewDue,
    Row,
    Vote,
)
from brightline.crypto.assertion import verify_assertion
from brightline.crypto.party_keys import ED25519, PrivateKey, PublicKey, create, read_public
from brightline.crypto.signatures import normalise_der, sign, verify
from brightline.domain.leaf import Kind, Leaf, Verdict
from brightline.domain.sign_off.assertion import ApproverKey, KeyEntry, RoleAssertion, SignedAssertion
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.release import HoldEntry, Release
from brightline.domain.sign_off.review import Review, SignedReview
from brightline.domain.sign_off.statement import (
    ALLOW,
    DENY,
    REVOKE,
    WEBAUTHN_ES256,
    ShownLog,
    Signature,
    SignedStatement,
    Statement,
)
from brightline.domain.sign_off.trust import RelyingParty
from brightline.gateway.passkeys import registration_response
from brightline.identity.errors import CredentialError
from brightline.oversight.directory import Directory
from brightline.oversight.enrolment import challenge_of, enrol_passkey
from brightline.oversight.review_request import ReviewRequest
from brightline.oversight.signing import ApprovalRequest
from brightline.testing.approval_samples import Proposed, meter_readings, numbers
from brightline.testing.log_simulator import SimulatedLog

DAY_MS = 86_400_000
PAGE_ROWS = 20
FLOOR_MS = 3_000
_REVIEW_MS = 72 * 3_600_000


@dataclass(frozen=True, slots=True)
class _Enrolled:
    passkey: Passkey
    public: PublicKey


@dataclass(slots=True)
class _Held:
    proposed: Proposed
    index: int
    signed: list[SignedStatement] = field(default_factory=list)
    opened: set[tuple[str, str]] = field(default_factory=set)
    revoked: bool = False


class UnknownHoldError(CredentialError):
    """There is no such hold, or none that this person may see."""


class SimulatedApprovals:
    """Everything behind the console's pages; `random` gives n random bytes, `clock_ms` UTC milliseconds."""

    def __init__(self, *, rp_id: str, origin: str, random: Callable[[int], bytes], clock_ms: Callable[[], int]) -> None:
        self._rp_id = rp_id
        self._origins = (origin,)
        self._random = random
        self._clock_ms = clock_ms
        self._directory: PrivateKey = create(ED25519, random)
        self._gateway: PrivateKey = create(ED25519, random)
        self._roles: dict[str, frozenset[str]] = {}
        self._keys: dict[str, str] = {}
        self._newcomers: set[str] = set()
        self._enrolled: dict[bytes, _Enrolled] = {}
        self._asserted: dict[str, SignedAssertion] = {}
        self._enrolments: dict[tuple[str, str], bytes] = {}
        self._held: dict[str, _Held] = {}
        self._reviews: list[ReviewDue] = []
        # A gateway that shows another action than it holds.
        self.misrender = False
        self._entries: list[bytes] = [Leaf(kind=Kind.GENESIS, time_ms=clock_ms()).encode()]

    # What a test arranges.

    def add_person(self, name: str, *roles: str, key: str = "") -> None:
        """Let `name` act in `roles`; `key` is the Brightline key with which he signs in."""
        self._roles[name] = frozenset(roles)
        self._newcomers.discard(name)
        if key:
            self._keys[key] = name

    def add_newcomer(self, name: str, *, key: str) -> None:
        """Let `name` sign in with `key`, of whom the directory has said nothing yet."""
        self._newcomers.add(name)
        self._keys[key] = name

    def remove_person(self, name: str) -> None:
        """Let the directory have `name` no more."""
        del self._roles[name]

    def assert_passkeys(self) -> None:
        """Let the directory assert every passkey that was enrolled."""
        for one in self._enrolled.values():
            self.assert_key(one.passkey.person, one.public, "webauthn-uv")

    def assert_key(self, person: str, public: PublicKey, assurance: str) -> SignedAssertion:
        """The directory's word that `public` is this person's key."""
        now = self._clock_ms()
        entry = KeyEntry.of(public.algorithm, public.der)
        assertion = RoleAssertion(
            person=person,
            key=ApproverKey(entry, assurance),
            roles=tuple(sorted(self._roles[person])),
            not_before_ms=now - DAY_MS,
            not_after_ms=now + DAY_MS,
            serial=len(self._asserted) + 1,
        )
        signed = SignedAssertion(assertion, self._directory.public.id, sign(self._directory, assertion.tagged))
        self._asserted[public.id] = signed
        return signed

    def give_passkey(self, person: str, public: PublicKey, credential: bytes) -> None:
        """Let `person` have a passkey that the directory asserts, as if it had been enrolled."""
        self._enrolled[credential] = _Enrolled(Passkey(person, public.id, credential), public)
        self.assert_key(person, public, "webauthn-uv")

    def binding(self, hold: str) -> ActionBinding:
        """What was held."""
        return self._find(hold).proposed.binding

    def hold(self, proposed: Proposed) -> str:
        """Hold an action, with its leaf in the log; returns the hold's id."""
        binding = proposed.binding
        self._held[binding.hold] = _Held(proposed, len(self._entries))
        leaf = Leaf(
            kind=Kind.HOLD,
            time_ms=self._clock_ms(),
            use_id=bytes.fromhex(binding.hold),
            commitment=binding.digest,
            agreement_digest=bytes.fromhex(binding.agreement.digest),
            verdict=Verdict.HOLD,
        )
        self._entries.append(leaf.encode())
        return binding.hold

    def need_review(self, hold: str, person: str, *, late: bool = False) -> None:
        """Let `person` have broken glass on `hold`; `late`: so long ago that the review is overdue."""
        now = self._clock_ms() - (2 * _REVIEW_MS if late else 0)
        tool = self._held[hold].proposed.binding.tool
        due = ReviewDue(hold=hold, what=tool, person=person, opened_ms=now, due_ms=now + _REVIEW_MS)
        self._reviews.append(due)

    def votes(self, hold: str) -> int:
        """How many have signed."""
        return len(self._held[hold].signed)

    def release(self, hold: str) -> bytes:
        """The release of an approved hold, as an effector checks it."""
        held = self._held[hold]
        assert self._stage(held) is HoldStage.APPROVED, "the hold is not approved"
        log = self._log()
        return Release.signed(
            binding=held.proposed.binding,
            statements=held.signed,
            path="quorum",
            hold_entry=HoldEntry(self._entries[held.index], log.proof(held.index)),
            key=self._gateway.public.id,
            sign=lambda message: sign(self._gateway, message),
        ).canonical

    # What the console calls.

    async def sign_in_with_key(self, secret: str, peer: str) -> Person:
        """The person to whom a Brightline key belongs."""
        if secret not in self._keys:
            raise CredentialError("identity/bad-credential")
        return await self.newcomer(self._keys[secret])

    async def sign_in_with_passkey(self, answer: PasskeyAnswer) -> Person:
        """The person whose passkey answered."""
        found = self._enrolled.get(answer.credential)
        if found is None or found.passkey.key not in self._asserted:
            raise CredentialError("identity/bad-credential")
        self._verify(found.public, answer)
        return await self.person(found.passkey.person)

    async def person(self, name: str) -> Person:
        """The person as the directory has him now."""
        if name not in self._roles:
            raise CredentialError("identity/bad-credential")
        return Person(name, self._roles[name])

    async def newcomer(self, name: str) -> Person:
        """The person, without any role when he is a newcomer still."""
        return Person(name, frozenset()) if name in self._newcomers else await self.person(name)

    async def passkeys(self, person: str) -> tuple[Passkey, ...]:
        """The passkeys with which this person may sign now."""
        mine = [one.passkey for one in self._enrolled.values() if one.passkey.person == person]
        return tuple(passkey for passkey in mine if passkey.key in self._asserted)

    async def enrol(self, person: str, made: NewPasskey) -> str:
        """Verify and keep a new passkey."""
        directory = Directory(keys=(_entry(self._directory),), webauthn=RelyingParty(self._rp_id, self._origins))
        enrolment = enrol_passkey(person, directory, registration_response(made), nonce=made.nonce)
        passkey = Passkey(person, enrolment.key.id, enrolment.credential)
        entry = enrolment.key.entry
        self._enrolled[enrolment.credential] = _Enrolled(passkey, read_public(entry.algorithm, entry.encoded))
        self._enrolments[person, passkey.key] = enrolment.canonical
        return passkey.key

    async def enrolment_challenge(self, person: str, nonce: str) -> bytes:
        """What a new passkey registers over."""
        return challenge_of(person, nonce)

    async def enrolment_file(self, person: str, key: str) -> bytes:
        """The enrolment of a passkey."""
        if (person, key) not in self._enrolments:
            raise UnknownHoldError("console/no-page")
        return self._enrolments[person, key]

    async def inbox(self, person: str, page: int) -> Inbox:
        """What waits, soonest to expire first."""
        waiting = [held for held in self._held.values() if self._stage(held) is HoldStage.OPEN]
        waiting.sort(key=lambda held: held.proposed.binding.not_after_ms)
        first = page * PAGE_ROWS
        rows = tuple(_row(held, person) for held in waiting[first : first + PAGE_ROWS])
        return Inbox(rows=rows, page=page, more=len(waiting) > first + PAGE_ROWS, now_ms=self._clock_ms())

    async def show(self, hold: str, person: str) -> Approval:
        """One held action."""
        held, roles = self._find(hold), (await self.person(person)).roles
        binding = held.proposed.binding
        voted = any(signed.statement.person == person for signed in held.signed)
        glass = {rule.break_glass.role for rule in binding.rules if rule.break_glass is not None}
        log = self._log()
        return Approval(
            hold=hold,
            stage=self._stage(held),
            binding=binding,
            rendering=binding.rendered.upper() if self.misrender else binding.rendered,
            evidence=tuple(
                Evidence(
                    label=item.label, type=item.type, sha256=item.sha256, opened=(person, item.sha256) in held.opened
                )
                for item in binding.evidence
            ),
            log=ShownLog(log.origin, len(log.entries), log.root),
            roles=tuple(sorted({rule.role for rule in binding.rules} & roles)),
            break_glass_roles=tuple(sorted(glass & roles)),
            votes=tuple(_vote(signed.statement) for signed in held.signed) if voted else None,
            needs_own_machine=binding.own_machine,
            floor_ms=FLOOR_MS,
            now_ms=self._clock_ms(),
        )

    async def open_evidence(self, hold: str, person: str, sha256: str) -> OpenedEvidence:
        """Open an item, and remember who did."""
        held = self._find(hold)
        for item, content in zip(held.proposed.binding.evidence, held.proposed.contents, strict=True):
            if item.sha256 == sha256:
                held.opened.add((person, sha256))
                return OpenedEvidence(label=item.label, type=item.type, sha256=sha256, content=content)
        raise UnknownHoldError("console/no-page")

    async def request_file(self, hold: str, person: str) -> bytes:
        """The approval request."""
        approval = await self.show(hold, person)
        return ApprovalRequest(approval.binding, approval.log).canonical

    async def signed(self, hold: str, person: str, signed_statement: bytes) -> HoldStage:
        """Take a signed statement that was made elsewhere."""
        signed = SignedStatement.parse(signed_statement)
        entry = self._asserted[signed.statement.key].assertion.key.entry
        verify(read_public(entry.algorithm, entry.encoded), signed.signature.value, signed.statement.tagged)
        return self._take(hold, person, signed)

    async def signed_with_passkey(self, hold: str, person: str, statement: bytes, answer: PasskeyAnswer) -> HoldStage:
        """Take a statement whose digest a passkey signed."""
        said = Statement.parse(statement)
        found = self._enrolled.get(answer.credential)
        if found is None or found.passkey.key != said.key or found.passkey.person != person:
            raise CredentialError("identity/bad-credential")
        self._verify(found.public, answer)
        value = normalise_der(found.public, answer.signature)
        signature = Signature(WEBAUTHN_ES256, value, answer.authenticator_data, answer.client_data)
        return self._take(hold, person, SignedStatement(said, signature, self._asserted[said.key]))

    async def reviews(self, person: str) -> tuple[ReviewDue, ...]:
        """The break-glass acts that still need a review."""
        return tuple(self._reviews)

    async def review_request(self, hold: str, person: str) -> BrokenGlass:
        """Broken glass as its reviewer is shown it."""
        held, log = self._find(hold), self._log()
        binding, shown = held.proposed.binding, ShownLog(log.origin, len(log.entries), log.root)
        return BrokenGlass(
            hold=hold,
            binding=binding,
            rendering=binding.rendered.upper() if self.misrender else binding.rendered,
            broken=tuple(_vote(signed.statement) for signed in held.signed),
            log=shown,
            roles=tuple(sorted((await self.person(person)).roles)),
            file=ReviewRequest(binding, shown, tuple(held.signed)).canonical,
            now_ms=self._clock_ms(),
        )

    async def reviewed(self, person: str, signed_review: bytes) -> None:
        """Take a signed review that was made elsewhere."""
        signed = SignedReview.parse(signed_review)
        entry = self._asserted[signed.review.key].assertion.key.entry
        verify(read_public(entry.algorithm, entry.encoded), signed.signature.value, signed.review.tagged)
        self._judge(person, signed.review)

    async def reviewed_with_passkey(self, person: str, review: bytes, answer: PasskeyAnswer) -> None:
        """Take a review whose digest a passkey signed."""
        said = Review.parse(review)
        found = self._enrolled.get(answer.credential)
        if found is None or found.passkey.key != said.key or found.passkey.person != person:
            raise CredentialError("identity/bad-credential")
        self._verify(found.public, answer)
        self._judge(person, said)

    def _judge(self, person: str, said: Review) -> None:
        assert said.person == person, "somebody else signed"
        self._reviews = [due for due in self._reviews if due.hold != said.hold]

    async def meters(self) -> tuple[MeterReading, ...]:
        """What two meters of one unit tell."""
        return meter_readings()

    async def numbers(self) -> OversightNumbers:
        """What is measured of oversight."""
        waiting = sum(self._stage(held) is HoldStage.OPEN for held in self._held.values())
        return numbers(self._clock_ms(), open_holds=waiting)

    def _find(self, hold: str) -> _Held:
        if hold not in self._held:
            raise UnknownHoldError("console/no-page")
        return self._held[hold]

    def _log(self) -> SimulatedLog:
        return SimulatedLog(tuple(self._entries))

    def _verify(self, public: PublicKey, answer: PasskeyAnswer) -> None:
        verify_assertion(
            public,
            signature=normalise_der(public, answer.signature),
            authenticator_data=answer.authenticator_data,
            client_data=answer.client_data,
            challenge=answer.challenge,
            rp_id=self._rp_id,
            origins=self._origins,
        )

    def _take(self, hold: str, person: str, signed: SignedStatement) -> HoldStage:
        held, said = self._find(hold), signed.statement
        if said.person != person or said.binding != held.proposed.binding.digest.hex():
            raise CredentialError("identity/bad-credential")
        if said.decision == REVOKE:
            held.revoked = True
        held.signed.append(signed)
        return self._stage(held)

    def _stage(self, held: _Held) -> HoldStage:
        if held.revoked:
            return HoldStage.REVOKED
        if any(signed.statement.decision == DENY for signed in held.signed):
            return HoldStage.DENIED
        if self._clock_ms() >= held.proposed.binding.not_after_ms:
            return HoldStage.EXPIRED
        for rule in held.proposed.binding.rules:
            allowing = {s.statement.person for s in held.signed if s.statement.decision == ALLOW}
            if len(allowing) < rule.quorum:
                return HoldStage.OPEN
        return HoldStage.APPROVED


def _row(held: _Held, person: str) -> Row:
    binding = held.proposed.binding
    return Row(
        hold=binding.hold,
        what=binding.tool,
        audience=binding.audience,
        requester=binding.requester.person or binding.requester.app,
        risk=binding.risk,
        expires_ms=binding.not_after_ms,
        voted=any(signed.statement.person == person for signed in held.signed),
    )


def _vote(statement: Statement) -> Vote:
    return Vote(
        person=statement.person,
        role=statement.role,
        decision=statement.decision,
        assurance=statement.assurance,
        signed_at_ms=statement.signed_at_ms,
        reason=statement.reason,
    )


def _entry(key: PrivateKey) -> KeyEntry:
    return KeyEntry.of(key.public.algorithm, key.public.der)
