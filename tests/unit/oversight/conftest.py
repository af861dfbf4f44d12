"""Holds over a real store in a fresh directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.oversight.rig import Rig, make_rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = make_rig(tmp_path)
    yield made
    made.store.abandon()
