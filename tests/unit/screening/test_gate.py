import pytest

from brightline.domain.call import ToolOffer
from brightline.domain.event import AnswerEvent, EventKind
from brightline.domain.leaf import Check
from brightline.screening import GateError, ReleaseGate, ReportedFailureError, ScreeningError

TEXT = AnswerEvent(EventKind.DATA, b"text ")
CALL = AnswerEvent(EventKind.TOOL_CALL, b"call ", ("now",))
PIECE = AnswerEvent(EventKind.TOOL_CALL, b"piece ", (), True)
WAITING = AnswerEvent(EventKind.DATA, b"waiting ", (), True)
END = AnswerEvent(EventKind.TERMINAL, b"end")
FAILURE = AnswerEvent(EventKind.ERROR, b"failure")
NOW = (ToolOffer("now"),)


def stopped(gate: ReleaseGate, event: AnswerEvent) -> str:
    with pytest.raises(GateError) as refused:
        gate.take(event)
    return refused.value.code


@pytest.mark.parametrize(
    "event", [CALL, AnswerEvent(EventKind.DATA, b"", ("now",)), AnswerEvent(EventKind.TERMINAL, b"", ("now",))]
)
def test_a_tool_not_offered_stops_whatever_names_it(event):
    gate = ReleaseGate((ToolOffer("later"), ToolOffer("web_search", "web_search_20250305")))
    assert gate.take(TEXT) == b"text "
    assert stopped(gate, event) == "screening/tool-not-offered"
    assert gate.checks == Check.TOOLS_SCREENED


def test_one_tool_of_two_not_offered_stops():
    gate = ReleaseGate(NOW)
    assert stopped(gate, AnswerEvent(EventKind.TOOL_CALL, b"", ("now", "then"))) == "screening/tool-not-offered"


@pytest.mark.parametrize("event", [TEXT, CALL, PIECE, END, FAILURE])
def test_after_a_stop_nothing_passes(event):
    gate = ReleaseGate(NOW)
    stopped(gate, AnswerEvent(EventKind.TOOL_CALL, b"", ("then",)))
    assert stopped(gate, event) == "screening/tool-not-offered"
    with pytest.raises(ScreeningError):
        gate.release_terminal()


def test_a_reported_failure_stops_and_is_no_screening():
    gate = ReleaseGate(NOW)
    gate.take(PIECE)
    with pytest.raises(ReportedFailureError):
        gate.take(FAILURE)
    assert gate.checks == Check(0)
    assert stopped(gate, TEXT) == "screening/provider-failed"


@pytest.mark.parametrize("event", [TEXT, CALL, END, FAILURE])
def test_nothing_passes_after_the_end_and_the_end_is_lost_too(event):
    gate = ReleaseGate(NOW)
    assert gate.take(END) == b""
    assert stopped(gate, event) == "screening/after-end"
    with pytest.raises(ScreeningError):
        gate.release_terminal()


def test_the_end_is_given_once_and_only_once_it_came():
    gate = ReleaseGate(())
    with pytest.raises(ScreeningError) as early:
        gate.release_terminal()
    assert early.value.code == "screening/out-of-order"
    assert gate.take(TEXT) + gate.take(END) == b"text "
    assert gate.checks == Check.TOOLS_SCREENED | Check.STREAM_COMPLETE
    assert gate.release_terminal() == b"end"
    with pytest.raises(ScreeningError) as again:
        gate.release_terminal()
    assert again.value.code == "screening/after-end"
    assert stopped(gate, TEXT) == "screening/after-end"


def test_an_end_with_a_name_still_missing_is_no_end():
    gate = ReleaseGate(())
    assert stopped(gate, AnswerEvent(EventKind.TERMINAL, b"end", (), True)) == "screening/out-of-order"


def test_what_waits_for_a_name_leaves_in_order_once_it_is_whole():
    gate = ReleaseGate(NOW)
    assert [gate.take(event) for event in (TEXT, PIECE, WAITING, PIECE)] == [b"text ", b"", b"", b""]
    assert gate.take(CALL) == b"piece waiting piece call "
    assert gate.take(TEXT) == b"text "
    assert [gate.take(PIECE), gate.take(END)] == [b"", b"piece "]
    assert gate.release_terminal() == b"end"


def test_what_waits_never_leaves_when_the_name_is_wrong():
    gate = ReleaseGate(())
    gate.take(PIECE)
    assert stopped(gate, CALL) == "screening/tool-not-offered"


def test_one_name_whole_and_one_not_still_waits():
    gate = ReleaseGate(NOW)
    assert gate.take(AnswerEvent(EventKind.TOOL_CALL, b"both ", ("now",), True)) == b""
    assert gate.take(CALL) == b"both call "


def test_no_more_waits_than_the_bound():
    gate = ReleaseGate(NOW, held_bytes=10)
    assert gate.take(PIECE) == b""
    assert stopped(gate, WAITING) == "screening/too-much-held"
    assert stopped(gate, CALL) == "screening/too-much-held"
