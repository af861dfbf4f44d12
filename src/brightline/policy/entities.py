"""The store of entities: handles built once, from Cedar's JSON form, which the reference engine reads as well."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from brightline.policy.expressions import Json, text_of, uid_of
from brightline.policy.operators import EXTENSIONS
from brightline.policy.values import Entity, Record, Uid, Value, absent, key


@dataclass(frozen=True, slots=True)
class Store:
    """All entities an engine knows, and the absent ones that its policies and records name."""

    handles: Mapping[Uid, Entity]
    _absent: dict[Uid, Entity] = field(default_factory=dict)

    def handle(self, uid: Uid) -> Entity:
        """The one handle of `uid`, of an absent entity when the store does not hold it."""
        return self.handles.get(uid) or self._absent.setdefault(uid, absent(uid))


def _ancestors(uid: Uid, parents: Mapping[Uid, list[Uid]]) -> frozenset[Uid]:
    seen: set[Uid] = set()
    waiting = [uid]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += parents.get(current, [])
    return frozenset(seen)


def store_of(entities: Iterable[Mapping[str, Json]]) -> Store:
    """The store of `entities` in Cedar's JSON form: `uid`, `attrs`, `parents`, and `tags` where there are any."""
    listed = list(entities)
    parents = {uid_of(item["uid"]): [uid_of(parent) for parent in _list(item["parents"])] for item in listed}
    # An attribute may name any entity, also one listed later: the records are filled when all handles exist.
    attributes: dict[Uid, Record] = {uid: {} for uid in parents}
    handles = {uid: Entity(uid, uid[0], _ancestors(uid, parents), attributes[uid], {}) for uid in parents}
    store = Store(handles)
    for item in listed:
        uid = uid_of(item["uid"])
        attributes[uid].update(record_of(item["attrs"], store))
        handles[uid].tags.update(record_of(item.get("tags", {}), store))
    return store


def _list(node: Json) -> list[Json]:
    return node if isinstance(node, list) else []


def record_of(node: Json, store: Store) -> Record:
    """The record that `node` writes in Cedar's JSON form."""
    return {name: value_of(item, store) for name, item in node.items()} if isinstance(node, dict) else {}


def value_of(node: Json, store: Store) -> Value:
    """The value that `node` writes in Cedar's JSON form; raises `EvaluationError` for a bad extension value."""
    match node:
        case {"__entity": uid}:
            return store.handle(uid_of(uid))
        case {"__extn": {"fn": name, "arg": argument}}:
            value: Value = EXTENSIONS[text_of(name)][1](argument)
            return value
        case dict():
            return record_of(node, store)
        case list():
            return frozenset(key(value_of(item, store)) for item in node)
        case None:
            raise TypeError("Cedar has no null")
    return node
