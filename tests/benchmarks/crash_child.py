"""The process that is killed: a real ledger under load, which tells its parent of everything it lets out.

`python -m tests.benchmarks.crash_child HOUSE`; each line is `a INDEX HASH`, `c NOTE-IN-HEX`,
`f ENTRIES-IN-FLIGHT`, or `r` once, when ready.
"""

import asyncio
import os
import sys
from pathlib import Path

from brightline.domain.record import Appended, Entry
from brightline.ledger.service import Ledger
from brightline.storage import Store
from tests.benchmarks.crash_checks import SEED, intent, make_house, outcome, settings

IN_FLIGHT = 96
BLOB_BYTES = 600


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


class Load:
    """Uses one after the other, many at a time; knows how many entries were handed in and not yet told of."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._in_flight = 0

    async def _append(self, entry: Entry) -> Appended:
        self._in_flight += 1
        appended = await self._ledger.append(entry)
        tell(f"a {appended.index} {appended.leaf_hash.hex()}")
        self._in_flight -= 1
        return appended

    async def use_forever(self) -> None:
        blob = os.urandom(BLOB_BYTES)
        while True:
            use_id = os.urandom(16)
            began = await self._append(intent(use_id, blob))
            await self._append(outcome(use_id, began.index, blob))

    async def sign_forever(self) -> None:
        while True:
            tell(f"f {self._in_flight}")
            tell(f"c {(await self._ledger.checkpoint()).hex()}")
            await asyncio.sleep(0.005)


async def main(house: Path) -> None:
    make_house(house)
    store = Store.open(house, create=True)
    ledger = Ledger.open(store, seed=SEED, settings=settings(house), loop=asyncio.get_running_loop())
    tell("r")
    load = Load(ledger)
    await asyncio.gather(*(load.use_forever() for _ in range(IN_FLIGHT)), load.sign_forever())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
