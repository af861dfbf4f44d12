"""The process that is killed: 64 callers at once over real meters and a real ledger, each telling what it was let do.

`python -m tests.benchmarks.meter_child HOUSE FIRST-UNIT SEED [--unreserved | --unwritten]`; each line is `a UNIT PERSON
PERSON…` once a use that touches these people was let go, `n EVENTS` now and then, or `r` once, when ready.

`--unreserved` decides on what the meters tell before the use is reserved; `--unwritten` writes no meter entry.
"""

import asyncio
import os
import random
import sys
from pathlib import Path

from tests.benchmarks.crash_checks import intent, make_house, outcome
from tests.benchmarks.meter_house import LIMIT, POPULATION, MeterHouse, tally

CALLERS = 64
UNITS = 4
_BLOB = bytes(600)
_KEEP_SECONDS = 0.1


class Load:
    """Callers who look people up as fast as they are let."""

    def __init__(self, house: MeterHouse, first_unit: int, *, reserves: bool, writes: bool) -> None:
        self._house = house
        self._first = first_unit
        self._reserves = reserves
        self._writes = writes
        self._told: list[str] = []
        self._events = 0

    async def call_forever(self, chance: random.Random) -> None:
        """One caller."""
        while True:
            unit = self._first + chance.randrange(UNITS)
            people = [chance.randrange(POPULATION) for _ in range(chance.randint(1, 3))]
            await self._use(unit, people, chance.randbytes(16))
            self._events += 1

    async def _use(self, unit: int, people: list[int], use_id: bytes) -> None:
        counting, ledger = self._house.counting, self._house.ledger
        counted = self._house.begin(f"unit-{unit}")
        try:
            if self._reserves:
                told = counting.reserve(counted, tally(people))
            else:
                told = counting.reserve(counted)
                told = {**told, "people": told["people"] + len(people)}
                await asyncio.sleep(0)
                counted.waiting.append(tally(people))
            if told["people"] > LIMIT:
                await asyncio.sleep(0)
                return
            entry = intent(use_id, _BLOB)
            if self._writes:
                entry = counting.joined(counted, entry, use_id, self._house.pact.ref)
            began = await ledger.append(entry)
            if self._writes:
                counting.take(counted, began)
            else:
                opened = counting.opened(self._house.pact)
                if opened is not None:
                    opened.meters.take(counted.reservation, tally(people), position=began.index, time_ms=began.time_ms)
            self._told.append(f"a {unit} {' '.join(map(str, people))}\n")
            await ledger.append(outcome(use_id, began.index, _BLOB))
        finally:
            counting.end(counted)

    async def tell_forever(self) -> None:
        """What was let go, in the order in which it was."""
        while True:
            await asyncio.sleep(0.01)
            told, self._told = self._told, []
            _write(f"{''.join(told)}n {self._events}\n".encode())

    async def keep_forever(self) -> None:
        """Bring the file of windows up to date, often."""

        async def pause() -> None:
            await asyncio.sleep(0)

        while True:
            await asyncio.sleep(_KEEP_SECONDS)
            await self._house.counting.keep(pause)


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


async def main(arguments: list[str]) -> None:
    place, first, seed = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    make_house(place)
    house = MeterHouse.open(place)
    house.begin(f"unit-{first}")
    load = Load(house, first, reserves="--unreserved" not in arguments, writes="--unwritten" not in arguments)
    _write(b"r\n")
    callers = [load.call_forever(random.Random(seed * 1000 + number)) for number in range(CALLERS)]
    await asyncio.gather(*callers, load.tell_forever(), load.keep_forever())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
