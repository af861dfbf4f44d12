"""Cedar's operators, as generated code calls them.

Each checks the types of its operands and raises `EvaluationError` where Cedar has a type error, an overflow or a
missing attribute; none coerces. Short-circuiting operators are generated in place, with `fail` beside operands whose
type is not known. Source: Cedar language reference, "Operators and functions".
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NoReturn

from brightline.policy import extensions
from brightline.policy.extensions import DAY_MS, checked
from brightline.policy.values import (
    LONG_MAX,
    LONG_MIN,
    Datetime,
    Decimal,
    Duration,
    Entity,
    EvaluationError,
    IpRange,
    Key,
    Record,
    Value,
    key,
)

Pattern = tuple[str | None, ...]
# Policies with the same scope: appends the positions of those that hold, and of those that cannot be evaluated.
Rules = Callable[[Entity, Entity, Entity, Record, list[int], list[int]], None]


def _typed(expected: str) -> NoReturn:
    raise EvaluationError(f"type error: expected {expected}")


def long(value: Value) -> int:
    """`value` as a long; a bool is none."""
    if type(value) is int:
        return value
    _typed("long")


def string(value: Value) -> str:
    """`value` as a string."""
    if type(value) is str:
        return value
    _typed("string")


def elements(value: Value) -> frozenset[Key]:
    """`value` as a set, of keys."""
    if type(value) is frozenset:
        return value
    _typed("set")


def entity(value: Value) -> Entity:
    """`value` as an entity."""
    if type(value) is Entity:
        return value
    _typed("entity")


def equal(left: Value, right: Value) -> bool:
    """Cedar's `==`: never an error, false across types."""
    if type(left) is dict:
        return type(right) is dict and key(left) == key(right)
    return type(left) is type(right) and left == right


def _ordered(left: Value, right: Value) -> tuple[int, int]:
    if type(left) is Datetime and type(right) is Datetime:
        return left.epoch_ms, right.epoch_ms
    if type(left) is Duration and type(right) is Duration:
        return left.ms, right.ms
    _typed("two longs, datetimes or durations")


# Longs come first below, without a call, because nearly every comparison is of two of them.
def less(left: Value, right: Value) -> bool:
    """Cedar's `<`."""
    if type(left) is int and type(right) is int:
        return left < right
    first, second = _ordered(left, right)
    return first < second


def less_equal(left: Value, right: Value) -> bool:
    """Cedar's `<=`."""
    if type(left) is int and type(right) is int:
        return left <= right
    first, second = _ordered(left, right)
    return first <= second


def add(left: Value, right: Value) -> int:
    """Cedar's `+`, within 64 bits."""
    if type(left) is int and type(right) is int and LONG_MIN <= (result := left + right) <= LONG_MAX:
        return result
    return checked(long(left) + long(right))


def subtract(left: Value, right: Value) -> int:
    """Cedar's `-`, within 64 bits."""
    if type(left) is int and type(right) is int and LONG_MIN <= (result := left - right) <= LONG_MAX:
        return result
    return checked(long(left) - long(right))


def multiply(left: Value, right: Value) -> int:
    """Cedar's `*`, within 64 bits."""
    if type(left) is int and type(right) is int and LONG_MIN <= (result := left * right) <= LONG_MAX:
        return result
    return checked(long(left) * long(right))


def negate(value: Value) -> int:
    """Cedar's unary `-`, within 64 bits."""
    return checked(-long(value))


def within(left: Value, right: Value) -> bool:
    """Cedar's `in`: an entity in an entity, or in any of a set of entities."""
    uids = entity(left).within
    if type(right) is Entity:
        return right.uid in uids
    # Every element is checked before any is compared: a wrong type is an error even beside a match.
    wanted = [item if type(item) is Entity else _typed("entity") for item in elements(right)]
    return any(item.uid in uids for item in wanted)


def is_type(value: Value, name: str) -> bool:
    """Cedar's `is`."""
    return entity(value).type == name


def has(value: Value, name: str) -> bool:
    """Cedar's `has`: false for an absent entity."""
    if type(value) is dict:
        return name in value
    attributes = entity(value).attributes
    return attributes is not None and name in attributes


def has_tag(value: Value, name: Value) -> bool:
    """Cedar's `hasTag`: false for an absent entity."""
    return string(name) in entity(value).tags


def get_tag(value: Value, name: Value) -> Value:
    """Cedar's `getTag`; raises `EvaluationError` for a missing tag or an absent entity."""
    tags = entity(value).tags
    if string(name) in tags:
        return tags[string(name)]
    raise EvaluationError("no such tag")


