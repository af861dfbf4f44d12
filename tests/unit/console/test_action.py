import base64
import os
import re
from dataclasses import replace

import pytest

from brightline.crypto.party_keys import ED25519, P256
from brightline.crypto.signatures import sign
from brightline.domain.sign_off.binding import MODEL_CALL, NO_DEFINITION
from brightline.domain.sign_off.release import Release
from brightline.domain.sign_off.statement import Signature, SignedStatement, Statement
from brightline.testing import approval_samples
from brightline.testing.approval_samples import Proposed
from brightline.testing.console import SimulatedConsole, now_ms
from brightline.testing.sign_off import key_of
from tests.unit.console import softkey
from tests.unit.console.visitor import Page, Visitor

REASON = {"reason": "the road is empty", "role": "release-officer"}


@pytest.fixture
def proposed(console: SimulatedConsole) -> Proposed:
    made = approval_samples.release_payload(os.urandom, now_ms())
    console.journeys.hold(made)
    softkey.give(console, "alice")
    softkey.give(console, "bob", b"credential of bob")
    return made


def path_of(proposed: Proposed) -> str:
    return f"/holds/{proposed.binding.hold}"


def open_all(visitor: Visitor, proposed: Proposed) -> None:
    for item in proposed.binding.evidence:
        assert visitor.post(f"{path_of(proposed)}/evidence/{item.sha256}").status == 200


def choose(visitor: Visitor, proposed: Proposed, decision: str = "allow", **fields: str) -> Page:
    visitor.get(path_of(proposed))
    return visitor.post(f"{path_of(proposed)}/decide", {"decision": decision, **REASON, **fields})


def sign_it(visitor: Visitor, proposed: Proposed, page: Page, person: str = "alice") -> Page:
    statement = softkey.statement_in(page)
    credential = f"credential of {person}".encode()
    fields = softkey.answer(visitor.console, person, Statement.parse(statement).digest, credential)
    return visitor.post(f"{path_of(proposed)}/signature", {"said": page.value("said"), **fields})


def vote(visitor: Visitor, proposed: Proposed, decision: str = "allow", person: str = "alice") -> Page:
    open_all(visitor, proposed)
    return sign_it(visitor, proposed, choose(visitor, proposed, decision), person)


class TestPage:
    def test_shows_the_action_as_its_bytes_render_it(self, alice: Visitor, proposed: Proposed) -> None:
        text = alice.get(path_of(proposed)).text
        assert "latitude&#34;: 54.31" in text
        assert proposed.binding.digest.hex() in text
        assert "operator-release-signed" in text
        assert "2 \N{MULTIPLICATION SIGN} release-officer" in text
        assert "<del>closed</del>" in text

    def test_says_what_must_hold_when_the_machine_acts(self, alice: Visitor, proposed: Proposed) -> None:
        page = alice.get(path_of(proposed)).text
        assert "What must still hold when the machine acts" in page
        assert "<dt>uav-1/bay</dt><dd>closed</dd>" in page
        assert "was not asked" not in page

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"preconditions": {}, "diff": ()}, "The machine was not asked how it stands"),
            ({"diff": ()}, "says that this changes nothing of its state"),
            (
                {"preconditions": {}, "diff": (), "kind": MODEL_CALL, "tool": "", "definition": NO_DEFINITION},
                "A call of a model changes no machine",
            ),
        ],
    )
    def test_says_in_words_why_no_change_is_shown(
        self, console: SimulatedConsole, alice: Visitor, changes: dict[str, object], words: str
    ) -> None:
        made = approval_samples.release_payload(os.urandom, now_ms())
        changed = replace(made, binding=replace(made.binding, **changes).checked())  # type: ignore[arg-type]
        console.journeys.hold(changed)
        page = alice.get(path_of(changed)).text
        assert words in page
        assert ("What must still hold" in page) == bool(changed.binding.preconditions)
        assert "<del>" not in page

    @pytest.mark.parametrize("name", ["0" * 32, "0" * 31, "A" * 32, "..%2f", "x"])
    def test_of_no_hold_is_none(self, alice: Visitor, name: str) -> None:
        assert alice.get(f"/holds/{name}").code == "console/no-page"

    def test_hides_what_others_decided_until_one_has_voted(
        self, console: SimulatedConsole, alice: Visitor, proposed: Proposed
    ) -> None:
        bob = Visitor(console)
        bob.sign_in("key-b")
        assert vote(bob, proposed, person="bob").status == 303
        for path in (path_of(proposed), "/"):
            assert "bob" not in alice.get(path).text
        assert vote(alice, proposed).status == 303
        assert "Who has signed" in alice.get(path_of(proposed)).text
        assert "bob" in alice.get(path_of(proposed)).text

    def test_gives_neither_decision_the_first_place_always(self, console: SimulatedConsole, alice: Visitor) -> None:
        firsts = set()
        for _ in range(24):
            made = approval_samples.release_payload(os.urandom, now_ms())
            console.journeys.hold(made)
            text = alice.get(path_of(made)).text
            firsts.add(text.index('value="allow"') < text.index('value="deny"'))
        assert firsts == {True, False}

    def test_has_no_buttons_for_whom_no_rule_asks(self, console: SimulatedConsole, proposed: Proposed) -> None:
        carol = Visitor(console)
        carol.sign_in("key-c")
        assert 'value="allow"' not in carol.get(path_of(proposed)).text
        assert "None of your roles" in carol.get(path_of(proposed)).text

    def test_shows_no_text_that_acts(self, console: SimulatedConsole, alice: Visitor) -> None:
        made = approval_samples.hostile(os.urandom, now_ms())
        console.journeys.hold(made)
        pages = [alice.get("/"), alice.get(path_of(made))]
        pages.append(alice.post(f"{path_of(made)}/evidence/{made.binding.evidence[0].sha256}"))
        pages.append(alice.get("/"))
        for page in pages:
            assert page.status == 200
            assert "<img" not in page.text
            assert "<svg" not in page.text
            assert page.text.count("<script") == 3
            assert not set(page.text) & set("\u202e\u2066\u200b\u0430\x00\x1b\ufeff\u2028")


