import pytest

from brightline.console.config import ConsoleConfig
from brightline.console.errors import ConsoleError

BAD = (
    "http://gate.example",
    "https://gate.example/",
    "https://gate.example/approvals",
    "https://user@gate.example",
    "https://Gate.example",
    "ftp://localhost",
    "https://",
    "gate.example",
    "http://localhost.evil.example",
    "http://10.0.0.7:8443",
    "",
)


def config(origin: str) -> ConsoleConfig:
    return ConsoleConfig(host="127.0.0.1", port=0, origin=origin, rp_id="gate.example")


@pytest.mark.parametrize("origin", BAD)
def test_an_origin_for_which_no_passkey_signs_is_refused(origin: str) -> None:
    with pytest.raises(ConsoleError) as refused:
        config(origin)
    assert refused.value.code == "console/bad-origin"


@pytest.mark.parametrize(
    "origin", ["http://localhost:8443", "http://127.0.0.1:1", "http://[::1]:1", "http://a.localhost"]
)
def test_the_machine_itself_needs_no_tls(origin: str) -> None:
    assert not config(origin).secure
    assert config(origin).cookie == "brightline"


def test_over_tls_no_sibling_domain_sets_the_cookie() -> None:
    found = config("https://gate.example:8443")
    assert found.secure
    assert found.cookie == "__Host-brightline"
    assert found.netloc == "gate.example:8443"
