"""Recognises an event that differs from one already read only in its text, so that most events need no parsing.

Why it is sound: the known event was read strictly and judged plain, and no judgement looks at the value under the key
that carries text. A value that is one valid JSON string put in place of another leaves every other token as it was, so
keys, depth and judgement stay the same. Anything else (escaped surrogates, two values that change) is read in full.
"""

import re

from brightline.wire.sse import BOM, MAX_EVENT_BYTES

# RFC 8259 section 7 without surrogates; raw control characters, line ends among them, are no part of a string.
_COLON = re.compile(rb"[ \t]*+:[ \t]*+")
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4})*+"')


class Alike:
    """Knows one event; `key` is the name under which the dialect carries text."""

    __slots__ = ("_head", "_key", "_least", "_tail")

    def __init__(self, key: bytes) -> None:
        self._key = b'"' + key + b'"'
        self._head = self._tail = b""
        self._least = 0  # nothing known

    def learn(self, raw: bytes) -> None:
        """Take `raw`, a whole event read strictly and judged plain, as the one that others may be alike to."""
        self._least = 0
        if raw.count(self._key) != 1 or not raw.endswith(b"\n\n") or raw.startswith(BOM):
            return
        colon = _COLON.match(raw, raw.index(self._key) + len(self._key))
        value = _STRING.match(raw, colon.end()) if colon is not None else None
        if value is not None:
            self._head, self._tail = raw[: value.start()], raw[value.end() :]
            self._least = len(self._head) + len(self._tail) + 2

    def forget(self) -> None:
        """Know nothing any more: what follows must be read in full."""
        self._least = 0

    def knows(self, raw: bytes) -> bool:
        """Whether `raw` is one whole event like the known one."""
        size = len(raw)
        if not self._least or not self._least <= size <= MAX_EVENT_BYTES:
            return False
        if not raw.startswith(self._head) or not raw.endswith(self._tail):
            return False
        return _STRING.fullmatch(raw, len(self._head), size - len(self._tail)) is not None and (
            raw.isascii() or _is_utf8(raw)
        )


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
