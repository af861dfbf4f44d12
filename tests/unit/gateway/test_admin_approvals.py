"""The commands about holds, over journeys that only remember what they were asked."""

import asyncio
from base64 import b64encode
from collections.abc import Sequence

import orjson
import pytest

from brightline.crypto.seal import WrappingKey, unseal
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, decode
from brightline.domain.record import Appended, Entry, Group
from brightline.domain.sign_off.review import SignedReview
from brightline.domain.sign_off.statement import ALLOW, REVOKE, ShownLog
from brightline.gateway.admin import Caller
from brightline.gateway.admin_approvals import MOST_LISTED, AdminApprovals
from brightline.gateway.admin_journeys import utc
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.approval_views import HoldStage, OpenedEvidence, ReviewDue
from brightline.gateway.errors import AdminError, UseError
from brightline.gateway.ports import HoldState, HoldView
from brightline.oversight.hold_errors import HoldError
from brightline.oversight.review_request import ReviewRequest
from brightline.testing.sign_off import BERT, NOW_MS, make_scene

SCENE = make_scene()
BINDING = SCENE.binding
HOLD = BINDING.hold
OTHER = "0" * 32
ALLOWED, REVOKED = SCENE.statement(BERT, ALLOW).canonical, SCENE.statement(BERT, REVOKE).canonical
SEAL = WrappingKey(bytes(32))
REF = AgreementRef("sample", 1, bytes(32), "demo")


def view(state: HoldState = HoldState.OPEN, kind: str = "tool-call") -> HoldView:
    return HoldView(
        hold=bytes.fromhex(HOLD),
        use_id=bytes(16),
        state=state,
        kind=kind,
        principal="ana",
        body_sha256=bytes(32),
        binding=BINDING,
        sign_offs={"release-officer": 1},
        break_glass={},
        expires_ms=NOW_MS,
    )


class Journeys:
    def __init__(self) -> None:
        self.view = view()
        self.asked: list[tuple[object, ...]] = []
        self.refuses: BrightlineError | None = None

    def latest(self, most: int, *, open_only: bool) -> Sequence[HoldView]:
        self.asked.append(("latest", most, open_only))
        return [self.view]

    def find(self, hold: bytes) -> HoldView | None:
        return self.view if hold == self.view.hold else None

    async def request(self, hold: bytes) -> bytes:
        return b'{"request":"%s"}' % hold.hex().encode()

    def evidence(self, hold: bytes) -> tuple[OpenedEvidence, ...]:
        self._maybe_refuse()
        return (OpenedEvidence(label="the answer", type="text/plain", sha256="ab" * 32, content=b"\xff\n"),)

    async def release(self, hold: bytes) -> bytes:
        self._maybe_refuse()
        return b'{"release":"%s"}' % hold.hex().encode()

    async def signed(self, hold: str, person: str, signed_statement: bytes) -> HoldStage:
        self._maybe_refuse()
        self.asked.append(("signed", hold, person, signed_statement))
        return HoldStage.APPROVED

    def reviews_due(self) -> tuple[ReviewDue, ...]:
        return (ReviewDue(hold=HOLD, what="set_valve", person="walter", opened_ms=0, due_ms=1000),)

    async def reviewed_action(self, hold: bytes) -> ReviewRequest:
        if hold.hex() != HOLD:
            raise HoldError("hold/no-review")
        return ReviewRequest(BINDING, ShownLog("o", 1, bytes(32)), (SCENE.statement(BERT),))

    async def reviewed(self, person: str, signed_review: bytes) -> None:
        self._maybe_refuse()
        self.asked.append(("reviewed", person, signed_review))

    def _maybe_refuse(self) -> None:
        if self.refuses is not None:
            raise self.refuses


class Ledger:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.broken = False

    async def append_all(self, entries: Sequence[Entry], also: object = None) -> Sequence[Appended]:
        if self.broken:
            raise AdminError("gateway/internal")
        self.entries += entries
        return [Appended(11, bytes(32), NOW_MS)]


class Desk:
    def __init__(self) -> None:
        self.journeys, self.ledger = Journeys(), Ledger()
        recorder = AdminRecorder(wrapping_key=SEAL, tag_keys=TagKeys(bytes(32)), agreement=lambda: REF)
        self.commands = AdminApprovals(
            self.journeys,
            ledger=self.ledger,  # type: ignore[arg-type]  # the one method that is used
            opening=recorder.opening,
            name_of=lambda uid: "ops",
        ).commands

    def do(self, command: str, **args: object):
        return asyncio.run(self.commands[command](args, Caller(7)))

    def refused(self, command: str, **args: object) -> str:
        with pytest.raises(BrightlineError) as caught:
            self.do(command, **args)
        return caught.value.code

    def opened(self) -> list[object]:
        """What the entries of openings say."""
        said = []
        for entry in self.ledger.entries:
            assert decode(entry.leaf).kind is Kind.OPENING
            groups = unseal(entry.blob, SEAL)
            assert orjson.loads(groups[Group.WHO]) == {"by": "uid 7 (ops)"}
            said.append(orjson.loads(groups[Group.CONTENT]))
        return said


