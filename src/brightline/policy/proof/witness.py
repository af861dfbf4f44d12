"""Rebuilds a request, and the entities around it, from what a solver said of the unknowns.

What nothing was said of is left out where it may be, else it is the plainest value. The result is not believed: the
caller evaluates the assertion for it.
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from brightline.policy.expressions import Json
from brightline.policy.extensions import DAY_MS
from brightline.policy.proof.encode import Problem
from brightline.policy.proof.encode_values import ADDRESS, sort_of
from brightline.policy.proof.evaluation import Assignment, Found, assignment_of, default
from brightline.policy.proof.model import Model, ModelError, facts_of, fresh
from brightline.policy.proof.schema_model import EntityOf, RecordOf, Scalar, SchemaModel, SetOf, Type
from brightline.policy.proof.terms import Symbol
from brightline.policy.values import Uid

# Entities that lead from one to another: an agreement has a handful.
MOST_ENTITIES = 10_000
LAST_MS = 253_402_300_799_999  # the end of the year 9999, which is the last that Cedar's text can write
FIRST_MS = -62_167_219_200_000  # the start of the year 0


class ProofRequest(NamedTuple):
    """A request with the entities that it was found among; context and entities in Cedar's JSON form."""

    principal: Uid
    action: Uid
    resource: Uid
    context: Mapping[str, Json]
    entities: Sequence[Mapping[str, Json]]

    def as_json(self) -> dict[str, Json]:
        """The JSON object that stands in a file: principal, action, resource, context, entities."""
        named = {"principal": self.principal, "action": self.action, "resource": self.resource}
        parts: dict[str, Json] = {part: _uid_json(uid) for part, uid in named.items()}
        return {**parts, "context": dict(self.context), "entities": [dict(one) for one in self.entities]}


def assignment_for(problem: Problem, request: ProofRequest) -> Assignment:
    """What the unknowns of `problem` are in `request`."""
    return assignment_of(problem.schema, request.as_json(), request.entities)


def rebuild(problem: Problem, model: Model) -> ProofRequest:
    """The request that `model` describes; raises `ModelError` when there is none that can be written."""
    return _Rebuilding(problem, model).request()


def _uid_json(uid: Uid) -> dict[str, Json]:
    return {"type": uid[0], "id": uid[1]}


class _Rebuilding:
    def __init__(self, problem: Problem, model: Model) -> None:
        self._problem, self._schema = problem, problem.schema
        self._facts, self._lies = facts_of(model)
        self._named: dict[Uid, None] = {}

    def request(self) -> ProofRequest:
        environment = self._problem.environment
        principal, resource = (
            self._one(kind, Symbol(root), ())
            for root, kind in (("principal", environment.principal_type), ("resource", environment.resource_type))
        )
        context = self._json(self._schema.actions[environment.action].context, Symbol("context"), ())
        listed = self._problem.chart.source
        entities = tuple(self._entities()) if listed is None else listed
        fields = context if isinstance(context, dict) else {}
        return ProofRequest(principal, environment.action, resource, fields, entities)

    def _one(self, kind: str, symbol: Symbol, args: tuple[Found, ...]) -> Uid:
        found = self._facts.get((symbol, args))
        uid = (str(found[0]), str(found[1])) if isinstance(found, tuple) else self._plain(kind)
        self._named.setdefault(uid)
        return uid

    def _plain(self, kind: str) -> Uid:
        """An entity of which nothing was said."""
        closed = self._problem.entities.domain(kind)
        if closed is not None:
            if not closed:
                raise ModelError("no entity of this type is listed")
            return kind, closed[0]
        told = {value[1] for value in self._facts.values() if isinstance(value, tuple) and value and value[0] == kind}
        return kind, fresh(f"{kind}::other", {str(name) for name in told})

    def _json(self, kind: Type, symbol: Symbol, args: tuple[Found, ...]) -> Json:
        """What `symbol` gives for `args`, in Cedar's JSON form."""
        if isinstance(kind, RecordOf):
            record: dict[str, Json] = {}
            for name, attribute in kind.attributes:
                inside = symbol._replace(path=(*symbol.path, name))
                if attribute.required or self._facts.get((inside._replace(part="?"), args)) is True:
                    record[name] = self._json(attribute.type, inside, args)
            return record
        if isinstance(kind, EntityOf):
            return {"__entity": _uid_json(self._one(kind.name, symbol, args))}
        if isinstance(kind, SetOf):
            found = self._facts.get((symbol, args), frozenset())
            items = sorted(found, key=repr) if isinstance(found, frozenset) else []
            return [self._packed(item, kind.element) for item in items]
        if kind.name == ADDRESS:
            plain = (("v4", True), ("address", 0), ("prefix", 32))
            parts = [self._facts.get((symbol._replace(part=part), args), value) for part, value in plain]
            return self._packed(tuple(parts), kind)
        return self._packed(self._facts.get((symbol, args), default(sort_of(kind))), kind)

    def _packed(self, value: Found, kind: Type) -> Json:
        """`value`, as an element of a set has it, in Cedar's JSON form."""
        if isinstance(kind, EntityOf) and isinstance(value, tuple):
            uid = str(value[0]), str(value[1])
            self._named.setdefault(uid)
            return {"__entity": _uid_json(uid)}
        if isinstance(kind, RecordOf):
            return self._packed_record(value, kind)
        if isinstance(kind, Scalar):
            return _scalar(value, kind)
        raise ModelError("a set of sets")

    def _packed_record(self, value: Found, kind: RecordOf) -> Json:
        width = sum(1 if attribute.required else 2 for _, attribute in kind.attributes)
        parts = iter(value if isinstance(value, tuple) and width != 1 else (value,))
        record: dict[str, Json] = {}
        for name, attribute in kind.attributes:
            there = True if attribute.required else next(parts) is True
            part = next(parts)
            if there:
                record[name] = self._packed(part, attribute.type)
        return record

    def _entities(self) -> Iterator[Mapping[str, Json]]:
        """Every entity that was named, with its attributes, tags and parents; these may name more."""
        for lower, upper in sorted(self._lies, key=repr):
            self._named.setdefault(_as_uid(lower))
            self._named.setdefault(_as_uid(upper))
        for _, args in self._facts:
            if args and isinstance(args[0], tuple):
                self._named.setdefault((str(args[0][0]), str(args[0][1])))
        parents = self._parents()
        done: set[Uid] = set()
        while waiting := [uid for uid in self._named if uid not in done]:
            for uid in waiting:
                done.add(uid)
                if len(done) > MOST_ENTITIES:
                    raise ModelError("too many entities")
                if uid[0] in self._schema.entities and self._facts.get((Symbol("exists", uid[0]), (uid,))) is not False:
                    yield self._entity(uid, parents.get(uid, []))
        yield from _actions(self._schema)

    def _entity(self, uid: Uid, parents: Sequence[Uid]) -> Mapping[str, Json]:
        kind = self._schema.entities[uid[0]]
        listed: list[Json] = [_uid_json(parent) for parent in parents]
        attributes = self._json(kind.attributes, Symbol("attr", kind.name), (uid,))
        entity: dict[str, Json] = {"uid": _uid_json(uid), "attrs": attributes, "parents": listed}
        if kind.tags is not None:
            tags: dict[str, Json] = {}
            for (symbol, args), value in list(self._facts.items()):
                if isinstance(symbol, Symbol) and symbol.root == "has-tag" and args[0] == uid and value is True:
                    tags[str(args[1])] = self._json(kind.tags, Symbol("tag", kind.name), args)
            entity["tags"] = tags
        return entity

    def _parents(self) -> dict[Uid, list[Uid]]:
        """The direct parents that make every entity lie in what it lies in, by way of new ones where types need it."""
        parents: dict[Uid, list[Uid]] = {}
        for lower, upper in sorted(self._lies, key=repr):
            low, high = _as_uid(lower), _as_uid(upper)
            chain = _types_between(self._schema, low[0], high[0])
            for kind in chain:
                middle = kind, fresh(kind, {name for other, name in self._named if other == kind})
                self._named.setdefault(middle)
                parents.setdefault(low, []).append(middle)
                low = middle
            parents.setdefault(low, []).append(high)
        return parents


