"""What a head must look like."""

import pytest

from brightline.gateway.errors import FrontError
from brightline.gateway.http1 import check_head

HOST = [(b"Host", b"gate.example:8080")]


def head(**changes: object) -> object:
    given = {"method": b"POST", "target": b"/v1/x?a=b", "version": "1.1", "headers": HOST, **changes}
    return check_head(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": "1.0"}, "gateway/http-version"),
        ({"version": "2.0"}, "gateway/http-version"),
        ({"version": "0.9"}, "gateway/http-version"),
        ({"method": b"CONNECT"}, "gateway/method-not-allowed"),
        ({"method": b"\xff"}, "gateway/method-not-allowed"),
        ({"target": b"http://evil/x"}, "gateway/bad-target"),
        ({"target": b"*"}, "gateway/bad-target"),
        ({"target": b"/a b"}, "gateway/bad-target"),
        ({"target": b"/\xc3\xa9"}, "gateway/bad-target"),
        ({"target": b"/a\n"}, "gateway/bad-target"),
        ({"headers": []}, "gateway/bad-host"),
        ({"headers": HOST * 2}, "gateway/bad-host"),
        ({"headers": [(b"host", b"user@evil")]}, "gateway/bad-host"),
        ({"headers": [(b"host", b"")]}, "gateway/bad-host"),
        ({"headers": [(b"host", b"a/b")]}, "gateway/bad-host"),
    ],
)
def test_what_can_be_read_two_ways_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(FrontError) as caught:
        head(**changes)
    assert caught.value.code == code


def test_a_plain_head_is_read() -> None:
    read = check_head(
        method=b"POST", target=b"/v1/x?a=b", version="1.1", headers=[*HOST, (b"X-A", b"1"), (b"x-a", b"\xe9")]
    )
    assert (read.method, read.path, read.query) == ("POST", "/v1/x", "a=b")
    assert read.get("x-a") == "1"
    assert read.all("x-a") == ["1", "é"]
    assert read.get("missing") is None


def test_an_ip6_host_is_a_host() -> None:
    assert check_head(method=b"GET", target=b"/", version="1.1", headers=[(b"host", b"[::1]:80")]).path == "/"
