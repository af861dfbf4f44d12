import pytest

from brightline.identity import CredentialError, Door, FailureLimit, UnauthenticatedLimiter

STRONG = "q7Zp0rT4mX9sLk2Vb8Nc6Wd1Fg5Hj3Ya"


@pytest.fixture
def door(keyring, grant) -> Door:
    keyring.keep(keyring.draft_import(grant, STRONG, weak=False, created_by="root"))
    keyring.keep(keyring.draft_import(grant, "weak", weak=True, created_by="root"))
    limiter = UnauthenticatedLimiter(clock=lambda: 0.0, limit=FailureLimit(burst=2, seconds_per_failure=1.0))
    return Door(keyring, limiter)


def code(door: Door, secret: str | None, peer: str = "192.0.2.1") -> str:
    headers = [] if secret is None else [("x-api-key", secret)]
    try:
        door.authenticate(headers, peer)
    except CredentialError as error:
        return error.code
    return ""


def test_an_address_that_fails_too_often_is_answered_with_the_limit(door: Door) -> None:
    assert [code(door, guess) for guess in ("a", None, "b", "c")] == [
        "identity/bad-credential",
        "identity/no-credential",
        "identity/too-many-failures",
        "identity/too-many-failures",
    ]
    assert code(door, "a", "192.0.2.2") == "identity/bad-credential"


def test_guessing_a_weak_key_is_bounded_and_the_right_guess_is_not_told(door: Door) -> None:
    assert code(door, "weak") == ""
    for guess in ("a", "b"):
        code(door, guess)
    assert code(door, "weak") == "identity/too-many-failures"


def test_a_strong_key_is_never_locked_out_by_others_failures(door: Door) -> None:
    for _ in range(10):
        code(door, "nonsense")
    assert code(door, STRONG) == ""
