"""From the agent's call to the machine's receipt: what two persons sign in their browsers is done, once."""

import json
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.release import Release
from tests.browser.house import AIRCRAFT, DUTY_OFFICER, RELEASE_OFFICER, House, Reply
from tests.browser.person import PASSKEYS, PersonAtBrowser
from tests.browser.staff import Staff
from tests.officers import GIVEN, PAYLOAD, VALVE
from tests.releases.second_verifier import Judged, SecondVerifier


def check_by_both(house: House, release: Reply, tmp_path: Path) -> None:
    """The command line's effector check and the verifier in JavaScript, each offline, would act under the release."""
    bundle, revocations = house.judged()
    files = {"release": release.body, "action": json.dumps(action(PAYLOAD)).encode()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    words = [word for name in files for word in (f"--{name}", str(tmp_path / name))]
    cleared = house.run("effector", "check", "--bundle", bundle, "--revocations", revocations, *words)
    assert cleared["approvers"] == ["omar", "rosa"]
    judged = Judged(
        bundle=Path(bundle).read_bytes(),
        revocations=Path(revocations).read_bytes(),
        tool=PAYLOAD,
        arguments=canonical(GIVEN[PAYLOAD]),
        preconditions={},
        now_ms=time.time_ns() // 1_000_000,
    )
    with SecondVerifier() as second:
        assert second.verify(release.body, judged) is None
        assert second.verify(release.body.replace(b"52.0907", b"52.0908"), judged) is not None


def action(tool: str) -> dict[str, object]:
    return {"tool": tool, "arguments": GIVEN[tool], "preconditions": {}}


def test_what_two_persons_sign_in_their_browsers_is_done_once(
    house: House, omar: PersonAtBrowser, rosa: PersonAtBrowser, tmp_path: Path
) -> None:
    before = house.verify_ledger()
    with house.proposing() as (hold, answer):
        omar.find(hold).click()
        expect(omar.page.get_by_role("button", name="Allow", exact=True)).to_be_disabled()
        assert omar.vote(hold) == "Your decision was recorded. The action is open now"
        assert house.release(hold).code == "hold/not-approved", "one of two is not enough"

        rosa.open_evidence(hold)
        assert rosa.votes_on(hold) == "", "the second vote is blind"
        rosa.find(hold)
        assert "omar" not in rosa.page.locator("main").inner_text()
        # The agent waits, and may have its answer before the page is made.
        assert rosa.vote(hold).split()[-2] in ("approved", "started", "ended")
        assert "omar" in rosa.votes_on(hold)
        proposed = answer.result(timeout=10)
    assert (proposed.status, proposed.headers["brightline-hold"]) == (200, hold)
    release = house.release(hold)
    statements = [signed.statement for signed in Release.parse(release.body).statements]
    assert [(said.person, said.assurance, said.blind) for said in statements] == [
        ("omar", "webauthn-uv", True),
        ("rosa", "webauthn-uv", True),
    ]
    assert {said.reason for said in statements} == {"the road is empty"}
    assert all(len(said.evidence) == 1 for said in statements)
    check_by_both(house, release, tmp_path)

    with house.aircraft() as aircraft:
        elsewhere = aircraft.act(release.body, latitude=52.1)
        assert elsewhere.code == "effector/other-action"
        done = aircraft.act(release.body)
        assert done.said["receipt"]["outcome"] == "done"  # type: ignore[index,call-overload]
        assert aircraft.act(release.body).code == "effector/used"
        assert [aircraft.says() for _ in range(4)] == [
            "refused: effector/other-action",
            "RELEASED over 52.0907, 5.1214",
            "release_payload: done",
            "refused: effector/used",
        ]
    assert house.call("POST", "/brightline/receipts", done.body).status == 200
    after = house.verify_ledger()
    risen = {kind: int(str(after[kind])) - int(str(before.get(kind, 0))) for kind in ("hold", "sign-off", "execution")}
    assert risen == {"hold": 1, "sign-off": 2, "execution": 1}


def test_a_denial_in_the_browser_ends_it_for_the_agent(house: House, omar: PersonAtBrowser) -> None:
    with house.proposing() as (hold, answer):
        assert omar.vote(hold, "Deny").endswith("The action is denied now")
        assert (answer.result(timeout=10).status, answer.result().code) == (403, "hold/denied")
    assert house.propose(hold=hold).code == "hold/denied"
    assert house.release(hold).code == "hold/not-approved"


def test_what_was_allowed_is_taken_back_in_the_browser(house: House, dora: PersonAtBrowser) -> None:
    hold = house.held(VALVE)
    assert dora.vote(hold).endswith("The action is approved now")
    assert house.release(hold).status == 200
    dora.page.get_by_label("Why you take it back").fill("the gauge was misread")
    dora.press("Revoke")
    dora.arrive("You are about to sign: revoke")
    assert dora.sign().endswith("The action is revoked now")
    assert "the gauge was misread" in dora.votes_on(hold)
    assert house.release(hold).code == "hold/not-approved"
    assert house.propose(VALVE, hold=hold).code == "hold/revoked"


def test_broken_glass_is_reviewed_with_a_passkey_by_somebody_else(house: House, staff: Staff) -> None:
    before, hold = house.verify_ledger(), house.held(VALVE)
    with staff.at_work("walter") as walter:
        walter.break_glass(hold)
        assert walter.sign().endswith("The action is approved now")
    assert Release.parse(house.release(hold).body).path == "break-glass"
    with staff.at_work("rosa") as rosa:
        rosa.go("/reviews")
        rosa.page.locator(f'a[href="/reviews/{hold}"]').click()
        assert "the dam is about to fail" in rosa.page.locator("main").inner_text()
        rosa.judge(hold, "Not justified", "the gauge says otherwise")
        for selector in ("#decision", "#rendering", ".said-digest"):
            was = rosa.shown(selector, "")
            rosa.lie(selector, "", "another")
            rosa.refused("This page shows another")
            rosa.lie(selector, "", was)
        rosa.sign("Your review was recorded")
        assert rosa.page.locator(f'a[href="/reviews/{hold}"]').count() == 0
    after = house.verify_ledger()
    risen = {kind: int(str(after[kind])) - int(str(before.get(kind, 0))) for kind in ("break-glass", "review")}
    assert risen == {"break-glass": 1, "review": 1}


def test_an_officer_signs_with_whichever_of_two_passkeys_is_at_hand(house: House, chromium: Browser) -> None:
    """What is signed names its key, so each passkey is offered words of its own."""
    secret = house.add_key("nina", "console")
    with PersonAtBrowser.open(chromium, house.origin, "nina") as nina:
        nina.sign_in_with_key(secret, PASSKEYS)
        house.admit(nina.enrol(), DUTY_OFFICER)
        first = nina.passkeys()
        nina.add_device([])
        house.admit(nina.enrol(), DUTY_OFFICER)
        second = nina.passkeys()
        asserted = nina.page.locator("main li code").all_inner_texts()
        assert len(asserted) == 1, "the second is not asserted yet on this page"
        for mine, other in ((first, second), (second, first)):
            nina.add_device(mine)
            nina.press("Sign out")
            nina.sign_in()
            hold = house.held(VALVE)
            nina.decide(hold)
            offers = nina.page.get_by_role("button", name="Sign with passkey")
            expect(offers).to_have_count(2)
            # The one with which she signed in stands first; when she has the other at hand, that one signs.
            nina.add_device(other)
            offers.first.click()
            nina.page.get_by_role("alert").filter(has_text="The passkey was not used").wait_for()
            offers.last.click()
            nina.page.get_by_text("Your decision was recorded. The action is approved now").wait_for()
            assert len(Release.parse(house.release(hold).body).statements) == 1


class TestNewcomer:
    def test_may_enrol_and_sees_nothing_else_until_he_is_asserted(self, house: House, chromium: Browser) -> None:
        hold = house.held()
        secret = house.add_key("ben", "console")
        with PersonAtBrowser.open(chromium, house.origin, "ben") as ben:
            ben.sign_in_with_key(secret, PASSKEYS)
            expect(ben.page.get_by_role("link", name="Inbox")).to_have_count(0)
            for path in ("/", f"/holds/{hold}", "/reviews", "/meters", "/oversight"):
                ben.go(path)
                ben.page.get_by_text("Code: console/not-asserted").wait_for()
                assert PAYLOAD not in ben.page.inner_text("body")
            ben.forgive("403")
            house.admit(ben.enrol(), RELEASE_OFFICER)
            ben.go(f"/holds/{hold}")
            ben.arrive(PAYLOAD)

    def test_with_the_key_of_another_app_is_nobody(self, house: House, chromium: Browser) -> None:
        secret = house.add_key("planner-2", "route-planner")
        with PersonAtBrowser.open(chromium, house.origin, "planner-2") as agent:
            agent.go("/sign-in")
            agent.page.get_by_label("Your key").fill(secret)
            agent.press("Sign in with the key")
            agent.page.get_by_text("Code: identity/bad-credential").wait_for()
            agent.forgive("401")

    def test_who_was_dismissed_is_no_newcomer_again(self, house: House, chromium: Browser, staff: Staff) -> None:
        secret = house.add_key("eve", "console")
        with PersonAtBrowser.open(chromium, house.origin, "eve") as eve:
            eve.sign_in_with_key(secret, PASSKEYS)
            house.admit(eve.enrol(), RELEASE_OFFICER)
            eve.go("/")
            house.list_revoked("eve")
            eve.go("/")
            eve.page.get_by_text("Code: identity/bad-credential").wait_for()
            eve.forgive("401")


@pytest.mark.parametrize("turned_away", ["verified", "present"])
def test_a_passkey_that_does_not_know_its_user_signs_nothing(
    house: House, omar: PersonAtBrowser, turned_away: str
) -> None:
    hold = house.held()
    omar.decide(hold)
    if turned_away == "verified":
        omar.verify_user(verified=False)
    else:
        omar.add_device([])
    omar.refused("The passkey was not used")
    assert omar.votes_on(hold) == ""
    assert AIRCRAFT in omar.page.inner_text("main")