def _as_uid(value: Found) -> Uid:
    if isinstance(value, tuple):
        return str(value[0]), str(value[1])
    raise ModelError("an entity that is none")


def _types_between(schema: SchemaModel, low: str, high: str) -> list[str]:
    """The shortest way of types from `low` to `high`, without the two."""
    ways = [[low]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        kind = schema.entities.get(way[-1])
        for parent in kind.parents if kind else ():
            if parent == high:
                return way[1:]
            if parent not in seen:
                seen.add(parent)
                ways.append([*way, parent])
    raise ModelError("no way from one type to another")


def _actions(schema: SchemaModel) -> Iterator[Mapping[str, Json]]:
    for action in schema.actions.values():
        parents: list[Json] = [_uid_json(parent) for parent in action.parents]
        yield {"uid": _uid_json(action.uid), "attrs": {}, "parents": parents}


def _scalar(value: Found, kind: Scalar) -> Json:
    """`value` in Cedar's JSON form; raises `ModelError` for what cannot be written."""
    if kind.name == ADDRESS:
        return _call("ip", _address(value))
    if isinstance(value, bool | str) or kind.name == "long":
        return value if isinstance(value, bool | str | int) else 0
    number = value if isinstance(value, int) else 0
    if kind.name == "decimal":
        whole, rest = divmod(abs(number), 10_000)
        return _call("decimal", f"{'-' if number < 0 else ''}{whole}.{rest:04}")
    return _call("duration", f"{number}ms") if kind.name == "duration" else _call("datetime", _moment(number))


def _call(name: str, argument: str) -> Json:
    return {"__extn": {"fn": name, "arg": argument}}


def _address(value: Found) -> str:
    v4, number, prefix = value if isinstance(value, tuple) and len(value) == 3 else (True, 0, 32)
    if not isinstance(number, int) or not isinstance(prefix, int):
        raise ModelError("an address that is none")
    if not 0 <= number < 2 ** (32 if v4 else 128) or not 0 <= prefix <= (32 if v4 else 128):
        raise ModelError("an address that is none")
    return f"{ipaddress.IPv4Address(number) if v4 else ipaddress.IPv6Address(number)}/{prefix}"


def _moment(ms: int) -> str:
    if not FIRST_MS <= ms <= LAST_MS:
        raise ModelError("a moment that Cedar's text cannot write")
    days, rest = divmod(ms, DAY_MS)
    year, month, day = _date(days)
    clock = f"{rest // 3_600_000:02}:{rest // 60_000 % 60:02}:{rest // 1_000 % 60:02}.{rest % 1_000:03}"
    return f"{year:04}-{month:02}-{day:02}T{clock}Z"


def _date(days: int) -> tuple[int, int, int]:
    """The date that lies `days` after 1970-01-01 in the proleptic Gregorian calendar, which has a year 0000."""
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1