class TestEvidence:
    def test_disables_the_buttons_until_it_was_opened(self, alice: Visitor, proposed: Proposed) -> None:
        assert "<fieldset disabled" in alice.get(path_of(proposed)).text
        open_all(alice, proposed)
        assert "<fieldset>" in alice.get(path_of(proposed)).text

    def test_is_looked_at_again_when_the_choice_arrives(self, alice: Visitor, proposed: Proposed) -> None:
        assert choose(alice, proposed).code == "console/evidence-unopened"
        assert choose(alice, proposed, "deny").code == "console/evidence-unopened"

    def test_is_shown_when_it_is_opened_and_given_out_afterwards(self, alice: Visitor, proposed: Proposed) -> None:
        item = proposed.binding.evidence[0]
        place = f"{path_of(proposed)}/evidence/{item.sha256}"
        alice.get(path_of(proposed))
        assert alice.get(place).code == "console/no-page"
        assert "the road is empty" in alice.post(place).text
        file = alice.get(place)
        assert file.body == proposed.contents[0]
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["content-disposition"].startswith("attachment;")

    def test_comes_as_a_part_for_a_page_with_scripts(self, alice: Visitor, proposed: Proposed) -> None:
        alice.get(path_of(proposed))
        place = f"{path_of(proposed)}/evidence/{proposed.binding.evidence[0].sha256}"
        part = alice.post(place, hx_request="true")
        assert part.text.startswith('<div id="work"')
        assert "<html" not in part.text

    def test_of_another_kind_or_size_is_not_shown_as_text(self, console: SimulatedConsole, alice: Visitor) -> None:
        made = approval_samples.large_evidence(os.urandom, now_ms())
        console.journeys.hold(made)
        alice.get(path_of(made))
        image, text = made.binding.evidence
        assert (
            '<pre tabindex="0" aria-label="Evidence"' not in alice.post(f"{path_of(made)}/evidence/{image.sha256}").text
        )
        page = alice.post(f"{path_of(made)}/evidence/{text.sha256}")
        assert "Only the first part" in page.text
        assert len(page.text) < 200_000

    def test_that_the_action_does_not_name_is_none(self, alice: Visitor, proposed: Proposed) -> None:
        alice.get(path_of(proposed))
        assert alice.post(f"{path_of(proposed)}/evidence/{'0' * 64}").code == "console/no-page"


