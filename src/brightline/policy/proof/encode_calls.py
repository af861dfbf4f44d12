"""Cedar's extension functions as terms: decimal, datetime, duration and addresses.

Numbers of these types are integers of 64 bits (ten-thousandths, milliseconds). A constructor must be over a text
that is written out, as strict validation asks. Source: Cedar language reference, "Operators and functions"; RFC 80.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from brightline.policy.expressions import UnsupportedError
from brightline.policy.extensions import DAY_MS
from brightline.policy.operators import EXTENSIONS
from brightline.policy.proof.encode_entities import extension
from brightline.policy.proof.encode_values import Address, One, Worth
from brightline.policy.proof.outcome import ERROR, Outcome, bounded, of_type, yields
from brightline.policy.proof.schema_model import LONG, STRING, Scalar
from brightline.policy.proof.terms import (
    FALSE,
    TRUE,
    Term,
    arithmetic,
    at_most,
    below,
    conj,
    eq,
    integer,
    ite,
    neg,
)
from brightline.policy.values import EvaluationError

_DECIMAL, _DATETIME, _DURATION = Scalar("decimal"), Scalar("datetime"), Scalar("duration")
_CONSTRUCTORS = ("decimal", "ip", "datetime", "duration")
_UNITS = {"toSeconds": 1_000, "toMinutes": 60_000, "toHours": 3_600_000, "toDays": DAY_MS}


def call(name: str, arguments: Sequence[Outcome] | None) -> Outcome:
    """The extension function or method `name` of `arguments`; raises `UnsupportedError` for an unknown one."""
    if name not in EXTENSIONS or arguments is None:
        raise UnsupportedError(name)
    fine = conj([argument.fine for argument in arguments])
    if fine == FALSE or len(arguments) != EXTENSIONS[name][0]:
        return ERROR
    values = [argument.value for argument in arguments]
    found = _made(name, values[0]) if name in _CONSTRUCTORS else _called(name, values)
    return Outcome(conj((fine, found.fine)), found.value)


def _made(name: str, argument: Worth) -> Outcome:
    if not isinstance(argument, One) or argument.type != STRING:
        return ERROR
    if not argument.term.constant:
        raise UnsupportedError(f"`{name}` of a text that is not written out")
    try:
        value = extension(EXTENSIONS[name][1](argument.term.data))
    except EvaluationError:
        return ERROR
    return ERROR if value is None else Outcome(TRUE, value)


def _called(name: str, values: Sequence[Worth]) -> Outcome:
    if name in _OF_ADDRESSES:
        addresses = [value for value in values if isinstance(value, Address)]
        return _OF_ADDRESSES[name](*addresses) if len(addresses) == len(values) else ERROR
    kinds, operation = _OF_NUMBERS[name]
    pairs = list(zip(values, kinds, strict=True))
    if not all(of_type(value, kind) for value, kind in pairs):
        return ERROR
    return operation(*[value.term for value in values if isinstance(value, One)])


def _quotient(unit: int) -> Callable[[Term], Outcome]:
    """Whole units of a duration, cut off towards zero; SMT's `div` rounds down."""

    def operation(ms: Term) -> Outcome:
        size, zero = integer(unit), integer(0)
        cut = arithmetic("-", zero, arithmetic("div", arithmetic("-", zero, ms), size))
        return Outcome(TRUE, One(LONG, ite(at_most(zero, ms), arithmetic("div", ms, size), cut)))

    return operation


def _to_date(at: Term) -> Outcome:
    return bounded(arithmetic("-", at, arithmetic("mod", at, integer(DAY_MS))), _DATETIME)


def _to_time(at: Term) -> Outcome:
    return Outcome(TRUE, One(_DURATION, arithmetic("mod", at, integer(DAY_MS))))


_OF_NUMBERS: Mapping[str, tuple[tuple[Scalar, ...], Callable[..., Outcome]]] = MappingProxyType(
    {
        "lessThan": ((_DECIMAL, _DECIMAL), lambda a, b: yields(below(a, b))),
        "lessThanOrEqual": ((_DECIMAL, _DECIMAL), lambda a, b: yields(at_most(a, b))),
        "greaterThan": ((_DECIMAL, _DECIMAL), lambda a, b: yields(below(b, a))),
        "greaterThanOrEqual": ((_DECIMAL, _DECIMAL), lambda a, b: yields(at_most(b, a))),
        "offset": ((_DATETIME, _DURATION), lambda a, b: bounded(arithmetic("+", a, b), _DATETIME)),
        "durationSince": ((_DATETIME, _DATETIME), lambda a, b: bounded(arithmetic("-", a, b), _DURATION)),
        "toDate": ((_DATETIME,), _to_date),
        "toTime": ((_DATETIME,), _to_time),
        "toMilliseconds": ((_DURATION,), lambda ms: Outcome(TRUE, One(LONG, ms))),
        **{name: ((_DURATION,), _quotient(unit)) for name, unit in _UNITS.items()},
    }
)


def _between(low: int, term: Term, high: int) -> Term:
    return conj((at_most(integer(low), term), at_most(term, integer(high))))


def _loopback(at: Address) -> Term:
    in_v4 = conj((at_most(integer(8), at.prefix), _between(127 << 24, at.address, (128 << 24) - 1)))
    in_v6 = conj((eq(at.prefix, integer(128)), eq(at.address, integer(1))))
    return ite(at.v4, in_v4, in_v6)


def _multicast(at: Address) -> Term:
    in_v4 = conj((at_most(integer(4), at.prefix), _between(0b1110 << 28, at.address, (0b1111 << 28) - 1)))
    in_v6 = conj((at_most(integer(8), at.prefix), at_most(integer(0xFF << 120), at.address)))
    return ite(at.v4, in_v4, in_v6)


def _in_range(inner: Address, outer: Address) -> Term:
    ends = (at_most(outer.first, inner.first), at_most(inner.last, outer.last))
    return conj((eq(inner.v4, outer.v4), *ends))


_OF_ADDRESSES: Mapping[str, Callable[..., Outcome]] = MappingProxyType(
    {
        "isIpv4": lambda at: yields(at.v4),
        "isIpv6": lambda at: yields(neg(at.v4)),
        "isLoopback": lambda at: yields(_loopback(at)),
        "isMulticast": lambda at: yields(_multicast(at)),
        "isInRange": lambda inner, outer: yields(_in_range(inner, outer)),
    }
)
