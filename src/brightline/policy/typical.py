"""The plainest request that a gateway could make, and how far another one is from it.

Some facts follow from others by the agreement's registers: the purpose from the mission, the vendor from the
deployment.
A fact that is as its register says is not worth mentioning, so the distance of a request counts what somebody chose.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from types import MappingProxyType
from typing import NamedTuple

from brightline.policy.attributes import Action, Attribute, Path, at, put
from brightline.policy.expressions import Json
from brightline.policy.manifest import Manifest
from brightline.policy.written import WrittenRequest

FACT = "fact"
MISSION: Path = (FACT, "mission")
# Names that stand for a tool or mission with the facts beside them, where no register has one.
SOME_TOOL, SOME_MISSION = "some-tool", "some-mission"
# Two of these that contradict each other make a request that no gateway makes, whatever the registers say.
IDENTITY = frozenset({"organisation", "unit", "deployment", "vendor", "model", "enclave"})
# What the registers give for a unit, for a deployment (and the enclaves it is authorised in), and for a mission.
OF_UNIT = frozenset({"organisation", "unit", "agency"})
OF_DEPLOYMENT = frozenset({"deployment", "vendor", "model", "location", "enclave"})
OF_MISSION = frozenset({"purpose", "individual_basis", "constrained"})
MAX_WORDS = 48
_MOST_REMEMBERED = 1024
_MOST_STARTS = 2048
_STANDS_FOR_ANY_OTHER = "something-else"
_PLAIN_TEXTS: Mapping[str, str] = MappingProxyType({"app": "app", "key_id": "key"})
_PLAIN_NUMBERS: Mapping[str, int] = MappingProxyType({"message_count": 1, "input_bytes": 100})
_PLAIN_SETS: Mapping[str, str] = MappingProxyType({"modalities": "text"})
Facts = Mapping[str, Json]


class Distance(NamedTuple):
    """How far a request is from the plainest: contradictions first, then attributes chosen, elements, odd values."""

    contradictions: int
    chosen: int
    elements: int
    oddity: int


class Deviation(NamedTuple):
    """One choice: `principal`, `action`, `resource` or an attribute; its value, and the plain one."""

    name: str
    value: Json
    plain: Json


@dataclass(frozen=True, slots=True)
class Registers:
    """What follows from the unit, the deployment and the mission, by name; `unlisted` is for any other mission."""

    units: Mapping[str, Facts]
    deployments: Mapping[str, Facts]
    missions: Mapping[str, Facts]
    enclaves: Mapping[str, tuple[str, ...]]
    unlisted: Facts = field(default_factory=lambda: {"purpose": _entity("Purpose", "unknown"), **_NEITHER})


_NEITHER: Facts = MappingProxyType({"individual_basis": False, "constrained": False})


def _entity(kind: str, name: str) -> Json:
    return {"__entity": {"type": kind, "id": name}}


def registers_of(manifests: Iterable[Manifest]) -> Registers:
    """The registers of several versions as one; where two differ, the later version's row stands."""
    units: dict[str, Facts] = {}
    deployments: dict[str, Facts] = {}
    missions: dict[str, Facts] = {}
    enclaves: dict[str, tuple[str, ...]] = {}
    for manifest in manifests:
        for organisation, names in manifest.units.items():
            agency = _entity("Agency", manifest.agencies.get(organisation, "unknown"))
            for unit in names:
                units[f"{organisation}/{unit}"] = {"organisation": organisation, "unit": unit, "agency": agency}
        for name, one in manifest.deployments.items():
            location = _entity("Location", one.location)
            row: Facts = {"deployment": name, "vendor": one.vendor, "model": one.model, "location": location}
            deployments[name] = row
            held = [enclave for enclave, ids in manifest.enclaves.items() if name in ids]
            enclaves[name] = tuple(sorted({*enclaves.get(name, ()), *held}))
        for name, mission in manifest.missions.items():
            basis: Facts = {"individual_basis": mission.individual_basis, "constrained": mission.constrained}
            missions[name] = {"purpose": _entity("Purpose", mission.purpose), **basis}
    return Registers(units, deployments, missions, enclaves)