class TestChoice:
    def test_of_the_top_class_is_allowed_with_a_reason_only(self, alice: Visitor, proposed: Proposed) -> None:
        open_all(alice, proposed)
        assert choose(alice, proposed, reason=" \n").code == "console/reason-needed"
        assert choose(alice, proposed, "deny", reason="").status == 200

    @pytest.mark.parametrize("fields", [{"decision": "maybe"}, {"decision": ""}, {"reason": "r" * 501}])
    def test_is_one_that_the_form_has(self, alice: Visitor, proposed: Proposed, fields: dict[str, str]) -> None:
        open_all(alice, proposed)
        assert alice.post(f"{path_of(proposed)}/decide", {"decision": "deny", **fields}).code == "console/bad-form"

    @pytest.mark.parametrize("role", ["", "duty-officer", "policy-author"])
    def test_is_made_in_a_role_that_a_rule_asks_for(self, alice: Visitor, proposed: Proposed, role: str) -> None:
        open_all(alice, proposed)
        assert choose(alice, proposed, role=role).code == "console/not-your-role"
        assert choose(alice, proposed, "break-glass", role=role).code == "console/not-your-role"

    def test_needs_a_passkey_to_go_on(self, console: SimulatedConsole) -> None:
        made = approval_samples.set_valve(os.urandom, now_ms())
        console.journeys.hold(made)
        bob = Visitor(console)
        bob.sign_in("key-b")
        assert choose(bob, made, role="duty-officer").code == "console/no-passkey"

    def test_is_refused_when_the_page_shows_another_action(
        self, console: SimulatedConsole, alice: Visitor, proposed: Proposed
    ) -> None:
        open_all(alice, proposed)
        console.journeys.misrender = True
        assert choose(alice, proposed).code == "console/other-rendering"

    def test_becomes_a_statement_about_what_was_shown(self, alice: Visitor, proposed: Proposed) -> None:
        open_all(alice, proposed)
        page = choose(alice, proposed)
        statement = Statement.parse(softkey.statement_in(page))
        assert statement.binding == proposed.binding.digest.hex()
        assert statement.rendering == proposed.binding.rendering.sha256
        assert (statement.decision, statement.person, statement.role) == ("allow", "alice", "release-officer")
        assert statement.evidence == tuple(sorted(item.sha256 for item in proposed.binding.evidence))
        assert statement.blind
        assert not statement.own_machine
        assert statement.reason == REASON["reason"]
        assert statement.digest.hex() in page.text
        assert base64.b64encode(proposed.binding.canonical).decode() in page.text


class TestPasskeys:
    def test_are_offered_each_with_a_statement_of_its_own(
        self, console: SimulatedConsole, alice: Visitor, proposed: Proposed
    ) -> None:
        spare = key_of("alice's spare", P256)
        console.journeys.give_passkey("alice", spare.public, b"spare")
        open_all(alice, proposed)
        page = choose(alice, proposed)
        found = [
            Statement.parse(base64.b64decode(said)) for said in re.findall('name="said" value="([^"]+)"', page.text)
        ]
        assert [said.key for said in found] == [key_of("alice", P256).public.id, spare.public.id]
        assert all(said.digest.hex() in page.text and said.key[:8] in page.text for said in found)
        fields = softkey.answer(console, "alice's spare", found[1].digest, b"spare")
        sent = {"said": softkey.encoded(found[1].canonical), **fields}
        assert alice.post(f"{path_of(proposed)}/signature", sent).status == 303

    def test_the_one_that_signed_in_stands_first(self, console: SimulatedConsole, proposed: Proposed) -> None:
        console.journeys.give_passkey("alice", key_of("alice's spare", P256).public, b"spare")
        visitor = Visitor(console)
        challenge = visitor.get("/sign-in").value("challenge")
        fields = softkey.answer(console, "alice's spare", base64.b64decode(challenge), b"spare")
        assert visitor.post("/sign-in/passkey", {"challenge": challenge, **fields}).status == 303
        visitor.get(path_of(proposed))
        open_all(visitor, proposed)
        first = Statement.parse(softkey.statement_in(choose(visitor, proposed)))
        assert first.key == key_of("alice's spare", P256).public.id


