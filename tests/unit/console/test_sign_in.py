import base64

import pytest

from brightline.console.config import SESSION_HOURS
from brightline.testing.console import SimulatedConsole
from tests.unit.console import softkey
from tests.unit.console.visitor import Visitor


@pytest.fixture
def visitor(console: SimulatedConsole) -> Visitor:
    found = Visitor(console)
    found.get("/sign-in")
    return found


@pytest.mark.parametrize("path", ["/", "/reviews", "/meters", "/oversight", "/passkeys", f"/holds/{'0' * 32}"])
def test_a_page_asks_to_sign_in_first(console: SimulatedConsole, path: str) -> None:
    page = Visitor(console).get(path)
    assert (page.status, page.place) == (303, f"/sign-in?next={path}")


@pytest.mark.parametrize("path", ["/sign-out", "/passkeys", f"/holds/{'0' * 32}/decide", f"/reviews/{'0' * 32}"])
def test_a_form_is_refused_before_sign_in(console: SimulatedConsole, path: str) -> None:
    page = Visitor(console).post(path)
    assert (page.status, page.code) == (401, "console/signed-out")


def test_a_wrong_key_says_only_that_it_is_wrong(visitor: Visitor) -> None:
    page = visitor.post("/sign-in/key", {"key": "key-z", "next": "/reviews"})
    assert (page.status, page.code) == (401, "identity/bad-credential")
    assert "key-z" not in page.text
    assert page.value("next") == "/reviews"


def test_an_address_that_fails_too_often_waits(visitor: Visitor) -> None:
    codes = {visitor.post("/sign-in/key", {"key": "wrong"}).code for _ in range(25)}
    assert codes == {"identity/bad-credential", "identity/too-many-failures"}
    assert visitor.post("/sign-in/key", {"key": "key-a"}).status == 429
    assert visitor.post("/sign-in/passkey", {"challenge": "AA=="}).status == 429


def test_a_key_opens_the_inbox_under_a_new_cookie(visitor: Visitor) -> None:
    before = dict(visitor.cookies)
    page = visitor.post("/sign-in/key", {"key": "key-a", "next": "/oversight"})
    assert (page.status, page.place) == (303, "/oversight")
    assert set(visitor.cookies) == {"brightline"}
    assert visitor.cookies["brightline"] not in before.values()
    assert "alice" in visitor.get("/").text


@pytest.mark.parametrize("after", ["https://elsewhere.example", "//elsewhere", "/sign-out", "/holds/../x", "\\", ""])
def test_nobody_is_sent_elsewhere(visitor: Visitor, after: str) -> None:
    assert visitor.post("/sign-in/key", {"key": "key-a", "next": after}).place == "/"


def test_a_form_without_the_token_of_the_visit_is_refused(visitor: Visitor, console: SimulatedConsole) -> None:
    assert visitor.post("/sign-in/key", {"key": "key-a", "token": "0" * 64}).code == "console/foreign-form"
    assert Visitor(console).post("/sign-in/key", {"key": "key-a"}).code == "console/foreign-form"


def test_a_key_that_is_too_long_is_not_looked_at(visitor: Visitor) -> None:
    assert visitor.post("/sign-in/key", {"key": "k" * 513}).code == "console/bad-form"


def test_a_link_from_elsewhere_keeps_the_session(console: SimulatedConsole, alice: Visitor) -> None:
    kept = alice.cookies.pop("brightline")  # as `SameSite=Strict` does
    page = alice.get("/sign-in?next=/reviews")
    assert '<a href="/reviews">' in page.text
    alice.cookies["brightline"] = kept
    assert alice.get("/reviews").status == 200


def test_signing_out_ends_the_session_on_the_server(alice: Visitor) -> None:
    kept = dict(alice.cookies)
    assert alice.post("/sign-out").place == "/sign-in"
    assert alice.cookies == {}
    alice.cookies = kept
    assert alice.get("/").status == 303


def test_signing_out_needs_the_token(alice: Visitor) -> None:
    assert alice.post("/sign-out", {"token": ""}).code == "console/foreign-form"
    assert alice.get("/").status == 200


def test_whom_the_directory_has_no_more_is_out(console: SimulatedConsole, alice: Visitor) -> None:
    console.journeys.remove_person("alice")
    assert alice.get("/").status == 401


