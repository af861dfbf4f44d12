"""A vendor and an operator, and the versions of their agreement."""

import pytest

from tests.benchmarks.attack_scene import Scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Keys of both parties, and version 1 of their agreement accepted; each version gets a directory of its own."""
    return Scene(tmp_path_factory.mktemp("scene"))
