"""A store, a ledger and the meters over them, as a gateway has them, for whoever kills it and whoever looks after."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from brightline.domain.metering import Measure, MeterRule, Per, Tally
from brightline.domain.principal import Principal
from brightline.gateway.counting import Counted, Counting, Means
from brightline.gateway.meter_keys import load_meter_keys
from brightline.gateway.recounting import Recounted, recount
from brightline.ledger.service import Ledger
from brightline.metering import data_subject_hash
from brightline.storage import Store, WindowFile
from brightline.testing.rooms import Agreement
from tests.benchmarks.crash_checks import AGREEMENT, SEED, settings

LIMIT = 2_000
# A unit's people; more than the limit lets through, so that it binds in every unit.
POPULATION = 3_000
PEOPLE = MeterRule(
    id="people", measure=Measure.DATA_SUBJECTS, per=frozenset({Per.UNIT}), seconds=366 * 86_400, parts=366
)
LATELY = MeterRule(id="lately", measure=Measure.DATA_SUBJECTS, per=frozenset({Per.UNIT}), seconds=6, parts=6)
ACTS = MeterRule(
    id="acts", measure=Measure.EFFECTS, per=frozenset(), seconds=3_600, parts=60, effects=frozenset({"read"})
)
RULES = (PEOPLE, LATELY, ACTS)


class Pact(Agreement):
    """An agreement with these meters; what it decides, the caller does."""

    ref = AGREEMENT
    meters = RULES


@dataclass(frozen=True, slots=True)
class MeterHouse:
    """All of it, open."""

    store: Store
    ledger: Ledger
    counting: Counting
    pact: Pact

    @classmethod
    def open(cls, house: Path) -> "MeterHouse":
        """Open what lies in `house`; needs a running loop."""
        keys = house / "keys"
        keys.mkdir(parents=True, exist_ok=True)
        store = Store.open(house, create=True)
        ledger = Ledger.open(store, seed=SEED, settings=settings(house), loop=asyncio.get_running_loop())
        counting = Counting(
            Means(
                ledger=ledger,
                journal=store.meter_journal,
                open_windows=lambda: WindowFile.open(house),
                open_ahead=lambda: WindowFile.open(house),
                load_keys=lambda create: load_meter_keys(keys, create=create),
                random=random.SystemRandom().randbytes,
            )
        )
        return cls(store, ledger, counting, Pact())

    def begin(self, unit: str, who: str = "someone") -> Counted:
        """A use of somebody in `unit`."""
        counted = self.counting.begin(principal(unit, who), "m", self.pact)
        if counted is None:
            raise RuntimeError("nothing is counted")
        return counted

    def reading(self, unit: str, people: Iterable[int] = ()) -> Mapping[str, int]:
        """What the meters of `unit` tell, with `people` in them."""
        counted = self.begin(unit)
        readings = self.counting.reserve(counted, tally(people, acts=0))
        self.counting.end(counted)
        return readings

    async def recount(self) -> Recounted:
        """All counted again from the ledger, and compared."""

        async def pause() -> None:
            await asyncio.sleep(0)

        found = await recount(
            self.counting, self.pact, self.store.meter_journal, now_ms=self.ledger.now_ms, pause=pause
        )
        if found is None:
            raise RuntimeError("nothing is counted")
        return found

    async def close(self) -> None:
        """As a gateway stops."""
        self.counting.close()
        await self.ledger.close()


def principal(unit: str, who: str) -> Principal:
    """Somebody in `unit`."""
    return Principal("k", who, "org", unit, frozenset(), "app", frozenset({"m"}), "m")


def tally(people: Iterable[int], *, acts: int = 1) -> Tally:
    """What a use adds that touches `people` (numbers) and reads once."""
    key = bytes(32)
    hashes = frozenset([data_subject_hash(key, "number", str(each)) for each in people])
    return Tally(data_subjects=hashes, effects={"read": acts} if acts else {})
