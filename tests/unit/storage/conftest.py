"""A store in a fresh directory, with one shard."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from brightline.storage import Shard, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, create=True)
    yield opened
    opened.abandon()


@pytest.fixture
def shard(store: Store) -> Shard:
    with store.database.transaction():
        return store.shards(agreement="pilot", enclave="field").add(number=1, origin="o", reason="", vkey="v")
