"""What an administrator may ask of the meters: what they tell, whether the ledger gives the same, what an entry says.

Nothing here names a person: an entry holds keyed hashes, and what is shown are numbers.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from brightline.crypto.seal import WrappingKey
from brightline.domain.leaf import decode
from brightline.domain.metering import Measure, MeterRule, Per, Tally
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import Nothing, command_of
from brightline.gateway.counting import Counting, Opened
from brightline.gateway.kept_windows import is_registration
from brightline.gateway.meter_readings import MeterReader, MeterReading, Where
from brightline.gateway.meter_record import open_record
from brightline.gateway.recounting import recount
from brightline.metering import MeteringError, place_hash
from brightline.policy import AgreementPort
from brightline.storage import MeterJournal, position_of

_PAUSE_SECONDS = 0.002


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of `meter.show`; empty for everything that the agreement lists."""

    organisation: str = ""
    unit: str = ""
    mission: str = ""
    app: str = ""
    principal: str = ""


class EntryAt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `meter.explain`: the index of a meter entry."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the commands stand on; `shard` gives the number of the log in use.

    `change_person_key` puts another key in its place, durably.
    """

    counting: Counting
    journal: MeterJournal
    readings: MeterReader
    agreement: Callable[[], AgreementPort]
    now_ms: Callable[[], int]
    shard: Callable[[], int]
    change_person_key: Callable[[], None]


class AdminMeters:
    """The commands; `commands` gives them by name for the admin socket."""

    def __init__(self, means: Means) -> None:
        self._means = means

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {
            "meter.show": command_of(Asked, self.show),
            "meter.rebuild": command_of(Nothing, self.rebuild),
            "meter.explain": command_of(EntryAt, self.explain),
            "meter.rotate-key": command_of(Nothing, self.rotate_key),
        }

    async def show(self, asked: Asked, by: Caller) -> Result:
        """What each meter tells now, and from where on something is refused or held."""
        self._opened()
        return {"meters": [_row(each) for each in self._means.readings.read(Where(**msgspec.structs.asdict(asked)))]}

    async def rebuild(self, asked: Nothing, by: Caller) -> Result:
        """Count all again from the ledger and compare."""
        means = self._means
        found = await recount(means.counting, means.agreement(), means.journal, now_ms=means.now_ms, pause=_pause)
        if found is None:
            raise MeteringError("metering/no-meters")
        return {"entries": found.entries, "windows": found.windows, "differing": found.differing}

    async def rotate_key(self, asked: Nothing, by: Caller) -> Result:
        """Hide people under a new key from now on; whoever is counted stays counted until the windows end."""
        means, opened = self._means, self._opened()
        await asyncio.to_thread(means.change_person_key)
        means.counting.take_person_key()
        hidden = [rule for rule in opened.meters.rules if rule.measure in (Measure.DATA_SUBJECTS, Measure.COVERED)]
        # What happened is known by its part of the window alone.
        longest = max([rule.seconds + rule.seconds / rule.parts for rule in hidden], default=0)
        until_ms = means.now_ms() + int(1000 * longest)
        return {"twice_until_ms": until_ms, "authorities": len(list(means.counting.authorities.all))}

    async def explain(self, asked: EntryAt, by: Caller) -> Result:
        """What one meter entry says that a use added."""
        means, opened = self._means, self._opened()
        position = position_of(means.shard(), max(0, asked.index))
        found = means.journal.read(position, 1)
        if not found or found[0].position != position or is_registration(decode(found[0].leaf)):
            raise MeteringError("metering/no-entry", index=asked.index)
        leaf, record = decode(found[0].leaf), open_record(found[0].blob, _sealing(opened))
        agreement = means.agreement()
        known = _known(agreement, opened.keys.place)
        tally = record.tally
        return {
            "entry": asked.index,
            "of": leaf.reference,
            "use": leaf.use_id.hex(),
            "time_ms": leaf.time_ms,
            "place": {per.value: known.get(digest, digest.hex()) for per, digest in record.place.items()},
            "said": _said(tally),
            "adds": {rule.id: most_of(tally, rule) for rule in opened.meters.rules},
        }

    def _opened(self) -> Opened:
        opened = self._means.counting.opened(self._means.agreement())
        if opened is None:
            raise MeteringError("metering/no-meters")
        return opened


async def _pause() -> None:
    await asyncio.sleep(_PAUSE_SECONDS)


def _sealing(opened: Opened) -> WrappingKey:
    return opened.keys.sealing


def _row(found: MeterReading) -> Mapping[str, object]:
    return {
        "meter": found.meter,
        "measure": found.measure.value,
        "per": dict(found.per),
        "seconds": found.seconds,
        "reading": found.reading,
        "limits": [{"most": limit.most, "policy": limit.policy, "holds": limit.holds} for limit in found.limits],
    }


def _known(agreement: AgreementPort, key: bytes) -> Mapping[bytes, str]:
    """The names of the agreement by the hashes under which entries have them."""
    ref = agreement.ref
    names = [(Per.AGREEMENT, ref.id), (Per.ENCLAVE, ref.enclave)]
    for organisation, unit in agreement.units:
        names += [(Per.ORGANISATION, organisation), (Per.UNIT, f"{organisation}/{unit}")]
    return {place_hash(key, per, name): name for per, name in names}


def _said(tally: Tally) -> Mapping[str, object]:
    return {
        "data_subjects": len(tally.data_subjects),
        "mentions": sum(tally.mentions.values()),
        "settled": len(tally.settled),
        "unreadable": sum(tally.unreadable.values()),
        "effects": dict(tally.effects),
        "tokens": tally.tokens,
        "money": tally.money,
        "covered": len(tally.covered),
        "covered_by": tally.covered_by,
    }


def most_of(tally: Tally, rule: MeterRule) -> int:
    """What `tally` adds to a meter of `rule` that knew none of it; what it knew already adds less."""
    if rule.measure is Measure.DATA_SUBJECTS:
        unread = sum(tally.unreadable.values()) * rule.unreadable
        return len(tally.data_subjects) + sum(tally.mentions.values()) + unread
    if rule.measure is Measure.COVERED:
        return len(tally.covered) if tally.covered_kind == rule.kind else 0
    if rule.measure is Measure.EFFECTS:
        return sum([count for effect, count in tally.effects.items() if effect in rule.effects])
    return tally.tokens if rule.measure is Measure.TOKENS else tally.money