class TestSignature:
    def test_is_recorded_once(self, alice: Visitor, proposed: Proposed) -> None:
        open_all(alice, proposed)
        page = choose(alice, proposed)
        done = sign_it(alice, proposed, page)
        assert (done.status, done.place) == (303, f"{path_of(proposed)}?done=recorded")
        assert "Your decision was recorded. The action is open now" in alice.get(done.place).text
        assert sign_it(alice, proposed, page).code == "console/old-challenge"

    def test_over_a_statement_that_nobody_was_shown_is_refused(self, alice: Visitor, proposed: Proposed) -> None:
        open_all(alice, proposed)
        page = choose(alice, proposed, "deny")
        forged = softkey.statement_in(page).replace(b'"decision":"deny"', b'"decision":"allow"')
        assert forged != softkey.statement_in(page)
        fields = softkey.answer(alice.console, "alice", Statement.parse(forged).digest)
        sent = alice.post(f"{path_of(proposed)}/signature", {"said": softkey.encoded(forged), **fields})
        assert sent.code == "console/old-challenge"

    @pytest.mark.parametrize("statement", [b"{}", b"\xff", b'{"a":1}'])
    def test_over_no_statement_is_refused(self, alice: Visitor, proposed: Proposed, statement: bytes) -> None:
        open_all(alice, proposed)
        fields = softkey.answer(alice.console, "alice", b"c" * 32)
        sent = alice.post(f"{path_of(proposed)}/signature", {"said": softkey.encoded(statement), **fields})
        assert sent.code.startswith("signoff/")

    def test_by_another_passkey_is_refused(self, alice: Visitor, proposed: Proposed) -> None:
        open_all(alice, proposed)
        page = choose(alice, proposed)
        statement = softkey.statement_in(page)
        fields = softkey.answer(alice.console, "bob", Statement.parse(statement).digest, b"credential of bob")
        sent = alice.post(f"{path_of(proposed)}/signature", {"said": page.value("said"), **fields})
        assert sent.status >= 400

    def test_by_two_persons_makes_a_release(
        self, console: SimulatedConsole, alice: Visitor, proposed: Proposed
    ) -> None:
        bob = Visitor(console)
        bob.sign_in("key-b")
        assert vote(alice, proposed).status == 303
        done = vote(bob, proposed, person="bob")
        assert "The action is approved now" in bob.get(done.place).text
        release = Release.parse(console.journeys.release(proposed.binding.hold))
        assert [signed.statement.person for signed in release.statements] == ["alice", "bob"]
        assert all(signed.statement.blind for signed in release.statements)

    def test_can_be_taken_back(self, alice: Visitor, proposed: Proposed) -> None:
        vote(alice, proposed)
        assert 'value="revoke"' in alice.get(path_of(proposed)).text
        page = choose(alice, proposed, "revoke", role="")
        assert sign_it(alice, proposed, page).status == 303
        assert "revoked" in alice.get(path_of(proposed)).text
        assert 'value="revoke"' not in alice.get(path_of(proposed)).text


class TestOwnMachine:
    def test_request_is_a_file(self, alice: Visitor, proposed: Proposed) -> None:
        file = alice.get(f"{path_of(proposed)}/request")
        assert file.body.startswith(b'{"binding":')
        assert file.headers["content-disposition"].startswith('attachment; filename="approval-')

    def test_statement_is_taken(self, console: SimulatedConsole, alice: Visitor, proposed: Proposed) -> None:
        key = key_of("alice's laptop", ED25519)
        assertion = console.journeys.assert_key("alice", key.public, "file")
        open_all(alice, proposed)
        drawn = Statement.parse(softkey.statement_in(choose(alice, proposed)))
        statement = Statement.read({**drawn.to_json(), "key": key.public.id, "assurance": "file"}, "statement")
        signed = SignedStatement(statement, Signature(ED25519, sign(key, statement.tagged)), assertion)
        sent = alice.upload(f"{path_of(proposed)}/statement", signed.canonical)
        assert (sent.status, sent.place) == (303, f"{path_of(proposed)}?done=uploaded")
        assert "laptop" not in alice.get(sent.place).text
        assert "The signed statement was taken" in alice.get(sent.place).text

    @pytest.mark.parametrize("content", [b"", b"{}", b"null", b"[" * 10_000, b"\xff\xfe", b"x" * 100_000])
    def test_file_that_is_no_statement_is_refused(self, alice: Visitor, proposed: Proposed, content: bytes) -> None:
        alice.get(path_of(proposed))
        sent = alice.upload(f"{path_of(proposed)}/statement", content)
        assert sent.code.startswith(("signoff/", "console/bad-form"))

    def test_file_needs_the_token(self, alice: Visitor, proposed: Proposed) -> None:
        alice.token = "0" * 64
        assert alice.upload(f"{path_of(proposed)}/statement", b"{}").code == "console/foreign-form"
