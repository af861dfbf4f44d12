"""Execution receipts: what the vectors cannot say."""

from brightline.domain.sign_off.receipt import OUTCOMES, ExecutionReceipt, SignedReceipt


def test_a_receipt_says_how_it_ended() -> None:
    for outcome in OUTCOMES:
        made = ExecutionReceipt("ab" * 32, "uav-1.example", "cd" * 16, 7, outcome, 1, 2, "")
        signed = SignedReceipt(made, "ef" * 32, b"signature")
        assert SignedReceipt.parse(signed.canonical) == signed
        assert ExecutionReceipt.parse(made.canonical) == made
        assert signed.digest == made.digest
