"""Fields read from an encoded leaf are those that it decodes to."""

from brightline.domain.leaf import Kind, Leaf, Outcome, Verdict
from brightline.ledger import layout


def test_every_field_is_where_the_leaf_has_it() -> None:
    leaf = Leaf(
        kind=Kind.OUTCOME,
        time_ms=123456789,
        use_id=bytes(range(16)),
        reference=77,
        ciphertext_hash=bytes([9]) * 32,
        agreement_digest=bytes([8]) * 32,
        enclave_id=bytes([6]) * 8,
        verdict=Verdict.HOLD,
        outcome=Outcome.SCREENED,
    )
    data = leaf.encode()
    assert layout.kind_of(data) == Kind.OUTCOME
    assert layout.time_of(data) == 123456789
    assert layout.use_of(data) == leaf.use_id + leaf.agreement_digest
    assert layout.reference_of(data) == 77
    assert layout.agreement_of(data) == leaf.agreement_digest
    assert layout.enclave_of(data) == leaf.enclave_id
    assert data[layout.CIPHERTEXT : layout.CIPHERTEXT + 32] == leaf.ciphertext_hash
    assert data[layout.VERDICT] == Verdict.HOLD
    assert data[layout.OUTCOME] == Outcome.SCREENED
