"""The settings file is read strictly."""

from pathlib import Path

import pytest

from brightline.gateway.errors import SettingsError
from brightline.gateway.settings import FILE_NAME, front_limits, parse_settings, read_settings

GOOD = """
format = 1
[enclave]
name = "demo"
[ledger]
operator = "example.test"
[limits]
uses = 7
[[deployment]]
id = "a"
base_url = "https://provider.test"
secret = { environment = "A_KEY" }
[[deployment]]
id = "b"
provider = "local"
"""
MACHINE = '[[effector]]\naudience = "a"\npublic = "x"\nstate_url = "{}"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("format = 1", "enclave"),
        ("not toml", "Expected"),
        (GOOD.replace("format = 1", "format = 0"), "`format` must be 1"),
        (GOOD.replace("format = 1", "format = 1\nunknown = 2"), "unknown"),
        (GOOD.replace('id = "b"', 'id = "a"'), "same `id`"),
        (GOOD.replace('base_url = "https://provider.test"', ""), "`base_url` is needed"),
        (GOOD.replace('provider = "local"', 'provider = "local"\nbase_url = "https://x.test"'), "no `base_url`"),
        (GOOD.replace('"A_KEY" }', '"A_KEY", file = "f" }'), "exactly one"),
        (GOOD + '[gateway]\ntls_key = "k"\n', "go together"),
        (GOOD + MACHINE.format("http://uav.example/state"), "effector `a`: `state_url`"),
        (GOOD + MACHINE.format("ftp://127.0.0.1/state"), "effector `a`: `state_url`"),
        (GOOD + MACHINE.format("https://user@uav.example/state"), "effector `a`: `state_url`"),
        (GOOD + MACHINE.format("https://uav.example/a/../state"), "effector `a`: `state_url`"),
        (GOOD + 2 * MACHINE.format("https://uav.example/state"), "one table of it"),
        (GOOD + '[[effector]]\naudience = "a"\npublic = "x"\nca_file = "ca.pem"\n', "`ca_file`"),
        (GOOD + "[gateway]\nport = 70000\n", "0 to 65535"),
        (GOOD + '[gateway]\nport = "80"\n', "port"),
    ],
)
def test_a_wrong_field_is_named(text: str, why: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text.encode(), path="x.toml")
    assert caught.value.code == "gateway/settings-invalid"
    assert why in caught.value.message


def test_a_newer_format_is_refused_as_such() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(b"format = 2\nwhatever = 1", path="x.toml")
    assert caught.value.code == "gateway/settings-newer"


def test_text_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(SettingsError):
        parse_settings(b"\xff", path="x.toml")


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(tmp_path)
    assert caught.value.code == "gateway/settings-unreadable"
    assert "brightline init" in caught.value.hint


def test_good_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(GOOD)
    settings = read_settings(tmp_path)
    assert [deployment.id for deployment in settings.deployment] == ["a", "b"]
    assert front_limits(settings).uses == 7
    assert settings.gateway.port == 8080


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("[oversight]\nqueue_per_role = 0", "queue_per_role"),
        ("[oversight]\nsign_offs_per_hour = 9999999", "sign_offs_per_hour"),
        ("[oversight]\nopen_holds_per_principal = -1", "open_holds_per_principal"),
        ("[oversight]\ndecoy_share = 1.5", "decoy_share"),
        ("[oversight]\ndecoy_spread_seconds = -1", "decoy_spread_seconds"),
        ("[oversight]\ndecoy_spread_seconds = 86401", "decoy_spread_seconds"),
        ('[console]\norigin = "https://c.example"\nport = 70000', "console.port"),
        ('[console]\norigin = "https://c.example"\ntls_key = "k"', "tls_certificate"),
        ("[console]\nport = 1", "origin"),
        ('[[effector]]\naudience = "a"', "public"),
    ],
)
def test_what_oversight_and_console_cannot_be(lines: str, why: str) -> None:
    text = f'format = 1\n[enclave]\nname = "e"\n[ledger]\noperator = "o.example"\n{lines}\n'
    with pytest.raises(SettingsError, match=why):
        parse_settings(text.encode(), path="p")


def test_a_console_and_effectors_may_be_there() -> None:
    text = 'format = 1\n[enclave]\nname = "e"\n[ledger]\noperator = "o.example"\n[oversight]\ndecoy_share = 0.1\n'
    text += '[console]\norigin = "https://c.example"\n[[effector]]\naudience = "a"\npublic = "x"\n'
    settings = parse_settings(text.encode(), path="p")
    assert settings.console is not None
    assert (settings.console.port, settings.oversight.decoy_share, settings.effector[0].algorithm) == (
        8081,
        0.1,
        "ed25519",
    )


def test_a_machine_with_two_keys_is_asked_at_one_address() -> None:
    text = GOOD + MACHINE.format("http://127.0.0.1:8801/state") + '[[effector]]\naudience = "a"\npublic = "y"\n'
    first, second = parse_settings(text.encode(), path="x.toml").effector
    assert (first.state_url, second.state_url) == ("http://127.0.0.1:8801/state", None)
