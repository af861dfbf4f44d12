"""What each meter tells now, against the limits that the agreement's policies set: numbers, and no person."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from brightline.domain.agreement import AgreementRef
from brightline.domain.metering import Measure, MeterRule, Per, Place
from brightline.gateway.counting import Counting, Opened
from brightline.policy import AgreementPort, MeterLimit

# What is not of the agreement: a window that is kept for one of these is shown only when it is named.
_NAMED = (Per.MISSION, Per.APP, Per.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Where:
    """Whose windows are read; empty for everything that the agreement lists."""

    organisation: str = ""
    unit: str = ""
    mission: str = ""
    app: str = ""
    principal: str = ""


EVERYWHERE = Where()


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What one window tells; `per` names what it is kept for, `limits` is what policies say of it."""

    meter: str
    measure: Measure
    per: Mapping[str, str]
    seconds: int
    reading: int
    limits: tuple[MeterLimit, ...]

    @property
    def most(self) -> int | None:
        """Beyond how many the first policy refuses or holds, or none."""
        return min([limit.most for limit in self.limits], default=None)

    @property
    def share(self) -> float:
        """Which part of the first limit is used; 0 without one."""
        return 0.0 if self.most is None else self.reading / max(1, self.most)


class MeterReader:
    """Reads the meters that count by the agreement in force."""

    def __init__(
        self, counting: Counting, *, agreement: Callable[[], AgreementPort], now_ms: Callable[[], int]
    ) -> None:
        self._counting = counting
        self._agreement = agreement
        self._now_ms = now_ms

    def read(self, where: Where = EVERYWHERE) -> tuple[MeterReading, ...]:
        """One row for each window of each meter that `where` names, each window once; none without meters.

        Raises `BrightlineError` where the meters cannot be read.
        """
        agreement = self._agreement()
        opened = self._counting.opened(agreement)
        return () if opened is None else tuple(_rows(opened, agreement, where, self._now_ms()))


def _rows(opened: Opened, agreement: AgreementPort, where: Where, now_ms: int) -> Iterator[MeterReading]:
    units = [
        (organisation, unit)
        for organisation, unit in agreement.units
        if where.organisation in ("", organisation) and where.unit in ("", unit)
    ]
    seen: set[tuple[str, ...]] = set()
    for organisation, unit in units:
        place = _place(agreement.ref, organisation, unit, where)
        reservation = opened.meters.open(place)
        told = opened.meters.read(reservation, now_ms)
        opened.meters.close(reservation)
        for rule in opened.meters.rules:
            per = {each.value: place.values[each] for each in sorted(rule.per, key=lambda per: per.value)}
            key = (rule.id, *per.values())
            if key in seen or any(each in rule.per and not place.values[each] for each in _NAMED):
                continue
            seen.add(key)
            yield MeterReading(rule.id, rule.measure, per, rule.seconds, told[rule.id], _limits(agreement, rule))


def _limits(agreement: AgreementPort, rule: MeterRule) -> tuple[MeterLimit, ...]:
    """From where on a policy refuses or holds; of covered persons, what the agreement lets authorities cover."""
    if rule.measure is Measure.COVERED:
        most = [kind.most_covered for kind in agreement.authority_kinds if kind.kind == rule.kind]
        return tuple([MeterLimit(rule.id, each, rule.id, holds=False) for each in most])
    return tuple([limit for limit in agreement.meter_limits if limit.meter == rule.id])


def _place(ref: AgreementRef, organisation: str, unit: str, where: Where) -> Place:
    return Place(
        {
            Per.AGREEMENT: ref.id,
            Per.ENCLAVE: ref.enclave,
            Per.ORGANISATION: organisation,
            Per.UNIT: f"{organisation}/{unit}",
            Per.MISSION: where.mission,
            Per.APP: where.app,
            Per.PRINCIPAL: where.principal,
        }
    )
