"""A model of one audience, its machines and their replay store, in which everything goes wrong that we know of.

Machines stop before, in the middle of and after each thing they do to the disk; disks refuse; clocks move; stores are
backed up, restored (whole, or file by file under running machines), copied and deleted; some releases lack a signature.
What must hold: nothing runs without its quorum, nothing runs twice, and no two receipts contradict each other.

LIMIT: the clock is not behind while the store is replaced (see `replay_store`).
"""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.receipt import SignedReceipt
from brightline.oversight.effector import Action, Begun, Effector, EffectorError
from brightline.oversight.replay_store import DirectoryReplayStore, Disk, Epoch, _Head, _read
from brightline.testing.sign_off import HOUR_MS, MINUTE_MS, NOW_MS, TOOL, Scene, make_scene

# When the windows open: two at once, then so that each overlaps others, and some after a new store is old enough.
OPENINGS = (0, 0, 0, 5, 5, 10, 20, 30, 45, 60, 62, 65, 70, 75, 80, 95, 130, 140)
KINDS = ("before", "amid", "after", "ENOSPC", "EIO")
MOST_STEPS = 24  # of the disk, for one action: more than there are


class Stopped(BaseException):
    """The machine stopped: nothing that follows in its process happens."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One action with its release, whole or with a signature missing."""

    nonce: str
    action: Action
    whole: bytes
    lacking: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the disk's step `at`: a stop `before`, `amid` or `after` it, or the error number `error`."""

    at: int
    kind: str


@cache
def scenes() -> tuple[Scene, ...]:
    return tuple(_scene(number, minutes) for number, minutes in enumerate(OPENINGS))


def _scene(number: int, minutes: int) -> Scene:
    name = hashlib.sha256(b"action %d" % number).hexdigest()[:32]
    return make_scene(now_ms=NOW_MS + minutes * MINUTE_MS, nonce=name, hold=name, arguments={"number": number})


@cache
def samples() -> tuple[Sample, ...]:
    return tuple(
        Sample(
            scene.binding.nonce,
            Action(TOOL, canonical(scene.binding.arguments), scene.binding.preconditions),
            scene.release.canonical,
            scene.sign_release(statements=scene.statements[:1]).canonical,
        )
        for scene in scenes()
    )


