import pytest

from brightline.identity import CredentialError, KeyRefusedError, Keyring, NewKey
from brightline.identity import service as service_module

STRONG = "q7Zp0rT4mX9sLk2Vb8Nc6Wd1Fg5Hj3Ya"


def headers(secret: str) -> list[tuple[str, str]]:
    return [("host", "gate"), ("authorization", f"Bearer {secret}")]


def issue(keyring: Keyring, grant: NewKey) -> tuple[str, str]:
    drafted = keyring.draft(grant, created_by="root")
    keyring.keep(drafted)
    assert drafted.secret is not None
    return drafted.record.key_id, drafted.secret.text


def test_unknown_revoked_and_malformed_keys_read_the_same(keyring: Keyring, grant: NewKey) -> None:
    key_id, secret = issue(keyring, grant)
    keyring.revoke(key_id)
    texts = set()
    for bad in (secret, "bl_00000000_" + "A" * 43, "x", "two words"):
        with pytest.raises(CredentialError) as caught:
            keyring.authenticate(headers(bad))
        texts.add((str(caught.value), caught.value.hint, caught.value.status))
        assert bad not in str(caught.value)
    assert len(texts) == 1


def test_a_revoked_key_fails_on_the_next_request_though_it_was_remembered(keyring: Keyring, grant: NewKey) -> None:
    key_id, secret = issue(keyring, grant)
    assert keyring.authenticate(headers(secret)).name == "ana"
    keyring.revoke(key_id)
    with pytest.raises(CredentialError):
        keyring.authenticate(headers(secret))


def test_a_store_that_fails_in_the_middle_of_a_revocation_leaves_nothing_remembered(store, keyring, grant) -> None:
    key_id, secret = issue(keyring, grant)
    keyring.authenticate(headers(secret))
    store.broken = True
    with pytest.raises(OSError, match="disk gone"):
        keyring.revoke(key_id)
    looked_up = store.looked_up
    keyring.authenticate(headers(secret))
    assert store.looked_up == looked_up + 1


def test_a_key_only_drafted_does_not_work(keyring: Keyring, grant: NewKey) -> None:
    drafted = keyring.draft(grant, created_by="root")
    assert drafted.secret is not None
    with pytest.raises(CredentialError):
        keyring.authenticate(headers(drafted.secret.text))


def test_a_verified_key_is_looked_up_once_until_any_key_changes(store, keyring, grant) -> None:
    _, secret = issue(keyring, grant)
    generation = keyring.generation
    for _ in range(5):
        keyring.authenticate(headers(secret))
    assert store.looked_up == 1
    issue(keyring, grant)
    assert keyring.generation == generation + 1
    keyring.authenticate(headers(secret))
    assert store.looked_up == 2


def test_an_entry_of_an_older_generation_is_not_believed(store, keyring, grant, monkeypatch) -> None:
    _, secret = issue(keyring, grant)
    keyring.authenticate(headers(secret))
    monkeypatch.setattr(keyring, "_generation", keyring.generation + 1)
    keyring.authenticate(headers(secret))
    assert store.looked_up == 2


def test_memory_is_bounded(store, keyring, grant, monkeypatch) -> None:
    monkeypatch.setattr(service_module, "MOST_REMEMBERED", 2)
    secrets = [issue(keyring, grant)[1] for _ in range(3)]
    for secret in secrets:
        keyring.authenticate(headers(secret))
    keyring.authenticate(headers(secrets[2]))
    assert store.looked_up == 3
    keyring.authenticate(headers(secrets[0]))
    assert store.looked_up == 4


def test_a_row_under_a_wrong_hash_does_not_verify(store, keyring, grant, monkeypatch) -> None:
    _, secret = issue(keyring, grant)
    other = keyring.draft(grant, created_by="root").record
    monkeypatch.setattr(store, "find_key", lambda secret_hash: other)
    with pytest.raises(CredentialError):
        keyring.authenticate(headers(secret))


def test_the_store_holds_no_secret(store, keyring, grant) -> None:
    _, secret = issue(keyring, grant)
    row = next(iter(store.rows.values()))
    assert secret not in repr(row)
    assert secret.encode() not in row.secret_hash
    assert len(row.secret_hash) == 32
    assert row.created_by == "root"


def test_imports_a_secret_and_refuses_it_twice(keyring: Keyring, grant: NewKey) -> None:
    drafted = keyring.draft_import(grant, STRONG, weak=False, created_by="root")
    assert drafted.secret is None
    assert drafted.record.imported
    keyring.keep(drafted)
    assert keyring.authenticate(headers(STRONG)).key_id == drafted.record.key_id
    keyring.revoke(drafted.record.key_id)
    with pytest.raises(KeyRefusedError) as caught:
        keyring.draft_import(grant, STRONG, weak=False, created_by="root")
    assert caught.value.code == "identity/secret-in-use"


def test_a_weak_import_says_so(keyring: Keyring, grant: NewKey) -> None:
    with pytest.raises(KeyRefusedError):
        keyring.draft_import(grant, "short", weak=False, created_by="root")
    drafted = keyring.draft_import(grant, "short", weak=True, created_by="root")
    keyring.keep(drafted)
    assert keyring.verify(headers("short")).weak


def test_refuses_to_revoke_an_unknown_key_and_revokes_once(keyring: Keyring, grant: NewKey) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        keyring.revoke("ffffffff" * 100)
    assert caught.value.code == "identity/unknown-key"
    assert len(caught.value.message) < 60
    key_id, _ = issue(keyring, grant)
    assert keyring.revoke(key_id).revoked_at_ms == 1_700_000_000_000
    with pytest.raises(KeyRefusedError) as caught:
        keyring.revoke(key_id)
    assert caught.value.code == "identity/key-already-revoked"


def test_a_key_revoked_while_it_is_looked_up_is_not_remembered(store, keyring, grant, monkeypatch) -> None:
    key_id, secret = issue(keyring, grant)
    find = store.find_key

    def slow_find(secret_hash: bytes):
        record = find(secret_hash)
        keyring.revoke(key_id)
        return record

    monkeypatch.setattr(store, "find_key", slow_find)
    keyring.authenticate(headers(secret))
    monkeypatch.setattr(store, "find_key", find)
    with pytest.raises(CredentialError):
        keyring.authenticate(headers(secret))


def test_ids_are_not_used_twice(store, grant) -> None:
    ids = iter([b"\x01" * 4, bytes(range(32)), b"\x01" * 4, b"\x02" * 4, bytes(range(1, 33))])
    keyring = Keyring(store, pepper=bytes(32), random=lambda count: next(ids), clock_ms=lambda: 5)
    assert [issue(keyring, grant)[0] for _ in range(2)] == ["01010101", "02020202"]


def test_lists_keys_and_missions_with_the_revoked_ones(keyring: Keyring, grant: NewKey) -> None:
    key_id, _ = issue(keyring, grant)
    keyring.revoke(key_id)
    assert [(record.key_id, record.works) for record in keyring.records()] == [(key_id, False)]
    assert keyring.missions() == {"flood-relief", "harbour-watch"}
