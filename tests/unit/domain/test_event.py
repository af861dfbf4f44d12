"""Events of an answer."""

import pytest

from brightline.domain.event import AnswerEvent, EventKind


def test_its_bytes_are_not_shown() -> None:
    event = AnswerEvent(EventKind.TOOL_CALL, b"the words of the answer", ("search",), True)
    assert repr(event) == "AnswerEvent(tool-call, 23 bytes, tools=('search',), pending=True)"


def test_an_event_is_frozen() -> None:
    with pytest.raises(AttributeError):
        AnswerEvent(EventKind.DATA, b"").raw = b"x"
