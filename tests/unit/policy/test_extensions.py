"""The texts of extension values, at their edges."""

import datetime as python

import pytest

from brightline.policy import extensions
from brightline.policy.values import Datetime, Decimal, Duration, EvaluationError, IpRange


@pytest.mark.parametrize(
    ("text", "units"),
    [("1.0", 10_000), ("-0.0001", -1), ("-1.5", -15_000), ("922337203685477.5807", 2**63 - 1), ("00.10", 1_000)],
)
def test_decimals(text, units):
    assert extensions.decimal(text) == Decimal(units)


@pytest.mark.parametrize(
    "text", ["1", "1.", ".1", "1.00000", "+1.0", "1.0 ", "922337203685477.5808", "1e1", "\u0661.0", "1" * 200 + ".0"]
)
def test_no_decimals(text):
    with pytest.raises(EvaluationError):
        extensions.decimal(text)


@pytest.mark.parametrize(
    ("text", "bits", "address", "prefix"),
    [
        ("1.2.3.4", 32, 0x01020304, 32),
        ("10.0.0.0/8", 32, 0x0A000000, 8),
        ("::1", 128, 1, 128),
        ("ff00::/0", 128, 0xFF00 << 112, 0),
    ],
)
def test_addresses(text, bits, address, prefix):
    assert extensions.ip(text) == IpRange(bits, address, prefix)


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3",
        "01.2.3.4",
        "1.2.3.4/",
        "1.2.3.4/33",
        "1.2.3.4/08",
        "1.2.3.4/+8",
        "::ffff:1.2.3.4",
        "fe80::1%eth0",
        "::/129",
        "::/1290",
    ],
)
def test_no_addresses(text):
    with pytest.raises(EvaluationError):
        extensions.ip(text)


@pytest.mark.parametrize(
    ("text", "epoch_ms"),
    [
        ("1970-01-01", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2024-02-29T01:02:03Z", 1_709_168_523_000),
        ("2024-01-01T00:00:00+0130", 1_704_061_800_000),
        ("2024-01-01T00:00:00.500-0130", 1_704_072_600_500),
        ("0000-01-01", -62_167_219_200_000),
    ],
)
def test_datetimes(text, epoch_ms):
    assert extensions.datetime(text) == Datetime(epoch_ms)


@pytest.mark.parametrize("year", [1, 4, 100, 400, 1600, 1900, 1970, 2000, 2024, 2100, 9999])
@pytest.mark.parametrize(("month", "day"), [(1, 1), (2, 28), (3, 1), (12, 31)])
def test_days_are_those_of_the_calendar(year, month, day):
    expected = (python.date(year, month, day) - python.date(1970, 1, 1)).days * extensions.DAY_MS
    assert extensions.datetime(f"{year:04}-{month:02}-{day:02}") == Datetime(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("2024-13-01", "2024-00-01", "2023-02-29", "1900-02-29", "2024-04-31", "2024-1-1", "24-01-01"),
        *("2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00"),
        *("2024-01-01T00:00:00+2400", "2024-01-01T00:00:00+0060", "2024-01-01T00:00:00.5Z", "2024-01-01Z"),
    ],
)
def test_no_datetimes(text):
    with pytest.raises(EvaluationError):
        extensions.datetime(text)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1d2h3m4s5ms", 93_784_005),
        ("-1h", -3_600_000),
        ("0ms", 0),
        ("-9223372036854775808ms", -(2**63)),
        ("5m", 300_000),
    ],
)
def test_durations(text, ms):
    assert extensions.duration(text) == Duration(ms)


@pytest.mark.parametrize("text", ["", "-", "1", "1h1d", "1.5h", "9223372036854775808ms", "1d 2h", "d"])
def test_no_durations(text):
    with pytest.raises(EvaluationError):
        extensions.duration(text)