class FaultyDisk(Disk):
    """A disk that stops the machine, or refuses, at one step; it does not wait for the platter."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.step = 0

    def arm(self, fault: Fault | None) -> None:
        self.fault, self.step = fault, 0

    def stop(self) -> None:
        raise Stopped

    def _do(self, action: Callable[[], None], amid: Callable[[], None] | None = None) -> None:
        fault = self.fault if self.fault is not None and self.fault.at == self.step else None
        self.step += 1
        if fault is None:
            action()
        elif fault.kind in ("ENOSPC", "EIO"):
            raise OSError(getattr(errno, fault.kind), os.strerror(getattr(errno, fault.kind)))
        elif fault.kind == "amid" and amid is not None:
            amid()
            self.stop()
        elif fault.kind == "after":
            action()
            self.stop()
        else:
            self.stop()

    def write(self, path: Path, data: bytes) -> None:
        def part(size: int) -> None:
            path.unlink(missing_ok=True)
            path.write_bytes(data[:size])

        self._do(lambda: part(len(data)), lambda: part(len(data) // 2))

    def link(self, path: Path, name: Path) -> None:
        self._do(lambda: super(FaultyDisk, self).link(path, name))

    def replace(self, path: Path, name: Path) -> None:
        self._do(lambda: super(FaultyDisk, self).replace(path, name))

    def sync(self, directory: Path) -> None:
        self._do(lambda: None)


class Machine:
    """One process of the audience, on one store."""

    def __init__(self, model: "ReplayModel") -> None:
        self.disk = FaultyDisk()
        self.store = model.make_store(model.store, clock_ms=model.clock_ms, disk=self.disk)
        bundle, listed = scenes()[0].bundle, scenes()[0].revocations.canonical
        self.effector = model.make_effector(
            bundle, self.store, revocations=lambda: listed, clock_ms=model.clock_ms, signer=scenes()[0].effector
        )


class ReplayModel(RuleBasedStateMachine):
    """The rules; a subclass puts another store or another effector into the machines, to see that it is caught."""

    make_store: Callable[..., DirectoryReplayStore] = DirectoryReplayStore
    make_effector: Callable[..., Effector] = Effector

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="replay-"))
        self.store = self.folder / "store-0"
        self.stores = 1
        self.true_ms = NOW_MS - 2 * HOUR_MS
        self.offset_ms = 0
        self.machines: list[Machine | None] = []
        self.backups: list[Path] = []
        self.ran: Counter[str] = Counter()
        self.wrong = ""
        self.receipts: dict[tuple[str, int], tuple[str, str]] = {}

    def clock_ms(self) -> int:
        return self.true_ms + self.offset_ms

    @initialize(replicas=st.integers(1, 3))
    def begin(self, replicas: int) -> None:
        self.machines = [Machine(self) for _ in range(replicas)]
        self.true_ms = NOW_MS

    def teardown(self) -> None:
        for at in range(len(self.machines)):
            self._stop(at)
        shutil.rmtree(self.folder)

    # What machines do.

    @rule(
        at=st.integers(0, 2),
        number=st.integers(0, 9),
        lacking=st.sampled_from((False, False, False, True)),
        fault=st.none() | st.builds(Fault, st.integers(0, MOST_STEPS), st.sampled_from(KINDS)),
        inside=st.sampled_from(("", "", "stop before", "stop after", "another tries")),
    )
    def act_while_things_fail(self, at: int, number: int, lacking: bool, fault: Fault | None, inside: str) -> None:
        self._act(at, self._sample(number), lacking=lacking, fault=fault, inside=inside)

    @rule(at=st.integers(0, 2), number=st.integers(0, 9))
    def act(self, at: int, number: int) -> None:
        self._act(at, self._sample(number))

    @precondition(lambda self: self.ran)
    @rule(at=st.integers(0, 2), number=st.integers(0, 9), any_time=st.booleans())
    def replay(self, at: int, number: int, any_time: bool) -> None:
        """What ran is tried again, while its window is open if there is such a one."""
        ran = [sample for sample in samples() if sample.nonce in self.ran]
        still = [sample for sample in ran if sample.nonce in {each.nonce for each in self._open()}]
        tried = ran if any_time or not still else still
        self._act(at, tried[number % len(tried)])

    def _open(self) -> list[Sample]:
        """Those whose window is open by the machines' clock, and which could be used."""
        now_ms = self.clock_ms()
        windows = [(scene.binding.not_before_ms, scene.binding.not_after_ms) for scene in scenes()]
        return [each for each, (first, last) in zip(samples(), windows, strict=True) if first <= now_ms < last]

    def _sample(self, number: int) -> Sample:
        among = self._open() or samples()
        return among[number % len(among)]

    def _act(
        self, at: int, sample: Sample, *, lacking: bool = False, fault: Fault | None = None, inside: str = ""
    ) -> None:
        at %= len(self.machines)
        machine = self._running(at)
        if machine is None:
            return

        def run() -> None:
            if inside == "stop before":
                raise Stopped
            if inside == "another tries":
                self._another(at, sample)
            self._runs(sample, lacking=lacking)
            if inside == "stop after":
                raise Stopped

        machine.disk.arm(fault)
        try:
            self._keep(machine.effector.act(sample.lacking if lacking else sample.whole, sample.action, run))
            event("ended")
        except Stopped:
            self._stop(at)
        except EffectorError as error:
            event(error.code)
        machine.disk.arm(None)
        # Not raised where it is seen: what goes wrong inside of an action is an outcome for the effector.
        assert not self.wrong, self.wrong

    def _runs(self, sample: Sample, *, lacking: bool) -> None:
        self.ran[sample.nonce] += 1
        if lacking:
            self.wrong = "it ran without its quorum"
        elif self.ran[sample.nonce] > 1:
            self.wrong = "it ran twice"

    def _another(self, at: int, sample: Sample) -> None:
        other = self._running((at + 1) % len(self.machines))
        if other is not None:
            with contextlib.suppress(EffectorError):
                other.effector.act(sample.whole, sample.action, lambda: self._runs(sample, lacking=False))

    @rule(at=st.integers(0, 2))
    def restart(self, at: int) -> None:
        at %= len(self.machines)
        self._stop(at)
        machine = self._running(at)
        if machine is not None:
            for signed in machine.effector.recover():
                self._keep(signed)

    def _keep(self, signed: SignedReceipt) -> None:
        receipt = signed.receipt
        key, said = (receipt.store_epoch, receipt.sequence), (receipt.binding, receipt.outcome)
        assert self.receipts.setdefault(key, said) == said, "two receipts under one number say different things"

    def _running(self, at: int) -> Machine | None:
        """The machine, started if it is not; none where its store refuses."""
        if self.machines[at] is None:
            try:
                self.machines[at] = Machine(self)
            except EffectorError as error:
                event(f"no start: {error.code}")
        return self.machines[at]

    def _stop(self, at: int) -> None:
        machine = self.machines[at]
        if machine is not None:
            machine.store.close()
        self.machines[at] = None

    # What the world does.

    @rule(minutes=st.sampled_from((1, 5, 14, 30, 65)))
    def time_passes(self, minutes: int) -> None:
        self.true_ms += minutes * MINUTE_MS

    @rule(minutes=st.sampled_from((-70, -10, -1, 0, 0, 10)))
    def clock_moves(self, minutes: int) -> None:
        """A clock that goes back finds a store that was looked at since it was replaced."""
        if minutes < 0:
            try:
                self.make_store(self.store, clock_ms=self.clock_ms, disk=FaultyDisk())
            except EffectorError:
                return
        self.offset_ms = minutes * MINUTE_MS

    @precondition(lambda self: self.store.exists())
    @rule()
    def back_up(self) -> None:
        copy = self.folder / f"backup-{len(self.backups)}"
        shutil.copytree(self.store, copy)
        self.backups.append(copy)

    @precondition(lambda self: self.offset_ms >= 0 and self.store.exists())
    @rule(
        how=st.sampled_from(("restore", "restore files", "restore files in place", "copy", "delete", "remove one")),
        which=st.integers(0, 9),
        stopped=st.booleans(),
        rarely=st.integers(0, 2),
    )
    def replace_the_store(self, how: str, which: int, stopped: bool, rarely: int) -> None:
        """Not as often as all else, since a new store does nothing for a while."""
        if rarely:
            return
        if stopped or how == "copy":
            self._stop_all()
        self._let_time_be_seen()
        if how == "copy":
            self._move_to_a_copy()
        elif how == "delete":
            shutil.rmtree(self.store)
        elif how == "remove one":
            self._remove_one(which)
        elif self.backups:
            backup = self.backups[which % len(self.backups)]
            if how == "restore":
                shutil.rmtree(self.store)
                shutil.copytree(backup, self.store)
            else:
                _restore_files(backup, self.store, inplace=how == "restore files in place")

    def _move_to_a_copy(self) -> None:
        """The audience goes on with a copy; what it was copied from is never used again."""
        copy = self.folder / f"store-{self.stores}"
        self.stores += 1
        shutil.copytree(self.store, copy)
        self.store = copy

    def _remove_one(self, which: int) -> None:
        names = sorted(self.store.glob("used/*"))
        if names:
            names[which % len(names)].unlink()

    def _stop_all(self) -> None:
        for at in range(len(self.machines)):
            self._stop(at)

    def _let_time_be_seen(self) -> None:
        """Wait for the next tick of the file system's clock: no hand is faster than that."""
        probe = self.folder / "probe"
        probe.touch()
        before = probe.stat().st_ctime_ns
        while probe.stat().st_ctime_ns == before:
            probe.touch()


