"""The effector check of a release with two statements, beside the signatures and the proof it cannot do without."""

import hashlib
import statistics
from collections.abc import Callable, Mapping
from typing import Any, cast

from brightline.crypto.merkle import leaf_hash
from brightline.crypto.note import Verifier
from brightline.crypto.signatures import VerifyingKey
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.sign_off.canonical import canonical
from brightline.oversight.effector import Action, ReleaseCheck
from brightline.testing.sign_off import ANNA, NOW_MS, TOOL, Scene, make_scene
from tests.benchmarks.harness import Bar, BenchResult, Control, Options, calibrate, cpu_ms

BAR = 3.0
RELEASES = 20


def _scenes() -> list[Scene]:
    """Releases of different actions by the same two people: one signs with a passkey, one with a file."""
    return [make_scene(arguments={"latitude": 52.0907, "longitude": 5.1214, "n": n}) for n in range(RELEASES)]


def _check(scenes: list[Scene], check: ReleaseCheck) -> Callable[[], None]:
    given = [
        (scene.release.canonical, Action(TOOL, canonical(scene.binding.arguments), scene.binding.preconditions))
        for scene in scenes
    ]

    def once() -> None:
        for release, action in given:
            check.check(release, action, now_ms=NOW_MS)

    return once


def _needed(scenes: list[Scene]) -> Callable[[], None]:
    """What no check can do without: of each release one Ed25519 signature, one of P-256, and its proof, one by one."""
    passkey, gateway = (VerifyingKey(key.public) for key in (ANNA.key, scenes[0].gateway))
    logs = (Verifier.parse(scenes[0].whole_log.vkey),)
    given = []
    for scene in scenes:
        release, signature = scene.release, scene.statements[0].signature
        signed = signature.authenticator_data + hashlib.sha256(signature.client_data).digest()
        given.append((release.gateway.signature, release.tagged, signature.value, signed, release.hold_entry))

    def once() -> None:
        for ed25519, tagged, p256, signed, entry in given:
            gateway.verify(ed25519, tagged)
            passkey.verify(p256, signed)
            TlogProof.parse(entry.proof).verify(leaf_hash(entry.leaf), logs)

    return once


def _unremembered(scene: Scene, times: int) -> ReleaseCheck:
    """A check that verifies the directory's word `times` times for every release and remembers none of it."""
    check = _of(scene)
    trusted = cast("Any", check)._trusted

    def every_time(signed: object) -> None:
        for _ in range(times):
            trusted._verify_assertion(signed)

    trusted._check_assertion = every_time
    return check


def _of(scene: Scene) -> ReleaseCheck:
    listed = scene.revocations.canonical
    return ReleaseCheck(scene.bundle, revocations=lambda: listed)


def run(options: Options) -> BenchResult:
    """Measure; all in turn, and the median of the rounds' ratios counts: a busy machine slows both sides of one."""
    scenes = _scenes()
    first = scenes[0]
    actions: Mapping[str, Callable[[], None]] = {
        "check": _check(scenes, _of(first)),
        "needed": _needed(scenes),
        "unremembered": _check(scenes, _unremembered(first, 1)),
        "control": _check(scenes, _unremembered(first, 10)),
    }
    rounds: dict[str, list[float]] = {name: [] for name in actions}
    calibration = calibrate()
    for _ in range(30 if options.quick else 300):
        for name, action in actions.items():
            rounds[name].append(cpu_ms(action) * 1000 / RELEASES)
    needed = rounds["needed"]
    over = {
        name: statistics.median([taken / least for taken, least in zip(rounds[name], needed, strict=True)])
        for name in actions
    }
    return BenchResult(
        bars=[Bar("check of two statements / (Ed25519 + P-256 + proof)", over["check"], BAR, "times")],
        controls=[
            Control(
                "roles verified ten times and not remembered",
                over["control"] > BAR,
                f"{over['control']:.2f} times",
            )
        ],
        notes=[
            calibration.line(),
            f"check {min(rounds['check']):.0f} us; one Ed25519, one P-256 and one proof {min(needed):.0f} us",
            f"roles verified for every release: {over['unremembered']:.2f} times",
            f"a release has {len(first.release.canonical):,} bytes",
        ],
        noisy=calibration.noisy,
    )