def like(value: Value, pattern: Pattern) -> bool:
    """Cedar's `like`, in linear time for any pattern; `pattern` is literals, with `None` for each wildcard."""
    text, at, anchored = string(value), 0, True
    for index, part in enumerate(pattern):
        if part is None:
            anchored = False
        elif index == len(pattern) - 1:
            found = len(text) - len(part)
            return found >= at and text.endswith(part) and (not anchored or found == at)
        else:
            found = text.find(part, at)
            if found < 0 or (anchored and found != at):
                return False
            at, anchored = found + len(part), True
    return not anchored or at == len(text)


def is_empty(value: Value) -> bool:
    """Cedar's `isEmpty`."""
    return not elements(value)


def contains(left: Value, right: Value) -> bool:
    """Cedar's `contains`."""
    return key(right) in elements(left)


def contains_all(left: Value, right: Value) -> bool:
    """Cedar's `containsAll`."""
    return elements(left) >= elements(right)


def contains_any(left: Value, right: Value) -> bool:
    """Cedar's `containsAny`."""
    return not elements(left).isdisjoint(elements(right))


def chosen_among(table: Mapping[Key, tuple[Rules, ...]], value: Value) -> Iterable[Rules]:
    """The rules of `table` that wait for any element of the set `value`, each once."""
    found: Iterable[Rules] = ()
    for item in elements(value):
        waiting = table.get(item)
        if waiting is not None:
            # What waits for several elements is not tried twice.
            found = dict.fromkeys([*found, *waiting]) if found else waiting
    return found


def fail(why: str) -> NoReturn:
    """An expression that Cedar parses and that can only error."""
    raise EvaluationError(why)


def _decimal(value: Value) -> int:
    return value.units if type(value) is Decimal else _typed("decimal")


def _datetime(value: Value) -> int:
    return value.epoch_ms if type(value) is Datetime else _typed("datetime")


def _duration(value: Value) -> int:
    return value.ms if type(value) is Duration else _typed("duration")


def _ip(value: Value) -> IpRange:
    return value if type(value) is IpRange else _typed("ipaddr")


def _in_range(left: Value, right: Value) -> bool:
    inner, outer = _ip(left), _ip(right)
    if inner.bits != outer.bits:
        return False
    return outer.ends[0] <= inner.ends[0] and inner.ends[1] <= outer.ends[1]


def _loopback(value: Value) -> bool:
    at = _ip(value)
    if at.bits == 32:
        return at.prefix >= 8 and at.address >> 24 == 127
    return at.prefix == 128 and at.address == 1


def _multicast(value: Value) -> bool:
    at = _ip(value)
    if at.bits == 32:
        return at.prefix >= 4 and at.address >> 28 == 0b1110
    return at.prefix >= 8 and at.address >> 120 == 0xFF


def _truncated(value: Value, unit: int) -> int:
    ms = _duration(value)
    return ms // unit if ms >= 0 else -(-ms // unit)


def _to_date(value: Value) -> Datetime:
    at = _datetime(value)
    return Datetime(checked(at - at % DAY_MS))


# Every extension function and method by its Cedar name, with the number of its arguments.
EXTENSIONS: Mapping[str, tuple[int, Callable[..., Value]]] = MappingProxyType(
    {
        "decimal": (1, lambda text: extensions.decimal(string(text))),
        "ip": (1, lambda text: extensions.ip(string(text))),
        "datetime": (1, lambda text: extensions.datetime(string(text))),
        "duration": (1, lambda text: extensions.duration(string(text))),
        "lessThan": (2, lambda a, b: _decimal(a) < _decimal(b)),
        "lessThanOrEqual": (2, lambda a, b: _decimal(a) <= _decimal(b)),
        "greaterThan": (2, lambda a, b: _decimal(a) > _decimal(b)),
        "greaterThanOrEqual": (2, lambda a, b: _decimal(a) >= _decimal(b)),
        "isIpv4": (1, lambda a: _ip(a).bits == 32),
        "isIpv6": (1, lambda a: _ip(a).bits == 128),
        "isLoopback": (1, _loopback),
        "isMulticast": (1, _multicast),
        "isInRange": (2, _in_range),
        "offset": (2, lambda a, b: Datetime(checked(_datetime(a) + _duration(b)))),
        "durationSince": (2, lambda a, b: Duration(checked(_datetime(a) - _datetime(b)))),
        "toDate": (1, _to_date),
        "toTime": (1, lambda a: Duration(_datetime(a) % DAY_MS)),
        "toMilliseconds": (1, _duration),
        "toSeconds": (1, lambda a: _truncated(a, 1_000)),
        "toMinutes": (1, lambda a: _truncated(a, 60_000)),
        "toHours": (1, lambda a: _truncated(a, 3_600_000)),
        "toDays": (1, lambda a: _truncated(a, DAY_MS)),
    }
)
