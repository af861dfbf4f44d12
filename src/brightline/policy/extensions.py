"""Reads the texts of Cedar's extension types: decimal, ip, datetime, duration.

Every function raises `EvaluationError` for a text that Cedar refuses. Source: Cedar language reference, "Operators and
functions"; RFC 80. Python's own `ipaddress` and `datetime` differ from Cedar in corners (zones, year 0000), so the
texts are matched first.
"""

import ipaddress
import re

from brightline.policy.values import LONG_MAX, LONG_MIN, Datetime, Decimal, Duration, EvaluationError, IpRange

DAY_MS = 86_400_000
_DECIMAL = re.compile(r"(-?)([0-9]+)\.([0-9]{1,4})")
_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}")
_DATETIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?"
)
_DURATION = re.compile(r"(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?")
_DURATION_MS = (DAY_MS, 3_600_000, 60_000, 1_000, 1)
# The longest texts any of these types needs; Python's int() is quadratic in the digits.
_LONGEST = 128


def checked(number: int) -> int:
    """`number`, or `EvaluationError` beyond 64 bits."""
    if LONG_MIN <= number <= LONG_MAX:
        return number
    raise EvaluationError("64-bit overflow")


def _match(pattern: re.Pattern[str], text: str, kind: str) -> re.Match[str]:
    found = pattern.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise EvaluationError(f"not a {kind}")
    return found


def decimal(text: str) -> Decimal:
    """The decimal that `text` writes, at most four digits after the point."""
    sign, whole, fraction = _match(_DECIMAL, text, "decimal").groups()
    units = int(whole) * 10_000 + int(fraction.ljust(4, "0"))
    return Decimal(checked(-units if sign else units))


def ip(text: str) -> IpRange:
    """The address or range that `text` writes; IPv4 inside IPv6 and zones are refused, as Cedar refuses them."""
    address, slash, prefix = text.partition("/")
    if "%" in text or (":" in text and "." in text):
        raise EvaluationError("not an address")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError as error:
        raise EvaluationError("not an address") from error
    bits = parsed.max_prefixlen
    length = int(_match(_PREFIX, prefix, "prefix").group()) if slash else bits
    if length > bits:
        raise EvaluationError("prefix too long")
    return IpRange(bits, int(parsed), length)


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the proleptic Gregorian calendar, which has a year 0000 (ISO 8601)."""
    shifted = year - (month <= 2)
    era, of_era = divmod(shifted, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _month_days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def datetime(text: str) -> Datetime:
    """The moment that `text` writes: a date, or date and time with `Z` or an offset."""
    fields = _match(_DATETIME, text, "datetime").groups()
    year, month, day = int(fields[0]), int(fields[1]), int(fields[2])
    if not (1 <= month <= 12 and 1 <= day <= _month_days(year, month)):
        raise EvaluationError("no such date")
    hour, minute, second, milli = (int(field or 0) for field in fields[3:7])
    offset_hours, offset_minutes = int(fields[8] or 0), int(fields[9] or 0)
    if hour > 23 or minute > 59 or second > 59 or offset_hours > 23 or offset_minutes > 59:
        raise EvaluationError("no such time")
    offset = (offset_hours * 60 + offset_minutes) * 60_000 * (-1 if fields[7] == "-" else 1)
    time = ((hour * 60 + minute) * 60 + second) * 1_000 + milli
    return Datetime(_days(year, month, day) * DAY_MS + time - offset)


def duration(text: str) -> Duration:
    """The span that `text` writes, such as `1d2h3m4s5ms`; at least one part."""
    sign, *parts = _match(_DURATION, text, "duration").groups()
    if not any(parts):
        raise EvaluationError("not a duration")
    total = sum(int(part or 0) * unit for part, unit in zip(parts, _DURATION_MS, strict=True))
    return Duration(checked(-total if sign else total))
