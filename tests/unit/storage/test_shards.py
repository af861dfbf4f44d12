"""Scopes, shards and the keys that signed them."""

import pytest

from brightline.storage import Store, StoreFaultError


def test_a_scope_begins_with_its_first_shard(store: Store) -> None:
    shards = store.shards(agreement="pilot", enclave="field")
    assert shards.scope() is None
    assert shards.shards() == []
    with store.database.transaction():
        first = shards.add(number=1, origin="o", reason="", vkey="v1")
        second = shards.add(number=2, origin="o/2", reason="disk lost", vkey="v2")
    assert shards.scope() == first.scope == second.scope
    assert shards.shards() == [first, second]
    assert second.reason == "disk lost"


def test_scopes_do_not_see_each_other(store: Store) -> None:
    one, other = store.shards(agreement="a", enclave="x"), store.shards(agreement="a", enclave="y")
    with store.database.transaction():
        one.add(number=1, origin="o", reason="", vkey="v")
    assert other.shards() == []
    with store.database.transaction():
        assert one.add_scope() == one.scope()
        assert other.add_scope() != one.scope()


def test_a_number_is_given_once(store: Store) -> None:
    shards = store.shards(agreement="a", enclave="x")
    with store.database.transaction():
        shards.add(number=1, origin="o", reason="", vkey="v")
    with pytest.raises(StoreFaultError), store.database.transaction():
        shards.add(number=1, origin="o", reason="", vkey="v")


def test_the_key_in_use_is_the_last(store: Store) -> None:
    shards = store.shards(agreement="a", enclave="x")
    with store.database.transaction():
        shard = shards.add(number=1, origin="o", reason="", vkey="v0")
        shards.add_key(shard, since=9, vkey="v9")
        shards.add_key(shard, since=4, vkey="v4")
    assert shards.keys(shard) == ["v0", "v4", "v9"]
