"""The approval inbox over a whole gateway: people sign in, look, open what they must, hand in what they signed.

Everything is as in service: the gateway's own console with its listener, its journeys, its store and its ledger.
"""

import asyncio
import http.client
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from brightline.cli.house_console import open_house_console
from brightline.domain.leaf import Kind
from brightline.domain.sign_off.review import NOT_JUSTIFIED
from brightline.domain.sign_off.statement import ALLOW, BREAK_GLASS, DENY, REVOKE
from brightline.gateway.app import House
from brightline.gateway.logs import Log
from brightline.gateway.serve import Service
from brightline.oversight.signing import ApprovalRequest
from tests.machines import Aircraft, tell_with_machine
from tests.officers import PAYLOAD, VALVE, Staffed, Story, tell
from tests.unit.console.visitor import TOKEN, Page

NETLOC = "localhost:8081"
ORIGIN = f"http://{NETLOC}"
MARKING = "EXERCISE, NOT FOR OPERATIONS"
CONSOLE = f'drain_seconds = 5\n[console]\norigin = "{ORIGIN}"\nport = 0\nmarking = "{MARKING}"'


@pytest.fixture(autouse=True)
def with_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway opens its console as `brightline serve` has it; nobody waits long for people."""

    def service(house: House, log: Log) -> Service:
        return Service(house, log, open_house_console)

    monkeypatch.setattr("brightline.testing.house.Service", service)
    for room in ("acting", "holding"):
        monkeypatch.setattr(f"brightline.gateway.{room}.wait_seconds", lambda decision: 0.01)


class Person:
    """Somebody at the pages, with a client of HTTP instead of a browser."""

    def __init__(self, staff: Staffed) -> None:
        (ready,) = staff.gateway.log.rows("console-ready")
        self._port = int(str(ready["port"]))
        self._cookies: dict[str, str] = {}
        self._token = ""

    async def get(self, path: str) -> Page:
        return await self._ask("GET", path, b"", {})

    async def post(self, path: str, **fields: str) -> Page:
        body = urlencode({"token": self._token, **fields}).encode()
        return await self._ask("POST", path, body, {"content-type": "application/x-www-form-urlencoded"})

    async def upload(self, path: str, content: bytes, field: str = "statement") -> Page:
        """Hand in a file that `brightline sign` wrote."""
        parts = [b'Content-Disposition: form-data; name="token"\r\n\r\n' + self._token.encode()]
        head = f'Content-Disposition: form-data; name="{field}"; filename="s.json"\r\n\r\n'
        parts.append(head.encode() + content)
        body = b"".join(b"--bound\r\n" + part + b"\r\n" for part in parts) + b"--bound--\r\n"
        kind = {"content-type": "multipart/form-data; boundary=bound"}
        return await self._ask("POST", path, body, kind)

    async def sign_in(self, secret: str) -> Page:
        await self.get("/sign-in")
        done = await self.post("/sign-in/key", key=secret)
        if done.status == 303:
            await self.get("/")
        return done

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Page:
        page = await asyncio.to_thread(self._sent, method, path, body, headers)
        found = TOKEN.search(page.body.decode(errors="replace"))
        self._token = found[1] if found else self._token
        return page

    def _sent(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Page:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            line.request(method, path, body, {"Host": NETLOC, "Origin": ORIGIN, "Cookie": cookies, **headers})
            answer = line.getresponse()
            for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
                self._cookies[name] = morsel.value
            return Page(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            line.close()


async def signed_in(staff: Staffed, name: str) -> Person:
    person = Person(staff)
    assert (await person.sign_in(await staff.gateway.add_key(name))).status == 303
    return person


def story_of(place: Path, story: Story) -> None:
    tell(place, story, gateway=CONSOLE)


def test_nobody_sees_anything_without_a_key_of_a_person(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        person = Person(staff)
        for path in ("/", f"/holds/{hold}", "/reviews", "/oversight"):
            page = await person.get(path)
            assert (page.status, page.place) == (303, f"/sign-in?next={path}")
        refused = await person.sign_in(staff.gateway.key)
        assert (refused.status, refused.code) == (401, "identity/bad-credential"), "an app is not a person"
        assert PAYLOAD not in refused.text
        assert MARKING in refused.text

    story_of(tmp_path, story)


def test_two_officers_find_an_act_in_their_inbox_and_hand_in_what_they_signed(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        omar, rosa = await signed_in(staff, "omar"), await signed_in(staff, "rosa")
        inbox = await omar.get("/")
        assert f"/holds/{hold}" in inbox.text
        page = await omar.get(f"/holds/{hold}")
        binding = await staff.binding(hold)
        for shown in ("operator-release-signed", "sample, operator 8", "52.0907", binding.digest.hex()):
            assert shown in page.text
        file = await omar.get(f"/holds/{hold}/request")
        assert ApprovalRequest.parse(file.body).binding == binding

        said = await staff.signed(hold, "omar", ALLOW)
        assert (await rosa.upload(f"/holds/{hold}/statement", said)).code == "signoff/other-person", (
            "nobody brings what another signed"
        )
        done = await omar.upload(f"/holds/{hold}/statement", said)
        assert (done.status, done.place) == (303, f"/holds/{hold}?done=uploaded")
        assert "The action is open now" in (await omar.get(done.place)).text
        assert "omar" not in (await rosa.get(f"/holds/{hold}")).text, "the second vote is blind"

        assert "omar" not in (await rosa.get("/oversight")).text, "nor do the numbers tell"
        last = await rosa.upload(f"/holds/{hold}/statement", await staff.signed(hold, "rosa", ALLOW))
        assert last.status == 303
        told = await rosa.get(last.place)
        assert "The action is approved now" in told.text
        assert "omar" in told.text, "who voted sees who else did"
        assert f"/holds/{hold}" not in (await omar.get("/")).text
        answer = await staff.propose(resume=hold)
        assert (answer.status, PAYLOAD.encode() in answer.body) == (200, True)

    story_of(tmp_path, story)


def test_the_page_shows_how_the_machine_stands_and_what_would_change(tmp_path: Path) -> None:
    async def story(staff: Staffed, machine: Aircraft) -> None:
        machine.state["uav-1/state"] = "hovering <b>\u202e"
        hold = await staff.held()
        omar = await signed_in(staff, "omar")
        page = (await omar.get(f"/holds/{hold}")).text
        assert "<del>on board</del>" in page
        assert "<ins>released</ins>" in page
        assert "What must still hold when the machine acts" in page
        assert "hovering &lt;b&gt;" in page
        assert "\u202e" not in page
        assert "was not asked" not in page

    tell_with_machine(tmp_path, story, gateway=CONSOLE)


def test_the_page_says_that_a_machine_was_not_asked(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        omar = await signed_in(staff, "omar")
        assert "The machine was not asked how it stands" in (await omar.get(f"/holds/{await staff.held()}")).text

    story_of(tmp_path, story)


def test_what_is_not_asked_of_a_person_is_not_shown_to_him(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        dora = await signed_in(staff, "dora")
        assert f"/holds/{hold}" not in (await dora.get("/")).text
        page = await dora.get(f"/holds/{hold}")
        assert (page.status, page.code) == (403, "hold/not-asked")
        assert "52.0907" not in page.text
        assert (await dora.get(f"/holds/{'0' * 32}")).code == "hold/not-found"

    story_of(tmp_path, story)


def test_evidence_is_given_once_it_was_opened_and_it_is_the_answer_itself(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        (item,) = (await staff.binding(hold)).evidence
        omar, rosa = await signed_in(staff, "omar"), await signed_in(staff, "rosa")
        await omar.get(f"/holds/{hold}")
        path = f"/holds/{hold}/evidence/{item.sha256}"
        assert (await omar.get(path)).code == "console/no-page"
        assert PAYLOAD in (await omar.post(path)).text
        assert PAYLOAD.encode() in (await omar.get(path)).body
        assert (await rosa.get(path)).code == "console/no-page", "each opens it for himself"
        await rosa.get(f"/holds/{hold}")
        assert (await rosa.post(f"/holds/{hold}/evidence/{'0' * 64}")).code == "hold/no-evidence"

    story_of(tmp_path, story)


def test_a_denial_and_what_is_taken_back_come_through_the_pages_too(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        one, other = await staff.held(), await staff.held(tool=VALVE)
        omar, dora = await signed_in(staff, "omar"), await signed_in(staff, "dora")
        await omar.get(f"/holds/{one}")
        assert (await omar.upload(f"/holds/{one}/statement", b"{}")).code == "signoff/bad-field"
        await omar.get(f"/holds/{one}")
        denied = await omar.upload(f"/holds/{one}/statement", await staff.signed(one, "omar", DENY))
        assert "The action is denied now" in (await omar.get(denied.place)).text
        await dora.get(f"/holds/{other}")
        for decision, state in ((ALLOW, "approved"), (REVOKE, "revoked")):
            taken = await dora.upload(f"/holds/{other}/statement", await staff.signed(other, "dora", decision))
            assert f"The action is {state} now" in (await dora.get(taken.place)).text
        for hold, tool, code in ((one, PAYLOAD, "hold/denied"), (other, VALVE, "hold/revoked")):
            assert (await staff.propose(tool=tool, resume=hold)).code == code

    story_of(tmp_path, story)


def test_broken_glass_is_judged_by_somebody_else_on_the_page_of_reviews(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held(tool=VALVE)
        walter, rosa, omar = [await signed_in(staff, name) for name in ("walter", "rosa", "omar")]
        await walter.get(f"/holds/{hold}")
        broken = await staff.signed(hold, "walter", BREAK_GLASS, "the dam is about to fail")
        assert (await walter.upload(f"/holds/{hold}/statement", broken)).status == 303
        assert hold in (await rosa.get("/reviews")).text
        assert (await walter.get(f"/reviews/{hold}/request")).code == "hold/own-review"
        await walter.get("/reviews")
        review = await staff.judged(hold, "rosa", "the gauge says otherwise", verdict=NOT_JUSTIFIED)
        assert (await walter.upload(f"/reviews/{hold}", review, "review")).code == "hold/own-review"
        await omar.get(f"/reviews/{hold}")
        assert (await omar.upload(f"/reviews/{hold}", review, "review")).code == "signoff/other-person"
        await rosa.get(f"/reviews/{hold}")
        done = await rosa.upload(f"/reviews/{hold}", review, "review")
        assert done.place == "/reviews?done=recorded"
        assert hold not in (await rosa.get("/reviews")).text
        assert len(staff.gateway.leaves(Kind.REVIEW)) == 1

    story_of(tmp_path, story)


def test_who_was_dismissed_is_out_with_the_next_click(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        omar = await signed_in(staff, "omar")
        said = await staff.signed(hold, "omar", ALLOW)
        await omar.get(f"/holds/{hold}")
        await staff.take_in(staff.dismissal("omar"))
        for page in (await omar.get(f"/holds/{hold}"), await omar.upload(f"/holds/{hold}/statement", said)):
            assert (page.status, "52.0907" in page.text) == (401, False)
        assert staff.gateway.leaves(Kind.SIGN_OFF) == []

    story_of(tmp_path, story)


def test_a_form_of_another_session_or_address_changes_nothing(tmp_path: Path) -> None:
    async def story(staff: Staffed) -> None:
        hold = await staff.held()
        omar = await signed_in(staff, "omar")
        await omar.get(f"/holds/{hold}")
        said = await staff.signed(hold, "omar", ALLOW)
        omar._token = "0" * 64
        assert (await omar.upload(f"/holds/{hold}/statement", said)).code == "console/foreign-form"
        assert staff.gateway.leaves(Kind.SIGN_OFF) == []
        numbers = await omar.get("/oversight")
        assert numbers.status == 200
        assert "<dt>Actions that wait now</dt><dd>1</dd>" in numbers.text

    story_of(tmp_path, story)
