"""What is known of a use before anything is."""

from brightline.domain.agreement import AgreementRef
from brightline.domain.call import Call, Claimed, Dialect, Operation
from brightline.domain.leaf import Check
from brightline.gateway.run import AUTHENTICATED, DECIDED, DESCRIBED, MISSION, RESOLVED, Run

REF = AgreementRef("sample", 1, bytes(32), "demo")


def test_nothing_is_claimed_before_the_call_was_read() -> None:
    run = Run(b"\xab" * 16, 0.0, REF)
    assert run.claimed == Claimed()
    assert run.decision_id == "ab" * 16


def test_what_the_call_claims_is_the_runs() -> None:
    run = Run(bytes(16), 0.0, REF)
    claimed = Claimed("m", None, "warrant")
    run.call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "m", stream=False, body=b"canary", claimed=claimed)
    assert run.claimed is claimed
    run.sent = run.call.body
    assert "canary" not in repr(run)


def test_the_plain_numbers_are_the_checks_bits() -> None:
    bits = (Check.AUTHENTICATED, Check.MISSION, Check.RESOLVED, Check.DESCRIBED, Check.DECIDED)
    assert [*map(int, bits)] == [AUTHENTICATED, MISSION, RESOLVED, DESCRIBED, DECIDED]
