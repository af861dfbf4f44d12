"""Blocks in order, one end, nothing after it: whatever the dialect."""

import pytest

from brightline.domain.event import AnswerEvent, EventKind
from brightline.wire.decoder import AnswerDecoder
from brightline.wire.errors import AnswerError, TruncatedError
from brightline.wire.sse import Block


class Plain(AnswerDecoder):
    """A dialect of three words."""

    def __init__(self) -> None:
        super().__init__(b"text")

    def _event(self, block: Block) -> AnswerEvent:
        if block.data == b"end":
            self._terminal = True
            return AnswerEvent(EventKind.TERMINAL, block.raw)
        if block.data == b"error":
            self._failed = True
            return AnswerEvent(EventKind.ERROR, block.raw)
        return AnswerEvent(EventKind.DATA, block.raw)


def test_nothing_follows_the_end() -> None:
    decoder = Plain()
    assert [event.kind for event in decoder.feed(b"data: a\n\ndata: end\n\n")] == [EventKind.DATA, EventKind.TERMINAL]
    assert decoder.finished
    with pytest.raises(AnswerError) as caught:
        decoder.feed(b"x")
    assert caught.value.code == "wire/answer-after-end"


@pytest.mark.parametrize("after", [b"data: b\n\n", b"data: b"])
def test_nothing_follows_the_end_in_the_same_chunk_either(after: bytes) -> None:
    with pytest.raises(AnswerError):
        Plain().feed(b"data: end\n\n" + after)


def test_nothing_is_given_out_after_a_reported_failure() -> None:
    decoder = Plain()
    assert [event.kind for event in decoder.feed(b"data: error\n\ndata: b\n\n")] == [EventKind.ERROR]
    assert decoder.feed(b"data: c\n\n") == []
    assert decoder.close() == []


def test_an_answer_without_its_end_is_cut() -> None:
    decoder = Plain()
    decoder.feed(b"data: a\n\n")
    with pytest.raises(TruncatedError):
        decoder.close()


def test_an_end_that_only_the_close_completes_is_an_end() -> None:
    decoder = Plain()
    assert decoder.feed(b"data: end\n\r") == []
    assert [event.kind for event in decoder.close()] == [EventKind.TERMINAL]
