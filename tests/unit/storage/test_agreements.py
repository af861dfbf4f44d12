"""Accepted versions: they only rise, each scope has its own, and each knows its entry."""

import pytest

from brightline.storage import AcceptedVersion, Shard, Store, StoreRefusedError


def test_a_version_that_is_not_higher_refuses(store: Store, shard: Shard) -> None:
    agreements = store.agreements(shard.scope)
    with store.database.transaction():
        agreements.add(3, b"c" * 32, shard=shard, index=7)
    for version in (2, 3):
        with pytest.raises(StoreRefusedError) as caught, store.database.transaction():
            agreements.add(version, b"d" * 32, shard=shard, index=8)
        assert caught.value.code == "storage/version-not-higher"
    assert agreements.highest() == AcceptedVersion(3, b"c" * 32, shard.id, 7)


def test_versions_come_in_order_and_each_scope_has_its_own(store: Store, shard: Shard) -> None:
    agreements = store.agreements(shard.scope)
    assert agreements.highest() is None
    with store.database.transaction():
        agreements.add(1, b"a" * 32, shard=shard, index=1)
        agreements.add(2, b"b" * 32, shard=shard, index=2**40 - 1)
    assert [(row.version, row.index) for row in agreements.accepted()] == [(1, 1), (2, 2**40 - 1)]
    assert store.agreements(99).accepted() == ()


def test_a_version_goes_with_its_transaction(store: Store, shard: Shard) -> None:
    def cut_off() -> None:
        with store.database.transaction():
            store.agreements(shard.scope).add(1, b"a" * 32, shard=shard, index=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut_off()
    assert store.agreements(shard.scope).highest() is None
