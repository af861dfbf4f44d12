import pytest

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.encode_calls import call
from tests.unit.policy.proof.encoded import agreed

AGREEING = [
    'context.d.lessThan(decimal("1.6"))',
    'context.d.lessThanOrEqual(decimal("1.5"))',
    'context.d.greaterThan(decimal("-1.0"))',
    'context.d.greaterThanOrEqual(decimal("1.5"))',
    'context.d == decimal("1.50")',
    "context.d.lessThan(context.n)",
    'decimal("1.23456").lessThan(context.d)',
    "decimal(1).lessThan(context.d)",
    'context.at.offset(context.span) < datetime("2026-11-23")',
    'context.at.offset(duration("9223372036854775807ms")) == context.at',
    'context.at.durationSince(datetime("2026-11-22")) > duration("1d")',
    'context.at.toDate() == datetime("2026-11-23")',
    'context.at.toTime() == duration("1h2m3s4ms")',
    "context.span.toMilliseconds() == -93600000",
    "context.span.toSeconds() == -93600",
    "context.span.toMinutes() == 1500",
    "context.span.toHours() == -26",
    "context.span.toDays() == -1",
    "context.span.toDays() == 1",
    "context.ip.isIpv4()",
    "context.ip.isIpv6()",
    "context.ip.isLoopback()",
    "principal.ip.isLoopback()",
    "context.ip.isMulticast()",
    'ip("224.0.0.1").isMulticast()',
    'ip("ff00::/7").isMulticast()',
    'context.ip.isInRange(ip("127.0.0.0/8"))',
    'context.ip.isInRange(ip("ff02::/16"))',
    'principal.ip.isInRange(ip("10.0.0.0/24"))',
    "principal.ip == context.ip",
    "context.n.isIpv4()",
    '(if context.b then context.ip else principal.ip) == ip("127.0.0.1")',
    'ip("no") == context.ip',
    "context.d.toDays() == 1",
]


@pytest.mark.parametrize("text", AGREEING)
def test_agrees_with_the_evaluator(text: str) -> None:
    agreed(text)


def test_an_unknown_function_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="frobnicate"):
        call("frobnicate", [])


def test_too_many_arguments_are_an_error_at_run_time() -> None:
    assert {one.errored for one in agreed('context.ip.isIpv4("a")')} == {True}