@pytest.fixture
def desk() -> Desk:
    return Desk()


def encoded(data: bytes) -> str:
    return b64encode(data).decode()


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("hold.list", {"last": "all"}),
        ("hold.show", {}),
        ("hold.show", {"hold": HOLD, "person": "ana"}),
        ("hold.release", {"hold": 7}),
        ("hold.sign", {"hold": HOLD}),
        ("hold.sign", {"hold": HOLD, "statement": "{}"}),
        ("hold.sign", {"hold": HOLD, "statement": encoded(ALLOWED), "person": "bert"}),
        ("hold.revoke", {"hold": HOLD, "statement": "é"}),
        ("hold.reviews", {"secret": "s"}),
        ("hold.review-request", {}),
        ("hold.review", {"hold": HOLD, "justified": True, "words": "w"}),
        ("hold.review", {"review": "é"}),
        ("hold.review", {"review": "", "person": "ana"}),
    ],
)
def test_arguments_of_a_wrong_form_refuse(desk: Desk, command: str, args: dict[str, object]) -> None:
    assert desk.refused(command, **args) == "gateway/admin-bad-request"
    assert desk.journeys.asked == []


@pytest.mark.parametrize("hold", [OTHER, "", "hold", HOLD.upper(), HOLD + "\n", f" {HOLD}", "\u202e" * 4000])
def test_what_is_no_hold_is_not_found(desk: Desk, hold: str) -> None:
    statement = encoded(ALLOWED)
    assert desk.refused("hold.show", hold=hold) == "hold/not-found"
    assert desk.refused("hold.release", hold=hold) == "hold/not-found"
    assert desk.refused("hold.sign", hold=hold, statement=statement) == "hold/not-found"
    assert desk.refused("hold.review-request", hold=hold) == ("hold/no-review" if hold == OTHER else "hold/not-found")
    assert desk.ledger.entries == []


def test_an_id_that_deceives_is_told_as_what_it_is(desk: Desk) -> None:
    with pytest.raises(UseError) as caught:
        desk.do("hold.show", hold="\u202e" * 4000)
    assert "\u202e" not in caught.value.message
    assert len(caught.value.message) < 1000


def test_a_list_is_bounded_and_has_no_contents(desk: Desk) -> None:
    (row,) = desk.do("hold.list", last=10_000, all=True)["holds"]
    assert desk.do("hold.list", last=-3)["holds"]
    assert desk.journeys.asked == [("latest", MOST_LISTED, False), ("latest", 0, True)]
    assert row == {
        "hold": HOLD,
        "state": "open",
        "kind": "tool-call",
        "what": BINDING.tool,
        "audience": BINDING.audience,
        "requester": BINDING.requester.person,
        "risk": BINDING.risk,
        "expires": utc(NOW_MS),
    }
    assert desk.ledger.entries == []


def test_a_held_call_is_listed_by_its_deployment(desk: Desk) -> None:
    desk.journeys.view = view(kind="model-call")
    (row,) = desk.do("hold.list")["holds"]
    assert row["what"] == f"call of {BINDING.model.deployment}"


def test_contents_are_given_to_nobody_whose_name_cannot_be_recorded(desk: Desk) -> None:
    desk.ledger.broken = True
    assert desk.refused("hold.show", hold=HOLD, request=True) == "gateway/internal"
    assert desk.refused("hold.release", hold=HOLD) == "gateway/internal"


def test_how_many_signed_is_told_of_no_open_hold(desk: Desk) -> None:
    told = desk.do("hold.show", hold=HOLD)
    assert not {"sign_offs", "break_glass", "request"} & set(told)
    desk.journeys.view = view(HoldState.ENDED)
    assert desk.do("hold.show", hold=HOLD)["sign_offs"] == {"release-officer": 1}


def test_shows_what_is_signed_and_records_who_looked(desk: Desk) -> None:
    told = desk.do("hold.show", hold=HOLD, request=True)
    assert told["rendering"] == BINDING.rendered
    assert told["digest"] == BINDING.digest.hex()
    assert told["demands"] == [{"path": "quorum", "role": "release-officer", "quorum": 2}]
    assert [item["sha256"] for item in told["evidence"]] == [item.sha256 for item in BINDING.evidence]
    assert told["request"] == f'{{"request":"{HOLD}"}}'
    assert told["entry"] == 11
    assert desk.opened() == [{"act": "show-hold", "hold": HOLD, "binding": BINDING.digest.hex()}]


