import pytest

from brightline.identity.credential import presented_secret
from brightline.identity.errors import CredentialError


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([], "identity/no-credential"),
        ([("host", "a"), ("x-api-keys", "k")], "identity/no-credential"),
        ([("authorization", "Bearer a"), ("x-api-key", "b")], "identity/ambiguous-credential"),
        ([("authorization", "Bearer a"), ("authorization", "Bearer a")], "identity/ambiguous-credential"),
        ([("x-api-key", "a"), ("x-api-key", "a")], "identity/ambiguous-credential"),
        ([("authorization", "Basic YTpi")], "identity/bad-credential"),
        ([("authorization", "Basic YTpi"), ("x-api-key", "b")], "identity/bad-credential"),
        ([("authorization", "Bearer")], "identity/bad-credential"),
        ([("authorization", "Bearer ")], "identity/bad-credential"),
        ([("authorization", "Bearer a b")], "identity/bad-credential"),
        ([("authorization", "bearerabc")], "identity/bad-credential"),
        ([("authorization", "")], "identity/bad-credential"),
        ([("x-api-key", "")], "identity/bad-credential"),
        ([("x-api-key", "a" * 257)], "identity/bad-credential"),
        ([("x-api-key", "k\xe9y")], "identity/bad-credential"),
        ([("x-api-key", "a\tb")], "identity/bad-credential"),
        ([("x-api-key", "a\x00")], "identity/bad-credential"),
    ],
)
def test_refuses(headers: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(CredentialError) as caught:
        presented_secret(headers)
    assert caught.value.code == code
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "headers",
    [
        [("host", "a"), ("authorization", "Bearer key-1")],
        [("authorization", "bEARER   key-1 ")],
        [("x-api-key", "key-1")],
        [("x-api-key", "key-1"), ("authorization", "Bearer key-1")],
        {"x-api-key": "key-1"},
    ],
)
def test_reads_one_key(headers: list[tuple[str, str]] | dict[str, str]) -> None:
    assert presented_secret(headers) == b"key-1"
