"""The journeys of one person at the console, with real keys: refusals first, and votes hidden until he has voted."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.domain.principal import Principal
from brightline.domain.sign_off.binding import BoundRule, Demand
from brightline.domain.sign_off.review import SignedReview
from brightline.domain.sign_off.statement import Statement
from brightline.gateway import approver_journeys
from brightline.gateway.approval_views import HoldStage, NewPasskey, PasskeyAnswer
from brightline.gateway.approver_journeys import MOST_PASSKEYS, PAGE_ROWS, ApproverJourneys
from brightline.identity import CredentialError, Headers
from brightline.oversight.caps import Caps
from brightline.oversight.directory import approver_key
from brightline.oversight.enrolment import Enrolment, challenge_of
from brightline.oversight.review_request import ReviewRequest
from brightline.oversight.signing import ApprovalRequest
from brightline.testing.approval_samples import meter_readings
from brightline.testing.rooms import WHO
from brightline.testing.sign_off import ROLE, WEBAUTHN_ES256, Person, webauthn_signature
from tests.unit.gateway.test_approvals import Desk
from tests.unit.oversight.rig import ANA, BEN, CLEO, run

GLASS = (BoundRule("r", "", "", "", ROLE, 2, Demand("watch-commander", 1)),)
PIA = Person("pia", WEBAUTHN_ES256, roles=(ROLE,), serial=4)
STRANGER = Person("stranger", roles=("gardener",), serial=5)


# The least full first, as the agreement may list them.
READINGS = meter_readings()[::-1]


class Keys:
    """A door that knows who has which key."""

    def authenticate(self, headers: Headers, peer: str) -> Principal:
        app, _, name = dict(headers)["authorization"].removeprefix("Bearer ").rpartition(":")
        if name == "forged":
            raise CredentialError("identity/bad-credential")
        return replace(WHO, name=name.removesuffix("'s"), app=app, owner="ana" if app == "console, owned" else "")


class Visit(Desk):
    """A desk with somebody at it; pia has a passkey."""

    def __init__(self, place: Path) -> None:
        super().__init__(place, caps=Caps(open_per_principal=99))
        self.rig.people = (ANA, BEN, CLEO, PIA, STRANGER)
        self.people = self.rig.store.people(1)
        self.journeys = ApproverJourneys(self.approvals, people=self.people, door=Keys(), meters=lambda: READINGS)
        self.people.put_enrolment(PIA.key.public.id, "pia", enrolment(PIA).canonical)

    def hold(self, **changes: object) -> str:
        return self.rig.place(**changes).hex()

    def refused(self, work: object) -> str:
        with pytest.raises(BrightlineError) as caught:
            run(work)  # type: ignore[arg-type]
        return caught.value.code


def enrolment(person: Person, *, assurance: str = "webauthn-uv", name: str = "", credential: bytes = b"") -> Enrolment:
    key = approver_key(person.key.public, assurance)
    return Enrolment(name or person.name, "0" * 32, key, credential or b"passkey of pia", b"proof")


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    made = Visit(tmp_path)
    yield made
    made.rig.store.abandon()


def answer(challenge: bytes, *, credential: bytes = b"passkey of pia", person: Person = PIA) -> PasskeyAnswer:
    made = webauthn_signature(person.key, challenge)
    return PasskeyAnswer(
        challenge=challenge,
        credential=credential,
        authenticator_data=made.authenticator_data,
        client_data=made.client_data,
        signature=_der(made.value),
    )


def _der(raw: bytes) -> bytes:
    def integer(part: bytes) -> bytes:
        value = int.from_bytes(part, "big")
        data = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return b"\x02" + bytes([len(data)]) + data

    body = integer(raw[:32]) + integer(raw[32:])
    return b"\x30" + bytes([len(body)]) + body


# Who it is


def test_a_newcomer_is_let_in_without_a_role_by_a_key_of_the_console_alone(visit: Visit) -> None:
    journeys = visit.journeys
    found = run(journeys.sign_in_with_key("console:nina's", "1.2.3.4"))
    assert (found.name, found.roles) == ("nina", frozenset())
    for secret in ("planner:nina's", "console, owned:nina's"):
        assert visit.refused(journeys.sign_in_with_key(secret, "1.2.3.4")) == "identity/bad-credential"
    assert visit.refused(journeys.person("nina")) == "identity/bad-credential", "he is nobody to every other journey"
    assert visit.refused(journeys.inbox("nina", 0)) == "identity/bad-credential"


def test_who_was_ever_asserted_is_no_newcomer(visit: Visit) -> None:
    assert run(visit.journeys.sign_in_with_key("console:ana's", "1.2.3.4")) == run(visit.journeys.person("ana"))
    visit.rig.revoked = replace(visit.rig.revoked, persons=("ana",))
    assert visit.refused(visit.journeys.newcomer("ana")) == "identity/bad-credential"


def test_whoever_is_nobody_signs_in_with_nothing(visit: Visit) -> None:
    journeys = visit.journeys
    for secret in ("forged", "nobody's"):
        assert visit.refused(journeys.sign_in_with_key(secret, "1.2.3.4")) == "identity/bad-credential"
    challenge = b"c" * 32
    assert visit.refused(journeys.sign_in_with_passkey(answer(challenge, credential=b"other"))) == (
        "identity/bad-credential"
    )
    other = replace(answer(challenge), challenge=b"d" * 32)
    assert visit.refused(journeys.sign_in_with_passkey(other)) == "identity/bad-credential"
    garbled = replace(answer(challenge), signature=b"nothing")
    assert visit.refused(journeys.sign_in_with_passkey(garbled)) == "identity/bad-credential"
    assert visit.refused(journeys.person("nobody")) == "identity/bad-credential"


def test_a_person_is_who_the_directory_has_now(visit: Visit) -> None:
    found = run(visit.journeys.sign_in_with_key("ana's", "1.2.3.4"))
    assert (found.name, found.roles) == ("ana", {ROLE, "watch-commander"})
    assert run(visit.journeys.sign_in_with_passkey(answer(b"c" * 32))).name == "pia"
    visit.rig.revoked = replace(visit.rig.revoked, number=2, persons=("ana", "pia"))
    assert visit.refused(visit.journeys.person("ana")) == "identity/bad-credential"
    assert visit.refused(visit.journeys.sign_in_with_passkey(answer(b"c" * 32))) == "identity/bad-credential"


def test_anothers_enrolment_of_a_key_signs_nobody_in(visit: Visit) -> None:
    visit.people.put_enrolment(PIA.key.public.id, "ana", enrolment(PIA, name="ana").canonical)
    assert visit.refused(visit.journeys.sign_in_with_passkey(answer(b"c" * 32))) == "identity/bad-credential"


# Passkeys


def test_passkeys_count_once_the_directory_asserts_them(visit: Visit) -> None:
    other = Person("pia", WEBAUTHN_ES256, key_name="pia's other key")
    visit.people.put_enrolment(other.key.public.id, "pia", enrolment(other, credential=b"other").canonical)
    visit.people.put_enrolment("ff" * 32, "pia", enrolment(ANA, assurance="file", name="pia").canonical)
    assert [key.credential for key in run(visit.journeys.passkeys("pia"))] == [b"passkey of pia"]
    assert run(visit.journeys.enrolment_challenge("pia", "0" * 32)) == challenge_of("pia", "0" * 32)


def test_a_passkey_is_verified_and_kept(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    made = NewPasskey(nonce="0" * 32, credential=b"c", attestation=b"a", client_data=b"d")
    with pytest.raises(BrightlineError):
        run(visit.journeys.enrol("ben", made))
    taken = enrolment(PIA, name="ben")
    monkeypatch.setattr(approver_journeys, "enrol_passkey", lambda *_, **__: taken)
    key = run(visit.journeys.enrol("ben", made))
    assert run(visit.journeys.enrolment_file("ben", key)) == taken.canonical
    assert visit.refused(visit.journeys.enrolment_file("ben", "0" * 64)) == "signoff/bad-enrolment"
    for number in range(MOST_PASSKEYS):
        visit.people.put_enrolment(f"{number:064x}", "ben", taken.canonical)
    assert visit.refused(visit.journeys.enrol("ben", made)) == "signoff/bad-enrolment"


# Looking


def test_the_inbox_has_what_ones_roles_are_asked_for(visit: Visit) -> None:
    hold = visit.hold()
    visit.hold(rules=(BoundRule("r", "", "", "", "duty-officer", 1, None),))
    (row,) = run(visit.journeys.inbox("ana", 0)).rows
    assert (row.hold, row.what, row.risk, row.voted) == (hold, "release_payload", "top", False)
    visit.rig.say(bytes.fromhex(hold), ANA)
    assert [row.voted for row in run(visit.journeys.inbox("ana", 0)).rows] == [True]
    assert run(visit.journeys.inbox("stranger", 0)).rows == ()


def test_a_long_inbox_has_pages(visit: Visit) -> None:
    for _ in range(PAGE_ROWS + 1):
        visit.hold()
    first, second = run(visit.journeys.inbox("ana", -1)), run(visit.journeys.inbox("ana", 1))
    assert (len(first.rows), first.more, len(second.rows), second.more) == (PAGE_ROWS, True, 1, False)
    assert run(visit.journeys.inbox("ana", 10**9)).rows == ()


def test_whoever_is_not_asked_sees_nothing(visit: Visit) -> None:
    hold = visit.hold()
    journeys = visit.journeys
    for work in (
        journeys.show(hold, "stranger"),
        journeys.request_file(hold, "stranger"),
        journeys.open_evidence(hold, "stranger", "0" * 64),
    ):
        assert visit.refused(work) == "hold/not-asked"
    assert visit.refused(journeys.show("0" * 32, "ana")) == "hold/not-found"


def test_votes_are_hidden_until_one_has_voted(visit: Visit) -> None:
    hold = visit.hold(rules=GLASS)
    visit.rig.say(bytes.fromhex(hold), BEN)
    before = run(visit.journeys.show(hold, "ana"))
    assert (before.votes, before.stage) == (None, HoldStage.OPEN)
    assert (before.roles, before.break_glass_roles) == ((ROLE,), ("watch-commander",))
    assert before.rendering == before.binding.rendered
    visit.rig.say(bytes.fromhex(hold), ANA)
    after = run(visit.journeys.show(hold, "ana"))
    assert after.votes is not None
    assert [vote.person for vote in after.votes] == ["ben", "ana"]
    assert after.stage is HoldStage.APPROVED


def test_evidence_is_what_was_bound_and_it_is_kept_who_opened_it(visit: Visit) -> None:
    hold = visit.place().hex()
    (item,) = run(visit.journeys.show(hold, "ana")).evidence
    assert not item.opened
    assert visit.refused(visit.journeys.open_evidence(hold, "ana", "0" * 64)) == "hold/no-evidence"
    opened = run(visit.journeys.open_evidence(hold, "ana", item.sha256))
    assert hashlib.sha256(opened.content).hexdigest() == item.sha256
    assert run(visit.journeys.show(hold, "ana")).evidence[0].opened
    assert not run(visit.journeys.show(hold, "ben")).evidence[0].opened
    assert visit.journeys.evidence(bytes.fromhex(hold)) == (opened,)


# Signing


def test_a_passkey_signs_the_statement_it_was_shown(visit: Visit) -> None:
    hold = visit.hold()
    request = ApprovalRequest.parse(run(visit.journeys.request_file(hold, "pia")))
    said: Statement = visit.rig.statement(bytes.fromhex(hold), PIA, log=request.log, assurance="webauthn-uv")
    sent, signed = said.canonical, answer(said.digest)
    ask = visit.journeys.signed_with_passkey
    assert visit.refused(ask(hold, "ana", sent, signed)) == "identity/bad-credential"
    unknown = replace(said, key="0" * 64).canonical
    assert visit.refused(ask(hold, "pia", unknown, signed)) == "identity/bad-credential"
    assert visit.refused(ask(hold, "pia", sent, replace(signed, signature=b"x"))) == "signoff/bad-signature"
    assert visit.refused(ask(hold, "pia", sent, answer(b"e" * 32))) == "signoff/bad-signature"
    assert run(ask(hold, "pia", sent, signed)) is HoldStage.OPEN
    data = visit.rig.signed(bytes.fromhex(hold), ANA).canonical
    assert run(visit.journeys.signed(hold, "ana", data)) is HoldStage.APPROVED


# Reviews and numbers


def broken(visit: Visit) -> str:
    hold = visit.hold(rules=GLASS)
    visit.rig.say(bytes.fromhex(hold), ANA, "break-glass")
    return hold


def test_broken_glass_waits_for_a_review(visit: Visit) -> None:
    hold = broken(visit)
    (due,) = run(visit.journeys.reviews("ben"))
    assert (due.hold, due.person, due.what, due.damaged) == (hold, "ana", "release_payload", False)
    assert due.opened_ms == visit.rig.ledger.time_ms
    assert visit.refused(visit.journeys.reviews("nobody")) == "identity/bad-credential"
    data = visit.rig.review(bytes.fromhex(hold), BEN)
    assert visit.refused(visit.journeys.reviewed("cleo", data)) == "signoff/other-person"
    run(visit.journeys.reviewed("ben", data))
    assert run(visit.journeys.reviews("ben")) == ()


def test_a_reviewer_is_shown_the_action_and_who_broke_the_glass(visit: Visit) -> None:
    hold = broken(visit)
    shown = run(visit.journeys.review_request(hold, "ben"))
    assert shown.binding == visit.rig.binding(bytes.fromhex(hold))
    assert shown.rendering == shown.binding.rendered
    assert [(vote.person, vote.decision, vote.reason) for vote in shown.broken] == [
        ("ana", "break-glass", "seen and checked")
    ]
    assert shown.roles == (ROLE, "watch-commander")
    assert shown.log.size == visit.rig.ledger.size
    assert ReviewRequest.parse(shown.file).binding.digest == shown.binding.digest
    ask = visit.journeys.review_request
    assert visit.refused(ask(hold, "nobody")) == "identity/bad-credential"
    assert visit.refused(ask(hold, "ana")) == "hold/own-review"
    assert visit.refused(ask(visit.hold(), "ben")) == "hold/no-review"


def test_a_review_is_signed_with_a_passkey(visit: Visit) -> None:
    hold = broken(visit)
    data = visit.rig.review(bytes.fromhex(hold), replace(PIA, algorithm="ed25519"), key=PIA.key.public.id)
    sent = SignedReview.parse(data).review
    ask = visit.journeys.reviewed_with_passkey
    assert visit.refused(ask("ana", sent.canonical, answer(sent.digest))) == "identity/bad-credential"
    assert visit.refused(ask("pia", sent.canonical, answer(b"e" * 32))) == "signoff/bad-signature"
    run(ask("pia", sent.canonical, answer(sent.digest)))
    assert visit.rig.ledger.kinds()[-1] is Kind.REVIEW


def test_a_review_of_what_cannot_be_read_is_due_all_the_same(visit: Visit) -> None:
    hold, other = broken(visit), broken(visit)
    at = visit.rig.holds.get(bytes.fromhex(hold)).kept.index
    visit.rig.by_hand("DELETE FROM sealed WHERE position & 1099511627775 = ?", at + 1)
    assert [(due.hold, due.damaged, due.person) for due in run(visit.journeys.reviews("ben"))] == [
        (hold, True, ""),
        (other, False, "ana"),
    ]


def test_one_damaged_row_does_not_hide_the_others_of_the_inbox(visit: Visit) -> None:
    hold, other = visit.hold(), visit.hold()
    visit.rig.by_hand("UPDATE holds SET summary = X'00' WHERE hold = ?", bytes.fromhex(hold))
    assert [row.hold for row in run(visit.journeys.inbox("ana", 0)).rows] == [other]


def test_what_is_measured_is_told(visit: Visit) -> None:
    hold = visit.hold()
    visit.rig.say(bytes.fromhex(hold), ANA)
    numbers = asyncio.run(visit.journeys.numbers())
    assert (numbers.open_holds, numbers.reviews_overdue, numbers.measured.votes) == (1, 0, 0), "it still waits"
    visit.rig.say(bytes.fromhex(hold), BEN)
    numbers = asyncio.run(visit.journeys.numbers())
    assert (numbers.open_holds, numbers.reviews_overdue, numbers.measured.votes) == (0, 0, 2)


def test_the_fullest_meter_comes_first(visit: Visit) -> None:
    assert [found.meter for found in run(visit.journeys.meters())] == ["people", "tokens"]
