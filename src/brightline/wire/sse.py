"""Splits a byte stream into server-sent events (WHATWG HTML, section 9.2), keeping each event's exact bytes.

What must hold: the blocks' `raw`, joined, are the bytes fed; any chunking gives the same blocks; a field nobody knows
refuses, since another reader might see content in it.
"""

import re
from typing import NamedTuple

from brightline.wire.errors import AnswerError

MAX_EVENT_BYTES = 4 * 1024 * 1024  # a page of fetched text or a spoken sentence fits; memory stays bounded
BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\r|\n")
_KNOWN_FIELDS = frozenset({b"event", b"data", b"id", b"retry", b""})


class Block(NamedTuple):
    """One event: its bytes, its name (empty without one), its data (none without a data line)."""

    raw: bytes
    event: bytes
    data: bytes | None

    def __repr__(self) -> str:
        return f"Block({len(self.raw)} bytes)"


class Splitter:
    """Bytes in, blocks out; holds what is not whole yet."""

    __slots__ = ("_buffer", "_limit", "_line", "_scanned", "_started")

    def __init__(self, *, limit: int = MAX_EVENT_BYTES) -> None:
        self._buffer = bytearray()
        self._limit = limit
        self._scanned = 0  # everything before is known to hold no end of an event
        self._line = 0  # where the line begins in which `_scanned` stands
        self._started = False

    def feed(self, chunk: bytes) -> list[Block]:
        """The events that `chunk` completes; raises `AnswerError`."""
        if not self._buffer and chunk.endswith(b"\n\n") and b"\r" not in chunk and self._started:
            return self._split_plain(chunk)
        self._buffer += chunk
        return self._drain(at_end=False)

    def close(self) -> list[Block]:
        """The events that the end of the stream completes: one that ended with a lone CR; raises `AnswerError`."""
        return self._drain(at_end=True)

    @property
    def rest(self) -> bool:
        """Whether bytes of an event wait for its end."""
        return bool(self._buffer)

    def _split_plain(self, chunk: bytes) -> list[Block]:
        """Whole events with LF line ends, as nearly every provider sends them, without touching the buffer."""
        if len(chunk) > self._limit:
            self._buffer += chunk
            return self._drain(at_end=False)
        blocks = []
        start = 0
        size = len(chunk)
        while start < size:
            # An empty line before an event belongs to none and is given out alone.
            end = start + 1 if chunk.startswith(b"\n", start) else chunk.index(b"\n\n", start) + 2
            blocks.append(_block(chunk[start:end]))
            start = end
        return blocks

    def _drain(self, *, at_end: bool) -> list[Block]:
        blocks = []
        while (end := self._find_end(at_end=at_end)) is not None:
            raw = bytes(self._buffer[:end])
            del self._buffer[:end]
            self._scanned = self._line = 0
            if len(raw) > self._limit:
                raise AnswerError("wire/answer-too-large", limit=self._limit)
            blocks.append(_block(raw if self._started else raw.removeprefix(BOM), raw=raw))
            self._started = True
        if len(self._buffer) > self._limit:
            raise AnswerError("wire/answer-too-large", limit=self._limit)
        return blocks

    def _find_end(self, *, at_end: bool) -> int | None:
        """Where the first event in the buffer ends: after its first empty line."""
        buffer = self._buffer
        while match := _LINE_END.search(buffer, self._scanned):
            if match.group() == b"\r" and match.end() == len(buffer) and not at_end:
                return None  # an LF may follow and would belong to this line's end
            start, self._line = self._line, match.end()
            self._scanned = match.end()
            if match.start() == start or (not self._started and buffer[start : match.start()] == BOM):
                return match.end()
        self._scanned = max(self._scanned, len(buffer))
        return None


def _block(text: bytes, *, raw: bytes | None = None) -> Block:
    """The event whose lines are in `text`."""
    raw = text if raw is None else raw
    if text.startswith(b"data: ") and text.find(b"\n") == len(text) - 2 and b"\r" not in text:
        return Block(raw, b"", text[6:-2])
    name = b""
    data: list[bytes] = []
    for line in _LINE_END.split(text) if b"\r" in text else text.split(b"\n"):
        key, colon, value = line.partition(b":")
        if key not in _KNOWN_FIELDS or (line and not key and not colon):
            raise AnswerError("wire/answer-garbage")
        value = value.removeprefix(b" ")
        if key == b"data":
            data.append(value)
        elif key == b"event":
            name = value
    return Block(raw, name, b"\n".join(data) if data else None)
