"""Claims: one body, one intent, at most one outcome."""

import pytest

from brightline.domain.record import IdempotencyClaim
from brightline.storage import Claimed, Shard, Store, StoreFaultError

CLAIM = IdempotencyClaim(scope=bytes([1]) * 32, body=bytes([2]) * 32)


def test_an_unknown_claim(store: Store, shard: Shard) -> None:
    assert store.claims(shard).find(CLAIM.scope) is None


def test_a_claim_knows_its_entries(store: Store, shard: Shard) -> None:
    claims = store.claims(shard)
    with store.database.transaction():
        claims.add(CLAIM, 7)
    assert claims.find(CLAIM.scope) == Claimed(CLAIM.body, shard.id, 7, None)
    with store.database.transaction():
        claims.end(CLAIM.scope, 9)
    assert claims.find(CLAIM.scope) == Claimed(CLAIM.body, shard.id, 7, 9)


def test_a_claim_is_made_once(store: Store, shard: Shard) -> None:
    claims = store.claims(shard)
    with store.database.transaction():
        claims.add(CLAIM, 7)
    with pytest.raises(StoreFaultError), store.database.transaction():
        claims.add(CLAIM, 8)
