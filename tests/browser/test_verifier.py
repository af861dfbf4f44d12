"""Debian's chromium verifies releases with the file that Node runs in every other test, and says the same of each."""

import base64
from dataclasses import asdict

from playwright.sync_api import Browser

from tests.browser.house import House
from tests.releases.ground import GOOD
from tests.releases.on_form import MALFORMED
from tests.releases.table import ATTACKS

VERIFY = """
async (cases) => {
  const { verifyRelease } = await import("/static/verify_release.mjs");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const told = [];
  for (const { release, bundle, revocations, tool, preconditions, now_ms: nowMs, ...rest } of cases) {
    const action = { tool, arguments: bytes(rest.arguments), preconditions };
    const given = { bundle: bytes(bundle), revocations: bytes(revocations), action, nowMs };
    told.push(await verifyRelease(bytes(release), given).then(() => null, (error) => error.code ?? String(error)));
  }
  return told;
}
"""


def test_says_of_each_release_what_both_verifiers_say(chromium: Browser, house: House) -> None:
    table = [
        *ATTACKS,
        *((name, "effector/malformed", forged) for name, forged in MALFORMED),
        *((name, None, forged) for name, forged in GOOD),
    ]
    cases = []
    for _, _, forged in table:
        release, judged = forged.make()
        parts = {
            name: base64.b64encode(part).decode() if isinstance(part, bytes) else part
            for name, part in asdict(judged).items()
        }
        cases.append({"release": base64.b64encode(release).decode(), **parts})
    page = chromium.new_page()
    page.goto(f"{house.origin}/static/verify_release.mjs")
    told = page.evaluate(VERIFY, cases)
    page.close()
    wrong = {name: (code, said) for (name, code, _), said in zip(table, told, strict=True) if code != said}
    assert wrong == {}
