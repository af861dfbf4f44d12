"""The approval journeys as one person at the console goes through them: sign in, look, open evidence, sign, review.

INVARIANT: whoever asks is a person whom the directory has now; what others voted is hidden until he has voted himself.
LIMIT: who opened which evidence is known of the console alone; a statement made elsewhere says it for itself, and its
signer stands for it.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator

from brightline.crypto.assertion import verify_assertion
from brightline.crypto.errors import CryptoError
from brightline.crypto.party_keys import read_public
from brightline.crypto.signatures import normalise_der
from brightline.domain.sign_off.assertion import WEBAUTHN, SignedAssertion
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.review import Review, SignedReview
from brightline.domain.sign_off.statement import (
    BREAK_GLASS,
    WEBAUTHN_ES256,
    Signature,
    SignedStatement,
    Statement,
)
from brightline.gateway.approval_views import (
    Approval,
    BrokenGlass,
    Evidence,
    HoldStage,
    Inbox,
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
from brightline.gateway.approvals import Approvals
from brightline.gateway.meter_readings import MeterReading
from brightline.gateway.passkeys import registration_response
from brightline.gateway.ports import DoorPort
from brightline.identity import CredentialError
from brightline.oversight.enrolment import Enrolment, challenge_of, enrol_passkey
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.holds import Kept, roles_of, what_of
from brightline.oversight.measure import DWELL_FLOOR_MS, measure
from brightline.oversight.people import People, check_duties, roles_asked
from brightline.oversight.review_request import ReviewRequest, check_reviewer
from brightline.oversight.reviewing import Wanted
from brightline.oversight.service import Standing
from brightline.storage import HoldRow, PeopleStore, RowState

PAGE_ROWS = 10
MOST_PAGES = 100
MOST_PASSKEYS = 16
_MOST_REVIEWS = 100
# The app of a key with which a person whom the directory does not know yet may enrol.
CONSOLE_APP = "console"


class ApproverJourneys:
    """What the console calls; `people` holds enrolments, `door` knows Brightline keys, `meters` what meters tell."""

    def __init__(
        self,
        approvals: Approvals,
        *,
        people: PeopleStore,
        door: DoorPort,
        meters: Callable[[], tuple[MeterReading, ...]],
    ) -> None:
        self._approvals = approvals
        self._holds = approvals.holds
        self._parts = approvals.holds.parts
        self._store = people
        self._door = door
        self._meters = meters
        self._reviewing = approvals.taking.reviewing
        # What the command line asks as well.
        self.find = approvals.find
        self.latest = approvals.latest
        self.request = approvals.request
        self.release = approvals.release

    # Who it is

    async def sign_in_with_key(self, secret: str, peer: str) -> Person:
        """The person to whom a Brightline key belongs; raises `CredentialError`."""
        principal = self._door.authenticate({"authorization": f"Bearer {secret}"}, peer)
        if principal.app == CONSOLE_APP and not principal.owner:
            return await self.newcomer(principal.name)
        return await self.person(principal.name)

    async def sign_in_with_passkey(self, answer: PasskeyAnswer) -> Person:
        """The person whose passkey answered the challenge, with user verification; raises `CredentialError`."""
        for enrolment in map(Enrolment.parse, self._store.all_enrolments()):
            if enrolment.credential == answer.credential and enrolment.key.assurance == WEBAUTHN:
                self._verify(enrolment, answer)
                return await self.person(enrolment.person)
        raise CredentialError("identity/bad-credential")

    def _verify(self, enrolment: Enrolment, answer: PasskeyAnswer) -> None:
        people = self._approvals.taking.people()
        held = people.assertion_of(enrolment.key.id, now_ms=self._parts.ledger.now_ms())
        if held is None or held.assertion.person != enrolment.person:
            raise CredentialError("identity/bad-credential")
        key = read_public(enrolment.key.entry.algorithm, enrolment.key.entry.encoded)
        webauthn = people.directory.webauthn
        try:
            verify_assertion(
                key,
                signature=normalise_der(key, answer.signature),
                authenticator_data=answer.authenticator_data,
                client_data=answer.client_data,
                challenge=answer.challenge,
                rp_id=webauthn.rp_id,
                origins=webauthn.origins,
            )
        except CryptoError as error:
            raise CredentialError("identity/bad-credential") from error

    async def person(self, name: str) -> Person:
        """The person as the directory has him now; raises `CredentialError` for one who cannot sign."""
        return Person(name, self._roles(name))

    async def newcomer(self, name: str) -> Person:
        """The person, without any role while the directory has never said anything of him; raises as `person` does.

        He can enrol a passkey, and nothing else: without that nobody could become an approver who has only passkeys.
        """
        holders = self._people().holders(now_ms=self._parts.ledger.now_ms())
        if any(holder.assertion.person == name for holder in holders):
            return await self.person(name)
        return Person(name, frozenset())

    def _roles(self, name: str) -> frozenset[str]:
        holders = self._people().holders(now_ms=self._parts.ledger.now_ms())
        held = [holder.assertion for holder in holders if holder.assertion.person == name and not holder.why]
        if not held:
            raise CredentialError("identity/bad-credential")
        return frozenset(role for assertion in held for role in assertion.roles)

    def _people(self) -> People:
        return self._approvals.taking.people()

    # Passkeys

    async def passkeys(self, person: str) -> tuple[Passkey, ...]:
        """The passkeys with which this person may sign now."""
        people, now_ms = self._people(), self._parts.ledger.now_ms()
        return tuple(
            Passkey(person, made.key.id, made.credential)
            for made in map(Enrolment.parse, self._store.enrolments(person))
            if made.key.assurance == WEBAUTHN and people.assertion_of(made.key.id, now_ms=now_ms) is not None
        )

    async def enrolment_challenge(self, person: str, nonce: str) -> bytes:
        """What a new passkey of this person registers over."""
        return challenge_of(person, nonce)

    async def enrol(self, person: str, made: NewPasskey) -> str:
        """Verify and keep a new passkey until the directory asserts it; returns its key id."""
        if len(self._store.enrolments(person)) >= MOST_PASSKEYS:
            raise SignOffError("signoff/bad-enrolment", why=f"there are {MOST_PASSKEYS} keys of this person already")
        directory = self._people().directory
        enrolment = enrol_passkey(person, directory, registration_response(made), nonce=made.nonce)
        self._store.put_enrolment(enrolment.key.id, person, enrolment.canonical)
        return enrolment.key.id

    async def enrolment_file(self, person: str, key: str) -> bytes:
        """The enrolment of a passkey of this person, for whoever keeps the directory."""
        for data in self._store.enrolments(person):
            if Enrolment.parse(data).key.id == key:
                return data
        raise SignOffError("signoff/bad-enrolment", why="there is no such key of this person")

    # Looking

    async def inbox(self, person: str, page: int) -> Inbox:
        """What waits for this person, soonest to expire first; pages count from 0."""
        page = max(0, min(page, MOST_PAGES))
        now_ms, records = self._parts.ledger.now_ms(), self._parts.records
        roles = [records.role_tag(role) for role in self._roles(person)]
        found = self._parts.rows().page(roles, now_ms=now_ms, skip=page * PAGE_ROWS, limit=PAGE_ROWS + 1)
        rows = tuple(self._rows(found[:PAGE_ROWS], person))
        return Inbox(rows=rows, page=page, more=len(found) > PAGE_ROWS, now_ms=now_ms)

    def _rows(self, found: Iterable[HoldRow], person: str) -> Iterator[Row]:
        """What can be read of `found`: a row that was tampered with must not hide the others."""
        for row in found:
            with contextlib.suppress(HoldError):
                yield self._row(row, person)

    def _row(self, row: HoldRow, person: str) -> Row:
        records = self._parts.records
        summary = records.summary(row)
        return Row(
            hold=row.hold.hex(),
            what=summary.what,
            audience=summary.audience,
            requester=summary.requester,
            risk=summary.risk,
            expires_ms=row.expires_ms,
            voted=self._parts.rows().has_voted(row.index, records.person_tag(person)),
        )

    async def show(self, hold: str, person: str) -> Approval:
        """One held action; raises `HoldError` for one that asks none of this person's roles."""
        standing, roles = self._asked(hold, person)
        kept, binding = standing.kept, standing.kept.binding
        tag = self._parts.records.person_tag(person)
        rows = self._parts.rows()
        opened = rows.evidence_opened(kept.index, tag)
        return Approval(
            hold=hold,
            stage=_stage(standing.state),
            binding=binding,
            rendering=binding.rendered,
            evidence=tuple(
                Evidence(
                    label=item.label, type=item.type, sha256=item.sha256, opened=bytes.fromhex(item.sha256) in opened
                )
                for item in binding.evidence
            ),
            log=self._approvals.shown_log(),
            roles=tuple(sorted(roles & roles_asked(binding, "allow"))),
            break_glass_roles=tuple(sorted(roles & roles_asked(binding, BREAK_GLASS))),
            votes=self._votes(kept) if rows.has_voted(kept.index, tag) else None,
            needs_own_machine=binding.own_machine,
            floor_ms=DWELL_FLOOR_MS[binding.risk],
            now_ms=self._parts.ledger.now_ms(),
        )

    def _asked(self, hold: str, person: str) -> tuple[Standing, frozenset[str]]:
        standing, roles = self._holds.get(bytes.fromhex(hold)), self._roles(person)
        if not roles & roles_of(standing.kept.binding):
            raise HoldError("hold/not-asked", person=person)
        return standing, roles

    def _votes(self, kept: Kept) -> tuple[Vote, ...]:
        return tuple(_vote(signed.statement) for signed in self._holds.statements(kept))

    async def open_evidence(self, hold: str, person: str, sha256: str) -> OpenedEvidence:
        """Open an item, and remember that this person did; raises `HoldError`."""
        kept = self._asked(hold, person)[0].kept
        opened = self._evidence(kept, sha256)
        tag, now_ms = self._parts.records.person_tag(person), self._parts.ledger.now_ms()
        self._parts.rows().open_evidence(kept.index, tag, bytes.fromhex(sha256), now_ms=now_ms)
        return opened

    def evidence(self, hold: bytes) -> tuple[OpenedEvidence, ...]:
        """Every item of an action's evidence; raises `HoldError`."""
        kept = self._holds.get(hold).kept
        return tuple(self._evidence(kept, item.sha256) for item in kept.binding.evidence)

    def _evidence(self, kept: Kept, sha256: str) -> OpenedEvidence:
        content = self._holds.content(kept.hold)
        for item in kept.binding.evidence:
            if item.sha256 == sha256 == hashlib.sha256(content).hexdigest():
                return OpenedEvidence(label=item.label, type=item.type, sha256=sha256, content=content)
        raise HoldError("hold/no-evidence")

    async def request_file(self, hold: str, person: str) -> bytes:
        """The approval request, for `brightline sign` on the person's own machine."""
        self._asked(hold, person)
        return await self._approvals.request(bytes.fromhex(hold))

    # Signing

    async def signed(self, hold: str, person: str, signed_statement: bytes) -> HoldStage:
        """Take a signed statement of this person; the hold's stage after it."""
        return _stage(await self._approvals.taking.sign(bytes.fromhex(hold), signed_statement, person=person))

    async def signed_with_passkey(self, hold: str, person: str, statement: bytes, answer: PasskeyAnswer) -> HoldStage:
        """Take a statement (its canonical bytes) whose digest a passkey of this person signed as a challenge."""
        said = Statement.parse(statement)
        signature, held = self._by_passkey(said.key, person, answer)
        return await self.signed(hold, person, SignedStatement(said, signature, held).canonical)

    def _by_passkey(self, key_id: str, person: str, answer: PasskeyAnswer) -> tuple[Signature, SignedAssertion]:
        """The signature in what a passkey answered, in its one encoding, and the directory's word on the key."""
        held = self._people().assertion_of(key_id, now_ms=self._parts.ledger.now_ms())
        if held is None or held.assertion.person != person:
            raise CredentialError("identity/bad-credential")
        key = read_public(held.assertion.key.entry.algorithm, held.assertion.key.entry.encoded)
        try:
            value = normalise_der(key, answer.signature)
        except CryptoError as error:
            raise SignOffError("signoff/bad-signature", person=person) from error
        return Signature(WEBAUTHN_ES256, value, answer.authenticator_data, answer.client_data), held

    # Reviews and numbers

    async def reviews(self, person: str) -> tuple[ReviewDue, ...]:
        """The break-glass acts that still need a review, as this person may see them."""
        self._roles(person)
        return self.reviews_due()

    def reviews_due(self) -> tuple[ReviewDue, ...]:
        """The break-glass acts that still need a review, the first due first."""
        return tuple(self._due(wanted) for wanted in self._reviewing.wanted()[:_MOST_REVIEWS])

    def _due(self, wanted: Wanted) -> ReviewDue:
        try:
            kept = self._reviewing.kept(wanted)
            broke = [signed.statement.person for signed in self._reviewing.broken_by(wanted, kept)]
        except HoldError:
            # It is due all the same, and must not hide the others.
            what, broke, damaged = "", [], True
        else:
            what, damaged = what_of(kept.binding), False
        return ReviewDue(
            hold=wanted.hold.hex(),
            what=what,
            person=", ".join(dict.fromkeys(broke)),
            opened_ms=wanted.opened_ms,
            due_ms=wanted.due_ms,
            damaged=damaged,
        )

    async def review_request(self, hold: str, person: str) -> BrokenGlass:
        """What this person is shown of broken glass before he reviews it; raises `HoldError`, as for his own act."""
        roles = self._roles(person)
        asked = await self.reviewed_action(bytes.fromhex(hold))
        check_reviewer(person, asked.broken)
        check_duties(person, asked.binding)
        return BrokenGlass(
            hold=hold,
            binding=asked.binding,
            rendering=asked.binding.rendered,
            broken=tuple(_vote(signed.statement) for signed in asked.broken),
            log=asked.log,
            roles=tuple(sorted(roles)),
            file=asked.canonical,
            now_ms=self._parts.ledger.now_ms(),
        )

    async def reviewed_action(self, hold: bytes) -> ReviewRequest:
        """What any reviewer is shown of broken glass; raises `HoldError`."""
        return self._reviewing.request(hold, self._approvals.shown_log())

    async def reviewed(self, person: str, signed_review: bytes) -> None:
        """Take a signed review of this person; nobody reviews his own act."""
        await self._reviewing.take(signed_review, person=person)

    async def reviewed_with_passkey(self, person: str, review: bytes, answer: PasskeyAnswer) -> None:
        """Take a review (its canonical bytes) whose digest a passkey of this person signed as a challenge."""
        said = Review.parse(review)
        signature, held = self._by_passkey(said.key, person, answer)
        await self.reviewed(person, SignedReview(said, signature, held).canonical)

    async def meters(self) -> tuple[MeterReading, ...]:
        """What each meter tells against its limits, the fullest first."""
        return tuple(sorted(self._meters(), key=lambda found: (-found.share, found.meter)))

    async def numbers(self) -> OversightNumbers:
        """What is measured of oversight."""
        # Every vote is read: in a thread, so that uses go on meanwhile.
        damaged: set[bytes] = set()
        measured = await asyncio.to_thread(lambda: measure(self._approvals.votes(damaged.add)))
        return OversightNumbers(
            measured=measured,
            open_holds=self._approvals.open_holds().count,
            reviews_overdue=self._approvals.reviews_overdue(),
            damaged=len(damaged),
        )


def _vote(said: Statement) -> Vote:
    return Vote(
        person=said.person,
        role=said.role,
        decision=said.decision,
        assurance=said.assurance,
        signed_at_ms=said.signed_at_ms,
        reason=said.reason,
    )


def _stage(state: RowState) -> HoldStage:
    return HoldStage[state.name]
