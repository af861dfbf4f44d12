"""What decoders of streamed answers share: blocks in order, one end, nothing after it.

A dialect's decoder says what one block means (`_event`); whether more may come is decided here, once for all dialects.
INVARIANT: after the terminal event a byte more raises; after a reported failure nothing more is given out.
"""

from abc import ABC, abstractmethod

from brightline.domain.event import AnswerEvent, EventKind
from brightline.wire.alike import Alike
from brightline.wire.errors import AnswerError, TruncatedError
from brightline.wire.sse import Block, Splitter

_DATA = EventKind.DATA


class AnswerDecoder(ABC):
    """One streamed answer: bytes in, events out; `text_key` is the key under which the dialect carries text."""

    __slots__ = ("_alike", "_failed", "_splitter", "_terminal")

    def __init__(self, text_key: bytes) -> None:
        self._splitter = Splitter()
        self._alike = Alike(text_key)
        self._terminal = False
        self._failed = False

    @property
    def finished(self) -> bool:
        """Whether the terminal event or an error event has been given out."""
        return self._terminal or self._failed

    def feed(self, chunk: bytes) -> list[AnswerEvent]:
        """The events that `chunk` completes; raises `AnswerError`."""
        if not self._splitter.rest and self._alike.knows(chunk):
            return [AnswerEvent(_DATA, chunk)]
        if self._failed:
            return []
        if self._terminal and chunk:
            raise AnswerError("wire/answer-after-end")
        return self._read(self._splitter.feed(chunk))

    def close(self) -> list[AnswerEvent]:
        """The events that the end completes; raises `TruncatedError` when the answer has no end."""
        events = [] if self._failed else self._read(self._splitter.close())
        if not self.finished:
            raise TruncatedError
        return events

    def _read(self, blocks: list[Block]) -> list[AnswerEvent]:
        events = []
        for block in blocks:
            if self._failed:
                break  # what follows a reported failure is nobody's answer
            if self._terminal:
                raise AnswerError("wire/answer-after-end")
            if self._alike.knows(block.raw):
                events.append(AnswerEvent(_DATA, block.raw))
            else:
                events.append(self._event(block))
        if self._terminal and self._splitter.rest:
            raise AnswerError("wire/answer-after-end")
        return events

    @abstractmethod
    def _event(self, block: Block) -> AnswerEvent:
        """What one block means; sets `_terminal` or `_failed` where it ends the answer. Raises `AnswerError`."""
