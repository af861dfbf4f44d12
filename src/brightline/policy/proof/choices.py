"""What `typical` counts, as conditions that a solver can count: that an attribute is as nobody chose it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from brightline.policy.attributes import Path, at
from brightline.policy.expressions import Json
from brightline.policy.proof.conditions import all_of, any_of, attribute, equals, has, is_entity, literal, negated, when
from brightline.policy.typical import (
    FACT,
    IDENTITY,
    MISSION,
    OF_DEPLOYMENT,
    OF_MISSION,
    OF_UNIT,
    Facts,
    Registers,
    Typical,
)
from brightline.policy.values import Uid

Policy = Mapping[str, Json]


class Choice(NamedTuple):
    """A policy that is satisfied exactly when nobody chose `name`."""

    name: str
    plain: Policy


def choices(typical: Typical) -> tuple[Choice, ...]:
    """Everything that `typical` counts but the action, which a solver is asked about one at a time."""
    plain = typical.plain
    found = [
        Choice("principal", when(is_entity("principal", plain.principal))),
        Choice("resource", when(is_entity("resource", plain.resource))),
    ]
    for path, one in typical.attributes.items():
        found.append(Choice(one.name, when(_as_plain(typical, path))))
    return tuple(found)


def coherent(typical: Typical) -> Policy:
    """The policy that is satisfied when the facts fit the unit and the deployment, as in every request of a gateway."""
    facts = [path for path in typical.attributes if path[0] == FACT and path[-1] in IDENTITY]
    bodies = [
        _fits_deployment(typical, path) if path[-1] == "enclave" else _as_expected(typical, path) for path in facts
    ]
    return when(all_of(bodies))


def _as_plain(typical: Typical, path: Path) -> Json:
    """That nobody chose the attribute: it is as it follows, or around a request as it is there."""
    if typical.around is None:
        return _as_expected(typical, path)
    kept, key = _is(typical, path, at(typical.plain.context, path)), _key(typical, path)
    return any_of([all_of([key, kept]), all_of([negated(key), _as_expected(typical, path)])]) if key else kept


def _key(typical: Typical, path: Path) -> Json:
    """That the unit, deployment or mission from which the attribute follows is that of the plain request."""
    name, plain = path[-1], typical.plain
    if path[0] != FACT or len(path) != 2:
        return None
    if name in OF_UNIT:
        return is_entity("principal", plain.principal)
    if name in OF_DEPLOYMENT:
        return is_entity("resource", plain.resource)
    return equals(MISSION, at(plain.context, MISSION)) if name in OF_MISSION else None


def _as_expected(typical: Typical, path: Path) -> Json:
    name, registers, plain = path[-1], typical.registers, typical.plain
    if path[0] == FACT and len(path) == 2:
        if name in OF_UNIT:
            return _by_entity(path, "principal", plain.principal[0], registers.units)
        if name == "enclave":
            nowhere = [name for name, enclaves in registers.enclaves.items() if not enclaves]
            unplaced = any_of([is_entity("resource", (plain.resource[0], name)) for name in nowhere])
            return any_of([_fits_deployment(typical, path), all_of([unplaced, equals(path, "")])])
        if name in OF_DEPLOYMENT:
            return _by_entity(path, "resource", plain.resource[0], registers.deployments)
        if name in OF_MISSION and MISSION in typical.attributes:
            return any_of(_by_mission(path, registers))
    return _is(typical, path, at(plain.context, path))


def _is(typical: Typical, path: Path, value: Json) -> Json:
    """`equals`, guarded where the attribute may be absent."""
    if value is None or typical.attributes[path].required:
        return equals(path, value)
    return all_of([has(path), equals(path, value)])


def _by_entity(path: Path, variable: str, kind: str, rows: Mapping[str, Facts]) -> Json:
    """That the fact is what the row of the principal or resource says; rows of one value together."""
    by_value: dict[str, tuple[Json, list[Uid]]] = {}
    for name, facts in rows.items():
        value = facts[path[-1]]
        by_value.setdefault(repr(value), (value, []))[1].append((kind, name))
    cases = []
    for value, uids in by_value.values():
        who = any_of([is_entity(variable, uid) for uid in uids])
        cases.append(all_of([who, equals(path, value)]))
    return any_of(cases)


def _fits_deployment(typical: Typical, path: Path) -> Json:
    """That the enclave is one in which the deployment is authorised."""
    kind, cases = typical.plain.resource[0], []
    for deployment, enclaves in typical.registers.enclaves.items():
        fitting = any_of([equals(path, name) for name in enclaves])
        cases.append(all_of([is_entity("resource", (kind, deployment)), fitting]))
    return any_of(cases)


def _by_mission(path: Path, registers: Registers) -> Iterator[Json]:
    name = path[-1]
    for mission, facts in registers.missions.items():
        yield all_of([equals(MISSION, mission), equals(path, facts[name])])
    listed = [literal(mission) for mission in registers.missions]
    unlisted = equals(path, registers.unlisted[name])
    if not listed:
        yield unlisted
        return
    is_listed: Json = {"contains": {"left": {"Set": listed}, "right": attribute(MISSION)}}
    yield all_of([negated(is_listed), unlisted])
