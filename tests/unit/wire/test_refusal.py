from brightline.domain.decision import Layer, Reason
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
