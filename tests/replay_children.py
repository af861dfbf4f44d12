"""Machines as real processes: many at once on one release, and machines that are killed at each step.

`python -m tests.replay_children swarm DIR COUNT threads|processes [FAULT]` and `… kills DIR [FAULT]` print one JSON
object. The children are forked here, in a process of its own with one thread, so that starting 64 takes no time.
"""

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from brightline.oversight.effector import Effector, EffectorError
from brightline.oversight.replay_store import DirectoryReplayStore, Disk
from brightline.testing.sign_off import HOUR_MS, NOW_MS
from tests.replay_model import FAULTY, Fault, FaultyDisk, Sample, samples, scenes

# The steps of one action at the disk: three of the clock, six of consuming, three of the end.
STEPS = 12
STOPS = tuple(Fault(at, kind) for at in range(STEPS) for kind in ("before", "amid", "after"))
# And in the action itself, which is no step of the disk.
IN_ACTION = (Fault(-1, "before"), Fault(-1, "after"))
ALL_STOPS = (*STOPS, *IN_ACTION)
_UNKNOWN_STATUS = 99


class KillingDisk(FaultyDisk):
    """Kills its own process at the step."""

    def stop(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Audience:
    """One audience in a directory: its store, and a file that gets one byte each time the action runs."""

    def __init__(self, directory: Path, fault: str = "") -> None:
        self.store, self.out = directory / "store", directory / "ran"
        kinds: Any = FAULTY[fault] if fault else {}
        self.make_store = kinds.get("make_store", DirectoryReplayStore)
        self.make_effector = kinds.get("make_effector", Effector)
        self.out.touch()
        self.make_store(self.store, clock_ms=lambda: NOW_MS - 2 * HOUR_MS)

    def machine(self, disk: Disk | None = None) -> Effector:
        scene = scenes()[0]
        store = self.make_store(self.store, clock_ms=lambda: NOW_MS, disk=disk)
        listed = scene.revocations.canonical
        effector: Effector = self.make_effector(
            scene.bundle, store, revocations=lambda: listed, clock_ms=lambda: NOW_MS, signer=scene.effector
        )
        return effector

    def run(self) -> None:
        """The action: one byte, in one write."""
        descriptor = os.open(self.out, os.O_WRONLY | os.O_APPEND)
        os.write(descriptor, b"x")
        os.close(descriptor)

    def run_and_stop(self) -> None:
        """The action, and the end of its process."""
        self.run()
        KillingDisk().stop()

    def attempt(self, disk: Disk | None = None, run: Callable[[], None] | None = None) -> str:
        """What one attempt comes to: an outcome, or the code of the refusal."""
        sample: Sample = samples()[0]
        try:
            return self.machine(disk).act(sample.whole, sample.action, run or self.run).receipt.outcome
        except EffectorError as error:
            return error.code

    def attempt_and_stop(self, stop: Fault) -> None:
        """One attempt by a machine that is killed at `stop`."""
        disk = KillingDisk()
        if stop not in IN_ACTION:
            disk.arm(stop)
            self.attempt(disk)
        elif stop.kind == "before":
            self.attempt(run=disk.stop)
        else:
            self.attempt(run=self.run_and_stop)

    @property
    def ran(self) -> int:
        return self.out.stat().st_size


def _make_ready() -> None:
    """Sign everything once, before there are children."""
    samples()
    assert scenes()[0].bundle
    assert scenes()[0].revocations.canonical


def swarm(directory: Path, count: int, kind: str, fault: str = "") -> dict[str, object]:
    """`count` machines that are let go at the same moment on one release."""
    _make_ready()
    audience = Audience(directory, fault)
    said = _threads(audience, count) if kind == "threads" else _processes(audience, count)
    return {"ran": audience.ran, "said": dict(Counter(said))}


def _threads(audience: Audience, count: int) -> list[str]:
    said: list[str] = []
    gate = threading.Barrier(count)

    def one() -> None:
        gate.wait()
        said.append(audience.attempt())

    started = [threading.Thread(target=one) for _ in range(count)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return said


def _processes(audience: Audience, count: int) -> list[str]:
    gate, opener = os.pipe()
    results, told = os.pipe()
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            os.close(opener)
            os.read(gate, 1)  # ends when the parent closes the other end
            _leave(lambda: os.write(told, f"{audience.attempt()}\n".encode()))
        children.append(child)
    os.close(opener)
    for child in children:
        os.waitpid(child, 0)
    os.close(told)
    with os.fdopen(results) as said:
        return said.read().split()


def _leave(action: Callable[[], object]) -> None:
    """Do `action` and end this child, whatever comes of it."""
    status = _UNKNOWN_STATUS
    try:
        action()
        status = 0
    finally:
        os._exit(status)


def kills(directory: Path, fault: str = "") -> dict[str, object]:
    """A machine killed at each step; then another one that recovers and tries the same release again."""
    _make_ready()
    return {"stories": list(_stories(directory, fault))}


def _kill(audience: Audience, stop: Fault) -> bool:
    """Let a machine be killed at `stop`; whether it was."""
    child = os.fork()
    if child == 0:
        _leave(lambda: audience.attempt_and_stop(stop))
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _stories(directory: Path, fault: str) -> Iterator[dict[str, object]]:
    for number, stop in enumerate(ALL_STOPS):
        place = directory / str(number)
        place.mkdir()
        audience = Audience(place, fault)
        killed = _kill(audience, stop)
        first = audience.ran
        recovered = [signed.receipt.outcome for signed in audience.machine().recover()]
        yield {
            "at": stop.at,
            "kind": stop.kind,
            "killed": killed,
            "first": first,
            "recovered": recovered,
            "second": audience.attempt(),
            "ran": audience.ran,
        }


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[0] == "swarm":
        print(json.dumps(swarm(Path(words[1]), int(words[2]), words[3], *words[4:])))
    else:
        print(json.dumps(kills(Path(words[1]), *words[2:])))
