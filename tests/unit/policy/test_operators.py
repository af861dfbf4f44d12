"""Cedar's operators: types are checked, never coerced."""

import pytest

from brightline.policy import operators as op
from brightline.policy.extensions import DAY_MS, ip
from brightline.policy.values import Datetime, Decimal, Duration, Entity, EvaluationError, absent, key

GROUP = ("G", "g")
MEMBER = Entity(("U", "u"), "U", frozenset({("U", "u"), GROUP}), {"a": 1}, {"t": 2})
STRANGER = absent(("U", "x"))
X = {name: function for name, (_, function) in op.EXTENSIONS.items()}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: op.chosen_among({}, "a"),
        lambda: op.long(True),
        lambda: op.string(1),
        lambda: op.elements("abc"),
        lambda: op.entity("U"),
        lambda: op.less(1, True),
        lambda: op.less("a", "b"),
        lambda: op.less(Datetime(1), Duration(2)),
        lambda: op.add(1, "1"),
        lambda: op.add(2**63 - 1, 1),
        lambda: op.subtract(-(2**63), 1),
        lambda: op.multiply(2**62, 2),
        lambda: op.negate(-(2**63)),
        lambda: op.within("U", MEMBER),
        lambda: op.within(MEMBER, frozenset({MEMBER, 1})),
        lambda: op.is_type(1, "U"),
        lambda: op.has(1, "a"),
        lambda: op.has_tag(MEMBER, 1),
        lambda: op.get_tag(MEMBER, "none"),
        lambda: op.get_tag(STRANGER, "t"),
        lambda: op.like(1, ("a",)),
        lambda: op.is_empty({}),
        lambda: op.contains("abc", "a"),
        lambda: op.contains_all(frozenset(), 1),
        lambda: op.contains_any(1, frozenset()),
        lambda: op.fail("because"),
        lambda: X["decimal"](1),
        lambda: X["lessThan"](Decimal(1), 1),
        lambda: X["isIpv4"]("1.2.3.4"),
        lambda: X["offset"](Datetime(2**63 - 1), Duration(1)),
        lambda: X["offset"](Duration(1), Duration(1)),
        lambda: X["durationSince"](Datetime(1), Duration(1)),
        lambda: X["toDate"](Datetime(-(2**63))),
        lambda: X["toDays"](Datetime(1)),
    ],
)
def test_what_errors(wrong):
    with pytest.raises(EvaluationError):
        wrong()


def test_what_waits_for_elements_is_found_once():
    one, other = (lambda *_: None), (lambda *_: None)
    table = {"a": (one,), "b": (one, other), "c": ()}
    assert list(op.chosen_among(table, frozenset({"a", "b", "z"}))) in ([one, other], [other, one])
    assert list(op.chosen_among(table, frozenset({"z"}))) == []


def test_equality_knows_types():
    assert not op.equal(1, True)
    assert not op.equal({"a": 1}, {"a": True})
    assert not op.equal({"a": 1}, 1)
    assert op.equal({"a": {"b": 1}}, {"a": {"b": 1}})
    assert op.equal(frozenset({key(True)}), frozenset({key(True)}))
    assert op.equal(STRANGER, STRANGER)
    assert not op.equal(STRANGER, absent(("U", "y")))


def test_order():
    assert op.less(1, 2)
    assert op.less_equal(2, 2)
    assert op.less(Datetime(1), Datetime(2))
    assert op.less_equal(Duration(2), Duration(2))


def test_arithmetic():
    assert (op.add(1, 2), op.subtract(1, 2), op.multiply(3, -2), op.negate(5)) == (3, -1, -6, -5)


def test_hierarchy():
    group = absent(GROUP)
    assert op.within(MEMBER, group)
    assert op.within(MEMBER, frozenset({STRANGER, group}))
    assert not op.within(STRANGER, frozenset({group}))
    assert op.within(STRANGER, STRANGER)
    assert op.is_type(MEMBER, "U")


def test_has_is_false_for_the_absent():
    assert op.has(MEMBER, "a")
    assert not op.has(MEMBER, "b")
    assert not op.has(STRANGER, "a")
    assert op.has({"a": 1}, "a")
    assert op.has_tag(MEMBER, "t")
    assert not op.has_tag(STRANGER, "t")
    assert op.get_tag(MEMBER, "t") == 2


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("", (), True),
        ("a", (), False),
        ("abc", ("abc",), True),
        ("abcd", ("abc",), False),
        ("xabc", ("abc",), False),
        ("abc", (None,), True),
        ("abc", ("a", None, "c"), True),
        ("ac", ("a", None, "c"), True),
        ("a", ("a", None, "a"), False),
        ("xaxbxc", (None, "a", None, "b", None), True),
        ("xbxa", (None, "a", None, "b", None), False),
        ("abab", (None, "ab"), True),
        ("aba", (None, "ab"), False),
        ("ab\nab", ("ab", None), True),
        ("ba", ("a", None), False),
        ("abc", (None, None, "c"), True),
    ],
)
def test_like(text, pattern, expected):
    assert op.like(text, pattern) is expected


def test_sets():
    some = frozenset({1, "a", key(True)})
    assert op.contains(some, True)
    assert not op.contains(frozenset({1}), True)
    assert op.contains_all(some, frozenset({1}))
    assert not op.contains_all(frozenset(), some)
    assert op.contains_any(some, frozenset({"a", 9}))
    assert not op.contains_any(some, frozenset())
    assert op.is_empty(frozenset())


def test_decimals_compare():
    small, large = X["decimal"]("1.5"), X["decimal"]("2.0")
    assert X["lessThan"](small, large)
    assert X["lessThanOrEqual"](small, small)
    assert X["greaterThan"](large, small)
    assert X["greaterThanOrEqual"](large, large)


@pytest.mark.parametrize(
    ("text", "loopback", "multicast"),
    [
        ("127.0.0.1", True, False),
        ("127.0.0.0/7", False, False),
        ("::1", True, False),
        ("::1/127", False, False),
        ("224.0.0.1", False, True),
        ("224.0.0.0/3", False, False),
        ("ff02::1", False, True),
        ("ff00::/7", False, False),
    ],
)
def test_kinds_of_addresses(text, loopback, multicast):
    at = ip(text)
    assert X["isLoopback"](at) is loopback
    assert X["isMulticast"](at) is multicast
    assert X["isIpv4"](at) is not X["isIpv6"](at)


def test_ranges():
    assert X["isInRange"](X["ip"]("10.1.0.0/16"), ip("10.0.0.0/8"))
    assert not X["isInRange"](ip("10.0.0.0/8"), ip("10.1.0.0/16"))
    assert not X["isInRange"](ip("::1"), ip("0.0.0.0/0"))


def test_moments_and_spans():
    at = X["datetime"]("1969-12-31T01:00:00Z")
    assert X["toDate"](at) == Datetime(-DAY_MS)
    assert X["toTime"](at) == Duration(3_600_000)
    assert X["offset"](at, X["duration"]("23h")) == Datetime(0)
    assert X["durationSince"](Datetime(5), Datetime(7)) == Duration(-2)
    assert X["toMilliseconds"](Duration(-1)) == -1
    # Spans are cut towards zero, where dates are floored.
    assert [X[name](Duration(-90_061_001)) for name in ("toSeconds", "toMinutes", "toHours", "toDays")] == [
        -90_061,
        -1_501,
        -25,
        -1,
    ]
    assert X["toDays"](Duration(DAY_MS)) == 1
