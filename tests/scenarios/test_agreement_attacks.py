"""Every attack on signatures, manifests, certificates and statements is refused, each with its own code."""

import pytest

from brightline.domain.errors import BrightlineError
from tests.benchmarks.attack_scene import ADDED, Attack, Scene, codes
from tests.benchmarks.attack_table import ATTACKS


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("scene"))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.group}: {attack.name}")
def test_an_attack_is_refused_with_its_own_code(attack: Attack, scene: Scene) -> None:
    with pytest.raises(BrightlineError) as refused:
        attack.run(scene)
    assert set(codes(refused.value)) == {attack.code}


def test_what_is_in_order_is_accepted(scene: Scene) -> None:
    assert scene.both(scene.draft()).how == "all-parties"
    assert scene.offer(scene.signed(scene.draft(files=ADDED), scene.vendor)).how == "tightening"
