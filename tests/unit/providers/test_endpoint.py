from pathlib import Path

import pytest

from brightline.providers.endpoint import Address, Endpoint, is_loopback
from brightline.providers.errors import EndpointError
from brightline.providers.secret import FileSecret


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://host",
        "https://",
        "https://user:pass@host",
        "https://host?x=1",
        "https://host#x",
        "https://host/a b",
        "https://host/../x",
        "https://host/./x",
        "https://host//x",
        "https://host:0",
        "https://host:65536",
        "https://host:123456",
        "https://host/v1",
        "https://host/v1/",
        "https://host\n",
        "HTTPS://host",
        "http://api.vendor.example",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
    ],
)
def test_anything_but_a_plain_origin_and_path_refuses(url: str) -> None:
    with pytest.raises(EndpointError) as caught:
        Address.parse(url)
    assert caught.value.code == "providers/bad-endpoint"


@pytest.mark.parametrize(
    ("url", "address", "authority"),
    [
        ("https://api.vendor.example", Address(True, "api.vendor.example", 443, ""), "api.vendor.example"),
        ("https://h:8443/a/b/", Address(True, "h", 8443, "/a/b"), "h:8443"),
        ("http://[::1]:80/", Address(False, "::1", 80, ""), "[::1]"),
        ("http://localhost:1", Address(False, "localhost", 1, ""), "localhost:1"),
    ],
)
def test_an_address_is_taken_apart(url: str, address: Address, authority: str) -> None:
    assert Address.parse(url) == address
    assert address.authority == authority


def test_plain_http_beyond_the_loopback_needs_the_operators_word() -> None:
    assert Address.parse("http://inner.example", allow_plain_http=True).port == 80
    assert is_loopback("127.8.9.10")
    assert not is_loopback("example.org")


@pytest.mark.parametrize(
    "settings",
    [
        {"auth_style": "bearer"},
        {"auth_style": "none", "secret": FileSecret(Path("/key"))},
        {"auth_style": "none", "connect_timeout": 0},
        {"auth_style": "none", "total_timeout": 1e9},
        {"auth_style": "none", "max_connections": 0},
        {"auth_style": "none", "max_answer_bytes": 0},
        {"auth_style": "none", "base_url": "http://elsewhere.example"},
    ],
)
def test_an_endpoint_that_makes_no_sense_refuses(settings: dict[str, object]) -> None:
    with pytest.raises(EndpointError):
        Endpoint(**{"deployment_id": "d", "base_url": "https://h", **settings})


def test_an_endpoint_shows_neither_its_key_nor_where_it_is() -> None:
    endpoint = Endpoint(deployment_id="d", base_url="https://h/x", secret=FileSecret(Path("/secret/place")))
    assert endpoint.address.path == "/x"
    assert "place" not in repr(endpoint)