class Typical:
    """The plain request of one action, the distance of others from it, and what could be tried instead of them.

    The first unit, deployment and mission for which `permitted` holds make the plain one. With `around`, that request
    is the plain one, and the distance of another is what somebody changed in it.
    """

    def __init__(
        self,
        action: Action,
        registers: Registers,
        words: Sequence[str],
        numbers: Sequence[int],
        *,
        around: WrittenRequest | None = None,
        permitted: Callable[[WrittenRequest], bool] | None = None,
    ) -> None:
        self.action = action
        self.registers = registers
        self.attributes = {attribute.path: attribute for attribute in action.attributes}
        self._by_name = {attribute.name: attribute for attribute in action.attributes}
        self._words = list(dict.fromkeys([*words[:MAX_WORDS], _STANDS_FOR_ANY_OTHER]))
        self._numbers = sorted(set(numbers[:MAX_WORDS]), key=lambda number: (abs(number), number))
        self.around = around
        self._identities = [path for path in self.attributes if path[0] == FACT and path[-1] in IDENTITY]
        self._remembered: dict[str, Mapping[Path, Json]] = {}
        self.plain = around or self._first()
        if permitted is not None:
            self.plain = next((one for one in islice(self._starts(), _MOST_STARTS) if permitted(one)), self.plain)
            self._remembered.clear()

    def expected(self, asked: WrittenRequest, path: Path) -> Json:
        """What stands at `path` when nobody chose it, given the unit, deployment and mission of `asked`."""
        return self._expected(asked)[path]

    def _expected(self, asked: WrittenRequest) -> Mapping[Path, Json]:
        """The plain value of every attribute; remembered, since most requests that are tried share the keys of it."""
        enclave = at(asked.context, (FACT, "enclave"))
        keys = repr((asked.principal, asked.resource, at(asked.context, MISSION), enclave))
        found = self._remembered.get(keys)
        if found is None:
            following = self._following(asked)
            found = {path: self._plain_value(asked, path, following) for path in self.attributes}
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[keys] = found
        return found

    def _plain_value(self, asked: WrittenRequest, path: Path, following: Facts) -> Json:
        if self.around is not None and not self._key_moved(asked, path):
            return at(self.around.context, path)
        if len(path) == 2 and path[0] == FACT and path != MISSION and path[1] in following:
            return following[path[1]]
        return self._default(self.attributes[path])

    def _key_moved(self, asked: WrittenRequest, path: Path) -> bool:
        """Whether `path` follows from a unit, deployment or mission that is another one than in `plain`."""
        name, plain = path[-1], self.plain
        if path[0] != FACT or len(path) != 2:
            return False
        if name in OF_UNIT:
            return asked.principal != plain.principal
        if name in OF_DEPLOYMENT:
            return asked.resource != plain.resource
        return name in OF_MISSION and at(asked.context, MISSION) != at(plain.context, MISSION)

    def deviations(self, asked: WrittenRequest) -> tuple[Deviation, ...]:
        """What somebody chose, in the order in which a person would tell it."""
        found = [
            Deviation(name, uid[1], plain[1])
            for name, uid, plain in (
                ("principal", asked.principal, self.plain.principal),
                ("action", asked.action, self.plain.action),
                ("resource", asked.resource, self.plain.resource),
            )
            if uid != plain
        ]
        expected = self._expected(asked)
        for path, attribute in self.attributes.items():
            value, plain = at(asked.context, path), expected[path]
            if value != plain and _sorted(value) != _sorted(plain):
                found.append(Deviation(attribute.name, value, plain))
        return tuple(found)

    def contradictions(self, asked: WrittenRequest) -> tuple[str, ...]:
        """The facts of `asked` that cannot stand together in a request that a gateway makes."""
        found = []
        for path in self._identities:
            found += [] if at(asked.context, path) in self._fitting(asked, path) else [path[-1]]
        return tuple(found)

    def _fitting(self, asked: WrittenRequest, path: Path) -> list[Json]:
        """What an identity can be, given the unit and the deployment of `asked`."""
        if path[-1] == "enclave":
            return [*self.registers.enclaves.get(asked.resource[1], ())]
        rows = self.registers.units if path[-1] in OF_UNIT else self.registers.deployments
        row = rows.get(asked.principal[1] if path[-1] in OF_UNIT else asked.resource[1], {})
        return [row[path[-1]]] if path[-1] in row else []

    def distance(self, asked: WrittenRequest) -> Distance:
        """How far `asked` is from plain."""
        deviations = self.deviations(asked)
        sizes = sum(len(one.value) for one in deviations if isinstance(one.value, list))
        return Distance(len(self.contradictions(asked)), len(deviations), sizes, self._oddity(asked, deviations))

    def undone(self, asked: WrittenRequest, name: str) -> WrittenRequest:
        """`asked` without the choice `name`: as the plain request has it, or as it follows."""
        if name in ("principal", "resource"):
            moved = asked._replace(**{name: getattr(self.plain, name)})
        elif self._by_name[name].path == MISSION:
            moved = asked._replace(context=put(asked.context, MISSION, at(self.plain.context, MISSION)))
        else:
            path = self._by_name[name].path
            return asked._replace(context=put(asked.context, path, self.expected(asked, path)))
        return next(self._moved(asked, moved), asked)

    def others(self, asked: WrittenRequest, *, towards_plain: bool = False) -> Iterator[WrittenRequest]:
        """Requests that differ from `asked` in one choice, and in what follows from it; plainer values first.

        `towards_plain` leaves out those that only choose something more.
        """
        chosen = {deviation.name for deviation in self.deviations(asked)} if towards_plain else set(self._by_name)
        for unit in self._keys(self.plain.principal[1], sorted(self.registers.units), OF_UNIT, chosen):
            yield from self._moved(asked, asked._replace(principal=(self.plain.principal[0], unit)))
        for deployment in self._keys(self.plain.resource[1], sorted(self.registers.deployments), OF_DEPLOYMENT, chosen):
            yield from self._moved(asked, asked._replace(resource=(self.plain.resource[0], deployment)))
        if MISSION in self.attributes:
            plain = str(at(self.plain.context, MISSION))
            known = [*sorted(self.registers.missions), *self._words]
            for mission in self._keys(plain, known, OF_MISSION | {MISSION[-1]}, chosen):
                yield from self._moved(asked, asked._replace(context=put(asked.context, MISSION, mission)))
        for path, attribute in self.attributes.items():
            if attribute.name not in chosen or path == MISSION:
                continue
            now = _sorted(at(asked.context, path))
            for value in self._values(asked, attribute):
                if _sorted(value) != now:
                    yield asked._replace(context=put(asked.context, path, value))

    def _keys(self, plain: str, known: Iterable[str], facts: frozenset[str], chosen: set[str]) -> list[str]:
        """The unit, deployment or mission of the plain request; where a fact that follows from it was chosen, all."""
        paths = [self.attributes[FACT, name].name for name in facts if (FACT, name) in self.attributes]
        return list(dict.fromkeys([plain, *known])) if chosen.intersection(paths) else [plain]

    def _moved(self, asked: WrittenRequest, moved: WrittenRequest) -> Iterator[WrittenRequest]:
        """`moved` with the facts that follow from its unit, deployment and mission; then with what was chosen kept."""
        if moved == asked:
            return
        chosen = {deviation.name for deviation in self.deviations(asked)}
        all_follow = keep = moved
        for name in self._following(moved):
            path = (FACT, name)
            value = self.expected(moved, path)
            all_follow = all_follow._replace(context=put(all_follow.context, path, value))
            if self.attributes[path].name not in chosen:
                keep = keep._replace(context=put(keep.context, path, value))
        yield all_follow
        if keep != all_follow:
            yield keep

    def _starts(self) -> Iterator[WrittenRequest]:
        """The plainest requests of each mission, deployment and unit."""
        missions: list[Json] = [*sorted(self.registers.missions)] or [at(self.plain.context, MISSION)]
        authorised = [name for name, enclaves in sorted(self.registers.enclaves.items()) if enclaves]
        for unit, deployment, mission in product(sorted(self.registers.units), authorised, missions):
            one = self.plain._replace(
                principal=(self.plain.principal[0], unit), resource=(self.plain.resource[0], deployment)
            )
            if MISSION in self.attributes:
                one = one._replace(context=put(one.context, MISSION, mission))
            yield self._followed(one)

    def _first(self) -> WrittenRequest:
        """The plainest request of the first unit, deployment and mission."""
        units, served = sorted(self.registers.units), sorted(self.registers.enclaves)
        authorised = [name for name in served if self.registers.enclaves[name]] or served or [""]
        first = WrittenRequest(
            (self.action.principals[0], (units or [""])[0]),
            ("Action", self.action.id),
            (self.action.resources[0], authorised[0]),
            {path[0]: {} for path in self.attributes if len(path) > 1},
        )
        for path, attribute in self.attributes.items():
            first = first._replace(context=put(first.context, path, self._default(attribute)))
        return self._followed(first)

    def _followed(self, asked: WrittenRequest) -> WrittenRequest:
        """`asked` with every fact that follows from its unit, deployment and mission."""
        for name, value in self._following(asked).items():
            asked = asked._replace(context=put(asked.context, (FACT, name), value))
        return asked

    def _default(self, attribute: Attribute) -> Json:
        """The plain value of an attribute that follows from nothing; None where it need not be there."""
        name = attribute.path[-1]
        if not attribute.required:
            return None
        if attribute.kind == "Boolean":
            return False
        if attribute.kind == "Long":
            return _PLAIN_NUMBERS.get(name, 0)
        if attribute.kind == "Set":
            return [_entity(attribute.entity, _PLAIN_SETS[name])] if name in _PLAIN_SETS else []
        if attribute.kind == "Entity":
            return _entity(attribute.entity, attribute.members[0] if attribute.members else "")
        if attribute.kind == "String":
            listed = sorted(self.registers.missions)
            return listed[0] if attribute.path == MISSION and listed else _PLAIN_TEXTS.get(name, "")
        return _EXTENSIONS.get(attribute.kind)

    def _following(self, asked: WrittenRequest) -> dict[str, Json]:
        """The facts that follow from the unit, the deployment and the mission of `asked`."""
        registers, deployment = self.registers, asked.resource[1]
        enclaves = registers.enclaves.get(deployment, ())
        mission = at(asked.context, MISSION)
        facts = {**registers.units.get(asked.principal[1], {}), **registers.deployments.get(deployment, {})}
        facts |= registers.missions.get(mission if isinstance(mission, str) else "", registers.unlisted)
        if enclaves:
            now = at(asked.context, (FACT, "enclave"))
            facts["enclave"] = now if now in enclaves else enclaves[0]
        return {name: value for name, value in facts.items() if (FACT, name) in self.attributes}

    def _values(self, asked: WrittenRequest, attribute: Attribute) -> list[Json]:
        """What could stand at an attribute instead, plainer first; None where it need not be there."""
        expected, now = self.expected(asked, attribute.path), at(asked.context, attribute.path)
        values: list[Json] = [expected]
        if attribute.path in self._identities:
            # Another value than the unit or deployment gives makes a request that no gateway makes.
            return [*values, *self._fitting(asked, attribute.path)]
        if attribute.kind == "Boolean":
            values += [False, True]
        elif attribute.kind == "Long":
            values += self._numbers
        elif attribute.kind == "String":
            values += [*(sorted(self.registers.missions) if attribute.path == MISSION else ()), *self._words]
        elif attribute.kind == "Entity":
            values += [_entity(attribute.entity, name) for name in attribute.members]
        elif attribute.kind == "Set":
            values += self._sets(attribute, now if isinstance(now, list) else [])
        return [*values, None] if not attribute.required else values

    def _sets(self, attribute: Attribute, now: list[Json]) -> list[Json]:
        elements = self._elements(attribute)
        without: list[Json] = [[item for item in now if item is not one] for one in now]
        alone: list[Json] = [[item] for item in elements]
        beside: list[Json] = [[*now, item] for item in elements if item not in now]
        return [*without, *alone, *beside]

    def _elements(self, attribute: Attribute) -> list[Json]:
        if attribute.entity:
            return [_entity(attribute.entity, name) for name in attribute.members]
        return list(self._words)

    def _oddity(self, asked: WrittenRequest, deviations: Iterable[Deviation]) -> int:
        """How far down the lists of what is worth trying the values of `asked` stand."""
        odd = 0
        for deviation in deviations:
            attribute = self._by_name.get(deviation.name)
            if attribute is None:
                continue
            known = self._elements(attribute) if attribute.kind == "Set" else self._values(asked, attribute)
            items = deviation.value if isinstance(deviation.value, list) else [deviation.value]
            odd += sum(known.index(item) if item in known else len(known) for item in items)
        return odd


_EXTENSIONS: Mapping[str, Json] = MappingProxyType(
    {
        "decimal": {"__extn": {"fn": "decimal", "arg": "0.0"}},
        "datetime": {"__extn": {"fn": "datetime", "arg": "1970-01-01"}},
        "duration": {"__extn": {"fn": "duration", "arg": "0ms"}},
        "ipaddr": {"__extn": {"fn": "ip", "arg": "0.0.0.0"}},  # noqa: S104  # a value of a request, not an address to bind
    }
)


def _sorted(value: Json) -> Json:
    """`value` as it compares: the order of a set's elements means nothing."""
    return sorted(value, key=repr) if isinstance(value, list) else value
