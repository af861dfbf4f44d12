"""The same request twice is one use."""

import pytest

from brightline.domain.agreement import AgreementRef
from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.principal import Principal
from brightline.domain.record import Appended
from brightline.gateway.errors import UseError
from brightline.gateway.http1 import Head
from brightline.gateway.idempotency import Idempotency
from brightline.gateway.ports import Replay
from brightline.gateway.run import Run

REF = AgreementRef("sample", 1, bytes(32), "demo")
INTENT = Appended(5, bytes(32), 1)


class Replays:
    """Remembers what the test says."""

    def __init__(self) -> None:
        self.known: dict[bytes, Replay] = {}

    def find(self, scope: bytes) -> Replay | None:
        return self.known.get(scope)


def begin(
    keys: Idempotency, *, key: tuple[str, ...] = ("k",), body: bytes = b"b", who: str = "a"
) -> tuple[Run, object]:
    principal = Principal(who, who, "o", "u", frozenset(), "app", frozenset(), None)
    call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "m", stream=False, body=body)
    head = Head("POST", "/v1/x", "", tuple(("idempotency-key", value) for value in key))
    run = Run(bytes(16), 0.0, REF)
    return run, keys.begin(run, principal, call, head)


@pytest.mark.parametrize("key", [("a", "b"), ("",), ("x" * 256,), ("a b",), ("é",)])
def test_a_malformed_key_is_refused(key: tuple[str, ...]) -> None:
    with pytest.raises(UseError) as caught:
        begin(Idempotency(Replays()), key=key)
    assert caught.value.code == "gateway/bad-idempotency-key"


def test_without_a_key_nothing_is_claimed() -> None:
    keys = Idempotency(Replays())
    run, replay = begin(keys, key=())
    assert (run.claim, replay) == (None, None)
    keys.end(run.claim)


def test_another_body_under_a_running_key_is_refused() -> None:
    keys = Idempotency(Replays())
    begin(keys)
    with pytest.raises(UseError) as caught:
        begin(keys, body=b"other")
    assert caught.value.code == "gateway/idempotency-mismatch"


def test_the_same_body_under_a_running_key_is_told_to_wait() -> None:
    keys = Idempotency(Replays())
    run, _ = begin(keys)
    with pytest.raises(UseError) as caught:
        begin(keys)
    assert caught.value.code == "gateway/idempotency-running"
    keys.end(run.claim)
    begin(keys)


def test_another_principal_has_keys_of_its_own() -> None:
    keys = Idempotency(Replays())
    begin(keys, who="a")
    assert begin(keys, who="b", body=b"other")[1] is None


@pytest.mark.parametrize(
    ("ended", "body", "code"),
    [
        (True, b"b", "gateway/idempotency-spent"),
        (False, b"b", "gateway/idempotency-running"),
        (True, b"other", "gateway/idempotency-mismatch"),
    ],
)
def test_a_key_spent_without_a_whole_answer_is_refused(ended: bool, body: bytes, code: str) -> None:
    replays = Replays()
    keys = Idempotency(replays)
    run, _ = begin(keys)
    assert run.claim is not None
    keys.end(run.claim)
    replays.known[run.claim.scope] = Replay(run.claim.body, INTENT, None, ended=ended)
    with pytest.raises(UseError) as caught:
        begin(keys, body=body)
    assert caught.value.code == code


def test_a_whole_answer_is_given_again() -> None:
    replays = Replays()
    keys = Idempotency(replays)
    run, _ = begin(keys)
    assert run.claim is not None
    keys.end(run.claim)
    replays.known[run.claim.scope] = earlier = Replay(run.claim.body, INTENT, b"answer", ended=True)
    assert begin(keys)[1] is earlier


def test_while_a_use_runs_its_claim_is_not_looked_up() -> None:
    class Unreadable(Replays):
        """Has the claim, but not yet the entry it leads to."""

        def find(self, scope: bytes) -> Replay | None:
            if self.known:
                pytest.fail("asked for a claim whose use still runs")
            return None

    replays = Unreadable()
    keys = Idempotency(replays)
    run, _ = begin(keys)
    replays.known[b""] = Replay(b"", INTENT, None, ended=False)
    with pytest.raises(UseError) as caught:
        begin(keys)
    assert caught.value.code == "gateway/idempotency-running"
    assert run.claim is not None
