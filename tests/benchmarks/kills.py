"""200 SIGKILLs of the gateway, 200 of the ledger alone, 200 power losses: nothing acknowledged is lost or contradicted.

The control runs the same power losses over a store that does not sync: it must lose entries, or this proves nothing.
"""

import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from brightline.ledger.service import Ledger
from brightline.ledger.settings import Machine
from brightline.storage import FULL, OFF, Store
from brightline.storage.interpose import Interposed
from brightline.testing.faulty_vfs import PowerLossDisk, PowerLossFiles
from tests.benchmarks.crash_checks import SEED, Found, Witness, examine, intent, make_house, outcome, settings
from tests.benchmarks.gateway_kills import kill_gateway
from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.living import copy_living

ROOT = Path(__file__).resolve().parents[2]
KILLS, POWER_LOSSES = 200, 200
# Rounds on one house before a fresh one: long enough to recover over recoveries, short enough to check all of it.
_ROUNDS_A_HOUSE = 20
_IN_FLIGHT = 80
_OPERATIONS = 400
_CUTS_A_RUN = 10


def run(options: Options) -> BenchResult:
    """Kill, cut, check; the figures are counts, so a busy machine changes nothing."""
    rng = random.Random(20261122)
    kills, losses = (10, 10) if options.quick else (KILLS, POWER_LOSSES)
    gateway, killed = Found(), Found()
    least_calls = kill_gateway(gateway, kills, rng)
    least = kill(killed, kills, rng)
    cut, control = Found(), Found()
    lose_power(cut, losses, rng, synchronous=FULL)
    lose_power(control, max(10, losses // 10), rng, synchronous=OFF)
    return BenchResult(
        bars=[
            Bar("gateway: SIGKILLs", gateway.crashes, kills, "", "high"),
            Bar("gateway: calls in flight at a kill, fewest", least_calls, 64, "", "high"),
            *_bars("gateway", gateway),
            Bar("SIGKILLs", killed.crashes, kills, "", "high"),
            Bar("entries in flight at a kill, fewest", least, 64, "", "high"),
            *_bars("SIGKILL", killed),
            Bar("power losses", cut.crashes, losses, "", "high"),
            *_bars("power loss", cut),
        ],
        controls=[
            Control("power losses with synchronous=OFF", control.lost > 0, f"{control.lost} acknowledged entries lost")
        ],
        notes=[
            _note("gateway", gateway),
            _note("SIGKILL", killed),
            _note("power loss", cut),
            *gateway.faults[:5],
            *killed.faults[:5],
            *cut.faults[:5],
        ],
    )


def _bars(name: str, found: Found) -> list[Bar]:
    return [
        Bar(f"{name}: acknowledged entries", found.acknowledged, 1, "", "high"),
        Bar(f"{name}: signed checkpoints", found.checkpoints, 1, "", "high"),
        Bar(f"{name}: acknowledged entries lost", found.lost, 0, ""),
        Bar(f"{name}: signed checkpoints contradicted", found.forks, 0, ""),
        Bar(f"{name}: stores that would not open", found.refused, 0, ""),
        Bar(f"{name}: intents left open", found.left_open, 0, ""),
        Bar(f"{name}: directories that do not verify", found.unverified, 0, ""),
    ]


def _note(name: str, found: Found) -> str:
    held = f"{found.acknowledged} entries and {found.checkpoints} checkpoints looked for"
    return f"{name}: {found.crashes} crashes, {held}; {found.unheard} entries were durable and not yet acknowledged"


def kill(found: Found, times: int, rng: random.Random) -> int:
    """Kill a ledger `times` times at random moments; returns the fewest entries that were in flight."""
    least = sys.maxsize
    for start in range(0, times, _ROUNDS_A_HOUSE):
        house = Path(tempfile.mkdtemp(prefix="brightline-kills-"))
        witness = Witness()
        try:
            for _ in range(min(_ROUNDS_A_HOUSE, times - start)):
                least = min(least, _kill_once(house, witness, rng))
                asyncio.run(examine(house, witness, found))
        finally:
            shutil.rmtree(house)
    return least


def _kill_once(house: Path, witness: Witness, rng: random.Random) -> int:
    """One child, killed after a random while; what it told before it died goes to `witness`."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    command = [sys.executable, "-m", "tests.benchmarks.crash_child", str(house)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as child:
        assert child.stdout is not None
        told = [child.stdout.readline()]
        if told[0] != b"r\n":
            raise RuntimeError("the child did not start")
        told = [child.stdout.readline()]  # at least one line: all workers have handed in something by then
        wait_seconds = rng.uniform(0, 0.25)
        stop_at = time.monotonic() + wait_seconds
        while time.monotonic() < stop_at:
            told.append(child.stdout.readline())
        child.kill()
        told += child.stdout.readlines()
    in_flight = 0
    for line in told:
        if line.endswith(b"\n"):
            in_flight = _hear(line, witness) or in_flight
    return in_flight


def _hear(line: bytes, witness: Witness) -> int:
    """Take in one line; the number of entries in flight, where it tells that."""
    word, *rest = line.split()
    if word == b"f":
        return int(rest[0])
    if word == b"a":
        witness.acknowledged[int(rest[0])] = bytes.fromhex(rest[1].decode())
    elif word == b"c":
        witness.checkpoints.add(bytes.fromhex(rest[0].decode()))
    return 0


def lose_power(found: Found, times: int, rng: random.Random, *, synchronous: int) -> None:
    """Cut the power `times` times, several times in the life of each store, and examine what is left."""
    while found.crashes < times:
        with tempfile.TemporaryDirectory(prefix="brightline-power-") as folder:
            cuts = _one_life(Path(folder), min(_CUTS_A_RUN, times - found.crashes), rng, synchronous)
            for house, witness in cuts:
                asyncio.run(examine(house, witness, found))


def _one_life(folder: Path, cuts: int, rng: random.Random, synchronous: int) -> list[tuple[Path, Witness]]:
    """Run a ledger over a disk that remembers; at random operations, note what a power loss would leave."""
    house, witness = folder / "live", Witness()
    make_house(house)
    left: list[tuple[Path, Witness]] = []
    moments = set(rng.sample(range(1, _OPERATIONS), cuts))
    files = PowerLossFiles()

    def at_operation(number: int) -> None:
        if number not in moments:
            return
        known = Witness(dict(witness.acknowledged), set(witness.checkpoints))
        image = folder / f"cut-{number}"
        make_house(image)
        _cut_files(house, image, files, rng)
        disk.cut_power(image, rng)
        left.append((image, known))

    disk = PowerLossDisk(at_operation)
    layer = Interposed(f"power-{os.urandom(4).hex()}", disk)
    try:
        asyncio.run(_live(house, witness, layer.name, files, disk, synchronous))
    finally:
        layer.unregister()
    return left


def _cut_files(house: Path, image: Path, files: PowerLossFiles, rng: random.Random) -> None:
    """The public log and the anchor: only what was synced, or all that was written."""
    cut: Callable[[Path, Path], object] = files.cut_power
    if rng.random() < 0.5:
        cut = copy_living
    for name in ("log", "anchor"):
        (image / name).mkdir(exist_ok=True)
        if (house / name).exists():
            cut(house / name, image / name)


async def _live(
    house: Path, witness: Witness, vfs: str, files: PowerLossFiles, disk: PowerLossDisk, synchronous: int
) -> None:
    store = Store.open(house, create=True, vfs=vfs, synchronous=synchronous)
    # So that the power also goes while SQLite copies its log into the file.
    store.database.value("PRAGMA wal_autocheckpoint=40")
    loop = asyncio.get_running_loop()
    ledger = Ledger.open(store, seed=SEED, settings=settings(house), loop=loop, machine=Machine(files=files))
    blob = os.urandom(900)

    async def use() -> None:
        while disk.operations < _OPERATIONS:
            use_id = os.urandom(16)
            began = await ledger.append(intent(use_id, blob))
            witness.acknowledged[began.index] = began.leaf_hash
            ended = await ledger.append(outcome(use_id, began.index, blob))
            witness.acknowledged[ended.index] = ended.leaf_hash

    async def sign() -> None:
        while disk.operations < _OPERATIONS:
            witness.checkpoints.add(await ledger.checkpoint())
            await asyncio.sleep(0.002)

    await asyncio.gather(sign(), *(use() for _ in range(_IN_FLIGHT)))
    await ledger.close()
