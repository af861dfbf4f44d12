"""Moments as people read them."""

from datetime import UTC, datetime


def utc(milliseconds: int) -> str:
    """UTC milliseconds since 1970 as ISO 8601; a time beyond year 9999 stays a number."""
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return f"{milliseconds} ms"
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
