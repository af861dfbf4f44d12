"""Every attack on an agreement, run through the real reading and acceptance: refused, each with its own code.

Controls: what is in order is accepted, a tightening by one party among it; and with one of each party taken out of
the acceptance (signatures counted over all keys together, as a threshold does), the party that signs with two keys
gets through, so that this bench would see it.
"""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest.mock import patch

from brightline.domain.errors import BrightlineError
from brightline.policy.signing import counting
from tests.benchmarks.attack_parties import two_keys_of_one
from tests.benchmarks.attack_proofs import PROOFS, sound
from tests.benchmarks.attack_scene import ADDED, Attack, Scene, codes
from tests.benchmarks.attack_table import ATTACKS
from tests.benchmarks.harness import Bar, BenchResult, Control, Options

PASSED = "passed"


def outcome(attack: Attack, scene: Scene) -> str:
    """The codes by which `attack` was refused, or `passed`."""
    try:
        attack.run(scene)
    except BrightlineError as error:
        return " ".join(sorted(set(codes(error))))
    return PASSED


def _in_order(scene: Scene) -> str:
    try:
        return scene.both(scene.draft()).how
    except BrightlineError as error:
        return error.code


def _of_all_keys(parties: Iterable[object], signers: Iterable[counting.Signer]) -> tuple[str, ...]:
    """Two signatures by whatever keys, as a threshold of two over all keys counts them."""
    return () if len(list(signers)) >= 2 else ("somebody",)


def _tightened(scene: Scene) -> str:
    try:
        return scene.offer(scene.signed(scene.draft(files=ADDED), scene.vendor)).how
    except BrightlineError as error:
        return error.code


def _plain_threshold(scene: Scene) -> str:
    with patch("brightline.policy.signing.acceptance.missing_of", _of_all_keys):
        try:
            return scene.offer(two_keys_of_one(scene)).how
        except BrightlineError as error:
            return error.code


def _proved(scene: Scene) -> str:
    try:
        sound(scene)
    except BrightlineError as error:
        return error.code
    return "proved"


def _fresh(act: Callable[[Scene], str]) -> str:
    with tempfile.TemporaryDirectory() as place:
        return act(Scene(Path(place)))


def run(options: Options) -> BenchResult:
    """Run every attack on a scene of its own; `quick` leaves out those that ask the solvers."""
    attacks = [*ATTACKS, *(() if options.quick else PROOFS)]
    rows = [(attack, _fresh(lambda scene, attack=attack: outcome(attack, scene))) for attack in attacks]  # type: ignore[misc]
    right = sum(found == attack.code for attack, found in rows)
    ordered, doubled, tightened = _fresh(_in_order), _fresh(_plain_threshold), _fresh(_tightened)
    proved = "" if options.quick else _fresh(_proved)
    wrong = [f"WRONG: {attack.group}: {attack.name}: {found}" for attack, found in rows if found != attack.code]
    table = [f"{attack.group:<36} {attack.name:<52} {found}" for attack, found in rows]
    return BenchResult(
        bars=[Bar(f"refused with their own code, of {len(rows)}", right, len(rows), "attacks", "high")],
        controls=[
            *([] if options.quick else [Control("a sound agreement and its proof", proved == "proved", proved)]),
            Control("an agreement that both signed", ordered == "all-parties", ordered),
            Control("a tightening by the party that may", tightened == "tightening", tightened),
            Control("one party's two keys, one of each taken out", doubled == "all-parties", doubled),
        ],
        notes=[*table, *wrong],
    )
