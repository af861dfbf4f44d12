"""From settings to endpoints: where a key comes from, and what is relative to the data directory."""

from pathlib import Path

import pytest

from brightline.gateway.endpoints import endpoints_of
from brightline.gateway.settings import Settings, parse_settings
from brightline.providers import CommandSecret, EnvironmentSecret, FileSecret, ProvidersError

HEAD = 'format = 1\nenclave.name = "e"\nledger.operator = "o"\nlimits.answer_bytes = 77\n[[deployment]]\nid = "d"\n'


def settings_of(text: str) -> Settings:
    return parse_settings((HEAD + text).encode(), path="x")


def test_a_base_url_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProvidersError) as caught:
        endpoints_of(settings_of('base_url = "http://provider.example"'), tmp_path, {})
    assert caught.value.code == "providers/bad-endpoint"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('secret = { file = "k" }', FileSecret),
        ('secret = { environment = "K" }', EnvironmentSecret),
        ('secret = { command = ["k"] }', CommandSecret),
    ],
)
def test_a_key_comes_from_one_place(tmp_path: Path, text: str, kind: type) -> None:
    (endpoint,) = endpoints_of(settings_of('base_url = "https://p.example"\nauth = "x-api-key"\n' + text), tmp_path, {})
    assert isinstance(endpoint.secret, kind)
    assert endpoint.auth_style == "x-api-key"


def test_a_key_file_lies_in_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("key-of-provider\n")
    (tmp_path / "k").chmod(0o600)
    (endpoint,) = endpoints_of(settings_of('base_url = "https://p.example"\nsecret = { file = "k" }'), tmp_path, {})
    assert endpoint.secret is not None
    assert endpoint.secret.load() == "key-of-provider"


def test_without_a_key_none_is_sent(tmp_path: Path) -> None:
    text = 'base_url = "https://p.example"\nca_file = "ca.pem"\nconnections = 3\ntotal_seconds = 9'
    (endpoint,) = endpoints_of(settings_of(text), tmp_path, {})
    assert (endpoint.secret, endpoint.auth_style) == (None, "none")
    assert (endpoint.ca_file, endpoint.max_connections) == (tmp_path / "ca.pem", 3)
    assert (endpoint.total_timeout, endpoint.max_answer_bytes) == (9, 77)


def test_a_local_model_is_where_it_was_started(tmp_path: Path) -> None:
    (endpoint,) = endpoints_of(settings_of('provider = "local"'), tmp_path, {"d": "http://127.0.0.1:4"})
    assert endpoint.base_url == "http://127.0.0.1:4"
