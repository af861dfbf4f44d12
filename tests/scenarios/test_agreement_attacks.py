"""Every attack on signatures, manifests, certificates and statements is refused, each with its own code."""

from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from tests.benchmarks.attack_scene import Attack, Scene, codes
from tests.benchmarks.attack_table import ATTACKS


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.group}: {attack.name}")
def test_an_attack_is_refused_with_its_own_code(attack: Attack, tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    with pytest.raises(BrightlineError) as refused:
        attack.run(scene)
    assert set(codes(refused.value)) == {attack.code}


def test_what_is_in_order_is_accepted(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    assert scene.both(scene.draft()).how == "all-parties"
