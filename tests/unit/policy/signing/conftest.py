"""A vendor and an operator, and the versions of their agreement."""

from pathlib import Path

import pytest

from tests.benchmarks.attack_scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Keys of both parties, and version 1 of their agreement accepted."""
    return Scene(tmp_path)
