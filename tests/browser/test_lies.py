"""Pages and scripts that lie, before the real gateway: what was not shown is not signed, or not counted."""

from playwright.sync_api import Route

from tests.benchmarks.browser_signoff import LIES, is_turned_away
from tests.browser.house import House
from tests.browser.person import PersonAtBrowser
from tests.officers import VALVE

REFUSED = "This page shows another"
# The script as somebody could serve it who took over the console: it checks nothing before it asks the key.
BLIND = """
import { fromBase64, whenSent } from "./bytes.mjs";
import { digest } from "./verify_release.mjs";
const form = document.querySelector("form.ceremony");
whenSent(form, form.querySelector(".told"), async () => {
  TAMPER
  return navigator.credentials.get({ publicKey: {
    challenge: await digest("statement", fromBase64(form.elements.said.value)), rpId: form.dataset.rp,
    allowCredentials: [{ type: "public-key", id: fromBase64(form.dataset.credential) }], userVerification: "required",
  } });
});
"""


def test_a_page_that_lies_about_one_part_gets_no_signature(house: House, omar: PersonAtBrowser) -> None:
    assert [lie for lie in LIES if not is_turned_away(house, omar, *lie)] == []


def test_a_page_that_shows_all_of_another_action_gets_no_signature(house: House, omar: PersonAtBrowser) -> None:
    """The action that people would like to allow is shown, and the statement is about another one."""
    hold, other = house.held(), house.held()
    omar.decide(other)
    wanted = omar.shown("[name=said]", "value")

    def lie(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        found = text.partition('name="said" value="')[2].partition('"')[0]
        route.fulfill(response=answer, body=text.replace(found, wanted))

    omar.page.route("**/decide", lie)
    omar.decide(hold)
    omar.refused(REFUSED)
    assert [omar.has_voted(hold), omar.has_voted(other)] == [False, False]


class TestAScriptThatLies:
    def serve(self, person: PersonAtBrowser, tamper: str) -> None:
        """Let the console serve a script of the ceremony that checks nothing."""
        script = BLIND.replace("TAMPER", tamper)
        person.page.route("**/ceremony.mjs", lambda route: route.fulfill(body=script, content_type="text/javascript"))

    def sign(self, person: PersonAtBrowser, code: str) -> None:
        person.page.get_by_role("button", name="Sign with").click()
        person.page.get_by_text(f"Code: {code}").wait_for()
        person.forgive("the server responded with a status of 4")

    def test_and_turns_a_denial_into_an_allowance_is_refused(self, house: House, omar: PersonAtBrowser) -> None:
        hold = house.held()
        self.serve(
            omar, "form.elements.said.value = btoa(atob(form.elements.said.value).replace('\"deny\"', '\"allow\"'));"
        )
        omar.decide(hold, "Deny")
        self.sign(omar, "console/old-challenge")
        assert not omar.has_voted(hold)

    def test_and_sends_the_signature_to_another_action_is_refused(self, house: House, omar: PersonAtBrowser) -> None:
        hold, other = house.held(), house.held()
        omar.open_evidence(other)
        self.serve(omar, f'form.action = "/holds/{other}/signature";')
        omar.decide(hold)
        self.sign(omar, "signoff/other-binding")
        assert [omar.has_voted(hold), omar.has_voted(other)] == [False, False]

    def test_and_has_the_key_sign_another_challenge_is_refused(self, house: House, dora: PersonAtBrowser) -> None:
        """The control of the control: without the lie, this script signs."""
        lied, honest = house.held(VALVE), house.held(VALVE)
        self.serve(
            dora,
            "const real = form.elements.said.value; form.elements.said.value = btoa('another');"
            " setTimeout(() => { form.elements.said.value = real; });",
        )
        dora.decide(lied)
        self.sign(dora, "signoff/bad-signature")
        assert not dora.has_voted(lied)
        dora.page.unroute_all()
        self.serve(dora, "")
        assert dora.vote(honest).endswith("The action is approved now")
