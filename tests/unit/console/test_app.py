import pytest

from brightline.console.guard import POLICY
from brightline.testing.console import SimulatedConsole
from tests.unit.console.visitor import Visitor


@pytest.mark.parametrize("path", ["/none", "/holds", "/favicon.ico", "//", "/sign-in/", "/holds/x/decide/y"])
def test_an_unknown_page_is_told(console: SimulatedConsole, path: str) -> None:
    page = Visitor(console).get(path)
    assert (page.status, page.code) == (404, "console/no-page")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_an_unknown_method_is_told(console: SimulatedConsole, method: str) -> None:
    assert Visitor(console).send(method, "/").code == "console/no-method"


def test_every_page_carries_the_policy_and_the_marking_twice(console: SimulatedConsole, alice: Visitor) -> None:
    for path in ("/", "/reviews", "/meters", "/oversight", "/passkeys", "/none", "/sign-in"):
        page = alice.get(path)
        assert page.headers["content-security-policy"] == POLICY
        assert page.text.count(console.config.marking) == 2
        assert page.text.count('role="status"') == 1


def test_a_fault_behind_a_page_is_told_without_its_words(
    console: SimulatedConsole, alice: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ValueError("a secret")

    monkeypatch.setattr(console.journeys, "numbers", broken)
    page = alice.get("/oversight")
    assert (page.status, page.code) == (500, "console/broken")
    assert "a secret" not in page.text
    assert [str(fault) for fault in console.faults] == ["a secret"]


def test_a_form_that_is_none_is_refused(alice: Visitor) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x", "origin": alice.console.origin}
    page = alice.send("POST", "/sign-out", b"--x\r\nnonsense", **kind)
    assert page.code in ("console/bad-form", "console/foreign-form")
    fields = b"&".join(b"f%d=1" % number for number in range(100))
    many = alice.send("POST", "/sign-out", fields, **{"content-type": "application/x-www-form-urlencoded"})
    assert many.code in ("console/bad-form", "console/foreign-form")
