"""Every attack on proofs is refused by the provers, each with its own code; a sound agreement is proved."""

import pytest

from brightline.domain.errors import BrightlineError
from tests.benchmarks.attack_proofs import PROOFS, sound
from tests.benchmarks.attack_scene import Attack, Scene, codes

pytest.importorskip("z3", reason="the solvers are not installed")
pytest.importorskip("cvc5", reason="the solvers are not installed")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("scene"))


@pytest.mark.parametrize("attack", PROOFS, ids=lambda attack: f"{attack.group}: {attack.name}")
def test_an_attack_is_refused_with_its_own_code(attack: Attack, scene: Scene) -> None:
    with pytest.raises(BrightlineError) as refused:
        attack.run(scene)
    assert set(codes(refused.value)) == {attack.code}


def test_a_sound_agreement_is_proved(scene: Scene) -> None:
    assert sound(scene)