def test_evidence_is_given_whole_and_it_is_recorded_who_had_it(desk: Desk) -> None:
    told = desk.do("hold.evidence", hold=HOLD)
    item = {"label": "the answer", "type": "text/plain", "sha256": "ab" * 32, "content": encoded(b"\xff\n")}
    assert (told["evidence"], told["entry"]) == ([item], 11)
    assert desk.opened() == [{"act": "show-evidence", "hold": HOLD, "binding": BINDING.digest.hex()}]
    assert desk.refused("hold.evidence", hold="0" * 32) == "hold/not-found"
    desk.journeys.refuses = HoldError("hold/no-evidence")
    assert desk.refused("hold.evidence", hold=HOLD) == "hold/no-evidence"
    assert len(desk.opened()) == 1


def test_what_is_not_approved_is_not_released_and_not_recorded_as_opened(desk: Desk) -> None:
    desk.journeys.refuses = HoldError("hold/not-approved")
    assert desk.refused("hold.release", hold=HOLD) == "hold/not-approved"
    assert desk.ledger.entries == []


def test_a_release_is_given_and_recorded(desk: Desk) -> None:
    told = desk.do("hold.release", hold=HOLD)
    assert told == {"hold": HOLD, "release": f'{{"release":"{HOLD}"}}', "entry": 11}
    assert desk.opened() == [{"act": "show-release", "hold": HOLD, "binding": BINDING.digest.hex()}]


def test_a_statement_of_the_other_command_is_refused(desk: Desk) -> None:
    assert desk.refused("hold.sign", hold=HOLD, statement=encoded(REVOKED)) == "hold/other-command"
    assert desk.refused("hold.revoke", hold=HOLD, statement=encoded(ALLOWED)) == "hold/other-command"
    assert desk.refused("hold.sign", hold=HOLD, statement=encoded(b"{}")) == "signoff/bad-field"
    assert desk.journeys.asked == []


def test_what_the_journey_refuses_is_refused(desk: Desk) -> None:
    desk.journeys.refuses = HoldError("hold/voted", person="bert")
    assert desk.refused("hold.sign", hold=HOLD, statement=encoded(ALLOWED)) == "hold/voted"


@pytest.mark.parametrize(("command", "data", "decision"), [("sign", ALLOWED, "allow"), ("revoke", REVOKED, "revoke")])
def test_a_statement_is_handed_in_as_its_own_person(desk: Desk, command: str, data: bytes, decision: str) -> None:
    told = desk.do(f"hold.{command}", hold=HOLD, statement=encoded(data))
    assert desk.journeys.asked == [("signed", HOLD, "bert", data)]
    assert (told["person"], told["role"], told["decision"]) == ("bert", "release-officer", decision)
    assert (told["state"], told["statement"]) == ("approved", SCENE.statement(BERT, decision).statement.digest.hex())


def test_what_waits_for_a_review_is_listed(desk: Desk) -> None:
    assert desk.do("hold.reviews")["reviews"] == [
        {
            "hold": HOLD,
            "what": "set_valve",
            "person": "walter",
            "opened": "1970-01-01T00:00:00.000Z",
            "due": "1970-01-01T00:00:01.000Z",
            "damaged": False,
        }
    ]
    assert desk.ledger.entries == []


def test_who_looks_at_broken_glass_is_in_the_ledger_first(desk: Desk) -> None:
    told = desk.do("hold.review-request", hold=HOLD)
    request = ReviewRequest.parse(str(told["request"]).encode())
    assert (request.binding.digest, told["entry"]) == (BINDING.digest, 11)
    assert desk.opened() == [{"act": "show-broken-glass", "hold": HOLD, "binding": BINDING.digest.hex()}]
    assert desk.refused("hold.review-request", hold=OTHER) == "hold/no-review"
    desk.ledger.broken = True
    assert desk.refused("hold.review-request", hold=HOLD) == "gateway/internal"


def test_a_review_is_handed_in_as_its_own_person(desk: Desk) -> None:
    data = SCENE.review(BERT, "not-justified").canonical
    told = desk.do("hold.review", review=encoded(data))
    digest = SignedReview.parse(data).digest.hex()
    assert told == {"hold": SCENE.binding.hold, "person": "bert", "verdict": "not-justified", "review": digest}
    assert desk.journeys.asked == [("reviewed", "bert", data)]
    desk.journeys.refuses = HoldError("hold/own-review", person="bert")
    assert desk.refused("hold.review", review=encoded(data)) == "hold/own-review"
    assert desk.refused("hold.review", review=encoded(b"{}")) == "signoff/bad-field"