def _restore_files(backup: Path, store: Path, *, inplace: bool) -> None:
    """As `rsync --delete` does it: what is the same is left alone, what is not in the backup is removed."""
    for path in [path for path in store.rglob("*") if path.is_file()]:
        if not (backup / path.relative_to(store)).exists():
            path.unlink()
    for path in [path for path in backup.rglob("*") if path.is_file()]:
        _bring(path, store / path.relative_to(backup), inplace=inplace)


def _bring(path: Path, place: Path, *, inplace: bool) -> None:
    data = path.read_bytes()
    if place.exists() and place.read_bytes() == data:
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not inplace:
        place.unlink(missing_ok=True)
    place.write_bytes(data)


# Stores and effectors with a fault of their own, which the model must find.


class ForgetfulStore(DirectoryReplayStore):
    """Takes a nonce that is there already, as without `link` or `O_EXCL`."""

    def _refuse_used(self, nonce: str) -> None:
        (self._used / nonce).unlink(missing_ok=True)


class ForgivingStore(DirectoryReplayStore):
    """Begins again what was begun and never ended."""

    def _refuse_used(self, nonce: str) -> None:
        if (self._ended / nonce).exists():
            super()._refuse_used(nonce)
        (self._used / nonce).unlink(missing_ok=True)


class AgelessStore(DirectoryReplayStore):
    """Does not ask when its epoch began."""

    def begin(self, nonce: str, binding: str, *, now_ms: int, made_by_ms: int) -> Begun:
        return super().begin(nonce, binding, now_ms=now_ms, made_by_ms=2**53)


class TrustingStore(DirectoryReplayStore):
    """Does not see that it was copied, restored or changed."""

    def _state(self, now_ms: int) -> tuple[Epoch, Any]:
        try:
            return _read(self._path / "epoch", Epoch), _read(self._path / "head", _Head)
        except (FileNotFoundError, ValueError):
            return self._renew(now_ms)


class LateEffector(Effector):
    """Acts, and consumes afterwards."""

    def act(self, release: bytes, action: Action, run: Callable[[], None]) -> SignedReceipt:
        self.check(release, action)
        run()
        return super().act(release, action, lambda: None)


class LaxEffector(Effector):
    """Does not count who signed."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        cast("Any", self._check)._check_quorum = lambda *_: None


FAULTY: Mapping[str, Mapping[str, object]] = {
    "takes a nonce twice": {"make_store": ForgetfulStore},
    "begins again what never ended": {"make_store": ForgivingStore},
    "does not ask how old the store is": {"make_store": AgelessStore},
    "does not see that the store was replaced": {"make_store": TrustingStore},
    "consumes after acting": {"make_effector": LateEffector},
    "does not count who signed": {"make_effector": LaxEffector},
}


def model(name: str = "") -> type[ReplayModel]:
    """The model, or the model with the fault of this name in it."""
    return (
        type("ReplayModelOf" + name.title().replace(" ", ""), (ReplayModel,), dict(FAULTY[name]))
        if name
        else ReplayModel
    )
