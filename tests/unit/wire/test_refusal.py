import pytest

from brightline.domain.decision import Hold, Layer, Reason
from brightline.wire.errors import RequestError
from brightline.wire.refusal import Refusal, details, sentence

REASONS = (Reason("law-1", Layer.LAW, "no targeting", "ask counsel"), Reason("op-2", Layer.OPERATOR))


def test_an_error_becomes_a_refusal_with_its_own_words():
    refusal = Refusal.of(RequestError("wire/not-json"), decision_id="d1")
    assert (refusal.status, refusal.code, refusal.decision_id, refusal.reasons) == (400, "wire/not-json", "d1", ())
    assert sentence(refusal) == f"{refusal.message}; {refusal.hint} (wire/not-json, decision d1)"


def test_a_person_reads_reasons_and_a_program_reads_all():
    refusal = Refusal(
        status=403, code="policy/forbidden", message="refused", hint="stop", decision_id="d2", reasons=REASONS
    )
    assert sentence(refusal) == "refused because no targeting; op-2; stop (policy/forbidden, decision d2)"
    assert details(refusal) == {
        "code": "policy/forbidden",
        "hint": "stop",
        "decision_id": "d2",
        "reasons": [
            {"policy": "law-1", "layer": "law", "text": "no targeting", "hint": "ask counsel"},
            {"policy": "op-2", "layer": "operator", "text": "", "hint": ""},
        ],
    }


@pytest.mark.parametrize(("quorum", "words"), [(1, "the sign-off of one person"), (2, "sign-offs of 2 persons")])
def test_a_held_use_says_whose_sign_off_it_waits_for(quorum: int, words: str) -> None:
    hold = Hold("op-6", "duty-officer", quorum)
    refusal = Refusal(status=403, code="policy/held", message="held", hint="ask", decision_id="d3", holds=(hold,))
    assert f"held (`op-6` wants {words} in role `duty-officer`); ask" in sentence(refusal)
    assert details(refusal)["holds"] == [{"policy": "op-6", "role": "duty-officer", "quorum": quorum}]
