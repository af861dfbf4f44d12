"""Named values."""

from brightline.storage import Shard, Store


def test_a_value_replaces_the_one_before_in_its_scope_only(store: Store, shard: Shard) -> None:
    settings = store.settings(shard.scope)
    assert settings.get("name") is None
    settings.set("name", b"one")
    settings.set("name", b"two")
    assert settings.get("name") == b"two"
    assert store.settings(99).get("name") is None