class TestPasskey:
    def test_signs_in(self, console: SimulatedConsole, visitor: Visitor) -> None:
        softkey.give(console, "alice")
        challenge = visitor.get("/sign-in").value("challenge")
        fields = softkey.answer(console, "alice", base64.b64decode(challenge))
        page = visitor.post("/sign-in/passkey", {"challenge": challenge, **fields})
        assert (page.status, page.place) == (303, "/")
        assert "alice" in visitor.get("/").text

    def test_answers_a_challenge_once(self, console: SimulatedConsole, visitor: Visitor) -> None:
        softkey.give(console, "alice")
        challenge = visitor.get("/sign-in").value("challenge")
        fields = {"challenge": challenge, **softkey.answer(console, "alice", base64.b64decode(challenge))}
        broken = {**fields, "signature": softkey.encoded(b"none")}
        assert visitor.post("/sign-in/passkey", broken).status >= 400
        assert visitor.post("/sign-in/passkey", fields).code == "console/old-challenge"

    def test_answers_a_challenge_of_its_own_visit_only(self, console: SimulatedConsole, visitor: Visitor) -> None:
        softkey.give(console, "alice")
        other = Visitor(console)
        challenge = other.get("/sign-in").value("challenge")
        fields = softkey.answer(console, "alice", base64.b64decode(challenge))
        page = visitor.post("/sign-in/passkey", {"challenge": challenge, **fields})
        assert page.code == "console/old-challenge"

    def test_must_be_one_that_the_directory_asserts(self, console: SimulatedConsole, visitor: Visitor) -> None:
        challenge = visitor.get("/sign-in").value("challenge")
        fields = softkey.answer(console, "alice", base64.b64decode(challenge))
        page = visitor.post("/sign-in/passkey", {"challenge": challenge, **fields})
        assert page.code == "identity/bad-credential"

    @pytest.mark.parametrize("value", ["", "!", "AA", "AB==", "é"])
    def test_comes_in_canonical_base64(self, visitor: Visitor, value: str) -> None:
        challenge = visitor.get("/sign-in").value("challenge")
        page = visitor.post("/sign-in/passkey", {"challenge": challenge, "credential": value})
        assert (page.status, page.code) == (400, "console/bad-form")


class TestNewcomer:
    @pytest.fixture
    def newcomer(self, console: SimulatedConsole) -> Visitor:
        console.journeys.add_newcomer("nina", key="key-n")
        visitor = Visitor(console)
        visitor.get("/sign-in")
        assert visitor.post("/sign-in/key", {"key": "key-n", "next": "/oversight"}).place == "/passkeys"
        return visitor

    def test_has_the_page_of_passkeys_and_no_other(self, newcomer: Visitor) -> None:
        page = newcomer.get("/passkeys")
        assert (page.status, 'href="/reviews"' in page.text, 'href="/passkeys"' in page.text) == (200, False, True)
        for path in ("/", "/reviews", "/meters", "/oversight", f"/holds/{'0' * 32}"):
            refused = newcomer.get(path)
            assert (refused.status, refused.code) == (403, "console/not-asserted")
            assert '<a href="/passkeys">Go to your passkeys</a>' in refused.text
        assert newcomer.post(f"/holds/{'0' * 32}/decide").code == "console/not-asserted"

    def test_has_every_page_once_the_directory_asserted_him(self, console: SimulatedConsole, newcomer: Visitor) -> None:
        console.journeys.add_person("nina", "release-officer")
        assert newcomer.get("/").status == 200
        console.journeys.remove_person("nina")
        assert newcomer.get("/").status == 401, "and is out when he is taken out"

    def test_can_sign_out(self, newcomer: Visitor) -> None:
        assert newcomer.post("/sign-out", {"token": newcomer.get("/passkeys").value("token")}).place == "/sign-in"
        assert newcomer.get("/passkeys").status == 303


class TestEnrolment:
    FIELDS = dict.fromkeys(("credential", "attestation", "client_data"), "AA==")

    def test_needs_a_nonce_of_the_session(self, alice: Visitor) -> None:
        assert alice.post("/passkeys", {"nonce": "0" * 32, **self.FIELDS}).code == "console/old-challenge"

    @pytest.mark.parametrize("nonce", ["", "0" * 31, "G" * 32, "0" * 64])
    def test_needs_a_nonce_at_all(self, alice: Visitor, nonce: str) -> None:
        assert alice.post("/passkeys", {"nonce": nonce, **self.FIELDS}).code == "console/bad-form"

    def test_shows_what_the_directory_asserts(self, console: SimulatedConsole, alice: Visitor) -> None:
        assert "asserts none of yours" in alice.get("/passkeys").text
        softkey.give(console, "alice")
        assert "asserts none of yours" not in alice.get("/passkeys").text

    def test_a_response_that_is_none_is_refused(self, alice: Visitor) -> None:
        nonce = alice.get("/passkeys").value("nonce")
        assert alice.post("/passkeys", {"nonce": nonce, **self.FIELDS}).status >= 400
        assert alice.post("/passkeys", {"nonce": nonce, **self.FIELDS}).code == "console/old-challenge"

    def test_a_file_of_no_enrolment_is_none(self, alice: Visitor) -> None:
        assert alice.get(f"/passkeys/{'0' * 64}/enrolment").code == "console/no-page"


def test_a_session_has_its_hours() -> None:
    assert SESSION_HOURS == 12
