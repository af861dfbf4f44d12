"""Changes a log in every way there is, and counts what the verifier does not notice or does not name.

Every bit of every byte of the checkpoint; every byte of a small log; 20,000 random bytes elsewhere; unknown, missing,
cut, lengthened and exchanged files; names in another form. The negative control takes the comparison of hashes out of
the verifier and must see flips pass.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from brightline.domain.leaf import LEAF_BYTES
from brightline.domain.tiles import ENTRIES, parse_name
from brightline.ledger import verify as verifier
from brightline.ledger.verify import DirectoryReader, Reader, VerifyError, verify_directory
from brightline.testing.log_simulator import MemoryReader, SimulatedLog
from tests.benchmarks.harness import Bar, BenchResult, Control, Options

SEED = 20261122
RANDOM_FLIPS = 20_000
# A bundle's tile and bundle, a full and a partial one, two levels: every kind of file, and still about 2 ms to verify.
SMALL, TINY, LARGE = 300, 7, 3_000


@dataclass
class Tally:
    """What was tried, and what went unnoticed or was named wrongly."""

    tried: int = 0
    missed: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)

    def attempt(self, reader: Reader, vkey: str, what: str, right: Callable[[VerifyError], bool]) -> None:
        self.tried += 1
        try:
            verify_directory(reader, vkey)
        except VerifyError as error:
            if not right(error):
                self.misnamed.append(f"{what}: {error}")
        else:
            self.missed.append(what)


@dataclass(frozen=True)
class Written:
    """A log and its files."""

    log: SimulatedLog
    files: dict[str, bytes]

    @classmethod
    def of(cls, size: int) -> "Written":
        log = SimulatedLog.of(size)
        return cls(log, log.files())

    def flip(self, tally: Tally, name: str, at: int, mask: int) -> None:
        """Change one byte in memory, and verify the whole log."""
        changed = bytearray(self.files[name])
        changed[at] ^= mask
        reader = MemoryReader({**self.files, name: bytes(changed)})
        tally.attempt(reader, self.log.vkey, f"{name} at {at} ^ {mask:#x}", lambda error: names(error, name, at))

    def places(self) -> list[tuple[str, int]]:
        """Every byte outside the checkpoint."""
        return [(name, at) for name, data in self.files.items() if name != "checkpoint" for at in range(len(data))]


def names(error: VerifyError, name: str, at: int) -> bool:
    """Whether `error` names where byte `at` of `name` lies: the file, or the entry that it holds or hashes there."""
    if name == "checkpoint":
        return error.path == name
    tile = parse_name(name)
    if tile.level > 0 or error.entry is None:
        return error.path == name
    item = LEAF_BYTES + 2 if tile.level == ENTRIES else 32
    return error.entry == tile.start + at // item


def run(options: Options) -> BenchResult:
    dice = random.Random(SEED)
    flips = 2_000 if options.quick else RANDOM_FLIPS
    tiny, small, large = Written.of(TINY), Written.of(SMALL), Written.of(LARGE)
    whole, checkpoint, anywhere, shape = Tally(), Tally(), Tally(), Tally()
    for at in range(len(small.files["checkpoint"])):
        for bit in range(8):
            small.flip(checkpoint, "checkpoint", at, 1 << bit)
    for name, at in tiny.places():
        tiny.flip(whole, name, at, dice.randrange(1, 256))
    places, large_places = small.places(), large.places()
    started = time.perf_counter()
    for name, at in dice.sample(places, flips):
        small.flip(anywhere, name, at, dice.randrange(1, 256))
    each_ms = (time.perf_counter() - started) / flips * 1000
    for name, at in dice.sample(large_places, flips // 40):
        large.flip(anywhere, name, at, dice.randrange(1, 256))
    with tempfile.TemporaryDirectory() as directory:
        change_shape(shape, large, Path(directory), dice)
    tallies = (checkpoint, whole, anywhere, shape)
    return BenchResult(
        bars=[
            Bar("bits of the checkpoint changed", checkpoint.tried, 8 * len(small.files["checkpoint"]), "", "high"),
            Bar("random bytes changed elsewhere", anywhere.tried, flips, "", "high"),
            Bar("bytes changed in a whole small log", whole.tried, len(tiny.places()), "", "high"),
            Bar("files added, removed, cut, exchanged, renamed", shape.tried, 100, "", "high"),
            Bar("changes not noticed", sum(len(tally.missed) for tally in tallies), 0, ""),
            Bar("changes named wrongly", sum(len(tally.misnamed) for tally in tallies), 0, ""),
        ],
        controls=[control(small, dice.sample(places, 200))],
        notes=[
            f"logs of {TINY}, {SMALL} and {LARGE} entries; seed {SEED}; {each_ms:.2f} ms to verify a changed log",
            *(f"not noticed: {what}" for tally in tallies for what in tally.missed[:5]),
            *(f"named wrongly: {what}" for tally in tallies for what in tally.misnamed[:5]),
        ],
    )


def change_shape(tally: Tally, written: Written, directory: Path, dice: random.Random) -> None:
    """Change the set of files, on disk, one at a time; each change is taken back."""
    written.log.write(directory)
    verify_directory(DirectoryReader(directory), written.log.vkey)
    for path, name, what in shapes(written, directory, dice):
        reader = DirectoryReader(directory)
        tally.attempt(reader, written.log.vkey, f"{what} `{path}`", lambda error, name=name: error.path == name)  # type: ignore[misc]
    verify_directory(DirectoryReader(directory), written.log.vkey)


def shapes(written: Written, directory: Path, dice: random.Random) -> Iterator[tuple[str, str, str]]:
    """Each change made: the path changed, the path that the verifier must name, and what was done."""
    for name in STRANGERS:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written.files["tile/0/000"])
        yield name, name, "an unknown file"
        path.unlink()
    for name, data in written.files.items():
        path = directory / name
        path.unlink()
        yield name, name, "no file"
        for what, changed in {
            "cut": data[: dice.randrange(len(data))],
            "cut by one": data[:-1],
            "emptied": b"",
            "lengthened": data + b"\0",
            "doubled": data + data,
        }.items():
            path.write_bytes(changed)
            yield name, name, what
        path.unlink()
        path.symlink_to(directory.parent / "elsewhere")
        yield name, name, "a link"
        path.unlink()
        path.write_bytes(data)
    for first, second in (("tile/0/000", "tile/0/001"), ("tile/0/000", "tile/0/005")):
        for name, other in ((first, second), (second, first)):
            (directory / name).write_bytes(written.files[other])
        entries = first.replace("/0/", "/entries/", 1)
        yield f"{first} and {second}", entries, "exchanged"
        for name in (first, second):
            (directory / name).write_bytes(written.files[name])


STRANGERS = (
    "README",
    ".hidden",
    "checkpoint~",
    "checkpoint.old",
    "Checkpoint",
    "tile/000",
    "tile/entries/000.gz",
    "tile/entries/x000/000",
    "tile/entries/012",
    "tile/entries/011.p/183",
    "tile/entries/011.p/185",
    "tile/entries/011.p/0184",
    "tile/0/0000",
    "tile/0/11",
    "tile/0/x000/000",
    "tile/0/X000/000",
    "tile/0/011.p/183",
    "tile/0/011.p/256",
    "tile/00/000",
    "tile/1/000",
    "tile/1/000.p/10",
    "tile/1/000.p/12",
    "tile/2/000.p/1",
    "tile/64/000",
    "tile/+1/000",
)


def control(written: Written, places: list[tuple[str, int]]) -> Control:
    """The same flips against a verifier that compares no hashes: most must pass it, or this run showed nothing."""
    tally = Tally()
    blind = (patch.object(verifier, name, lambda *_: None) for name in ("_check_tile", "_check_root"))
    first, second = blind
    with first, second:
        for name, at in places:
            written.flip(tally, name, at, 1)
    seen = f"{len(tally.missed)} of {tally.tried} flips pass a verifier that compares no hashes"
    return Control("hash comparison taken out", len(tally.missed) > tally.tried // 2, seen)
