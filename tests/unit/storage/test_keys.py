"""API-key rows."""

from dataclasses import replace

import pytest

from brightline.domain.credential import KeyRecord
from brightline.domain.principal import Principal
from brightline.storage import KeyStore, Shard, Store, StoreRefusedError

PRINCIPAL = Principal(
    key_id="0a0b0c0d",
    name="ann",
    organisation="works",
    unit="north",
    roles=frozenset({"analyst", "lead"}),
    app="desk",
    missions=frozenset({"flood", "fire"}),
    default_mission="flood",
    owner="olga",
)
RECORD = KeyRecord(
    principal=PRINCIPAL,
    secret_hash=bytes([3]) * 32,
    weak=True,
    imported=True,
    created_by="root",
    created_at_ms=1_700_000_000_000,
)


@pytest.fixture
def keys(store: Store, shard: Shard) -> KeyStore:
    return store.keys(shard.scope)


def test_nothing_is_found_where_nothing_is(keys: KeyStore) -> None:
    assert keys.find_key(RECORD.secret_hash) is None
    assert keys.get_key("0a0b0c0d") is None
    assert keys.list_keys() == []


def test_a_known_id_or_secret_refuses(keys: KeyStore) -> None:
    keys.add_key(RECORD)
    same_secret = replace(RECORD, principal=replace(PRINCIPAL, key_id="ffffffff"))
    same_id = replace(RECORD, secret_hash=bytes(32))
    for other in (same_secret, same_id):
        with pytest.raises(StoreRefusedError) as caught:
            keys.add_key(other)
        assert caught.value.code == "storage/key-exists"
    assert keys.list_keys() == [RECORD]


def test_a_key_comes_back_as_it_was(keys: KeyStore) -> None:
    plain = replace(
        RECORD,
        principal=replace(PRINCIPAL, key_id="11111111", roles=frozenset(), missions=frozenset(), default_mission=None),
        secret_hash=bytes([4]) * 32,
        weak=False,
        imported=False,
        created_at_ms=1,
    )
    keys.add_key(RECORD)
    keys.add_key(plain)
    assert keys.find_key(RECORD.secret_hash) == RECORD
    assert keys.get_key("11111111") == plain
    assert keys.list_keys() == [plain, RECORD]


def test_a_revocation_keeps_its_first_time(keys: KeyStore) -> None:
    keys.add_key(RECORD)
    keys.revoke_key("0a0b0c0d", 5)
    keys.revoke_key("0a0b0c0d", 9)
    found = keys.get_key("0a0b0c0d")
    assert found is not None
    assert found.revoked_at_ms == 5
    assert not found.works


def test_scopes_do_not_see_each_others_keys(store: Store, keys: KeyStore) -> None:
    keys.add_key(RECORD)
    assert store.keys(99).list_keys() == []
    assert store.keys(99).find_key(RECORD.secret_hash) is None
