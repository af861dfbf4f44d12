import pytest

from brightline.domain.call import ToolOffer
from brightline.domain.event import AnswerEvent, EventKind, ProposedCall
from brightline.domain.leaf import Check
from brightline.screening import GateError, ReleaseGate, ReportedFailureError, ScreeningError
from brightline.screening.gate import MAX_CALLS

TEXT = AnswerEvent(EventKind.DATA, b"text ")
CALL = AnswerEvent(EventKind.TOOL_CALL, b"call ", ("now",))
PIECE = AnswerEvent(EventKind.TOOL_CALL, b"piece ", (), True)
WAITING = AnswerEvent(EventKind.DATA, b"waiting ", (), True)
END = AnswerEvent(EventKind.TERMINAL, b"end")
PROPOSED = ProposedCall("now", "c1", b"{}")
WHOLE = AnswerEvent(EventKind.TOOL_CALL, b"whole ", ("now",), False, (PROPOSED,))
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


def test_what_follows_the_first_piece_of_a_call_leaves_with_the_end_and_in_order():
    gate = ReleaseGate(NOW)
    assert [gate.take(event) for event in (TEXT, PIECE, WAITING, PIECE)] == [b"text ", b"", b"", b""]
    assert [gate.take(event) for event in (WHOLE, TEXT, CALL, END)] == [b"", b"", b"", b""]
    assert gate.holding
    assert gate.proposed == (PROPOSED,)
    gate.clear()
    assert gate.release_terminal() == b"piece waiting piece whole text call end"
    assert gate.checks == Check.TOOLS_SCREENED | Check.STREAM_COMPLETE | Check.ACTS_DECIDED


def test_a_proposed_call_keeps_even_the_end_until_it_is_cleared():
    gate = ReleaseGate(NOW)
    for event in (WHOLE, END):
        assert gate.take(event) == b""
    with pytest.raises(ScreeningError) as refused:
        gate.release_terminal()
    assert refused.value.code == "screening/out-of-order"
    assert not gate.checks & Check.ACTS_DECIDED
    gate.clear()
    assert gate.proposed == ()
    assert gate.release_terminal() == b"whole end"


def test_calls_that_only_the_end_makes_whole_are_proposed_too():
    gate = ReleaseGate(NOW)
    assert gate.take(PIECE) == gate.take(END._replace(tools=("now",), calls=(PROPOSED, PROPOSED))) == b""
    assert gate.proposed == (PROPOSED, PROPOSED)


def test_no_more_calls_than_can_be_signed():
    gate = ReleaseGate(NOW)
    gate.take(WHOLE._replace(calls=(PROPOSED,) * MAX_CALLS))
    assert stopped(gate, WHOLE) == "screening/too-many-calls"


def test_a_tool_that_the_provider_ran_is_named_and_holds_nothing():
    gate = ReleaseGate(NOW)
    assert [gate.take(CALL), gate.take(TEXT)] == [b"call ", b"text "]
    assert not gate.holding


def test_what_waits_never_leaves_when_the_name_is_wrong():
    gate = ReleaseGate(())
    gate.take(PIECE)
    assert stopped(gate, CALL) == "screening/tool-not-offered"


def test_one_name_whole_and_one_not_still_waits():
    gate = ReleaseGate(NOW)
    assert gate.take(AnswerEvent(EventKind.TOOL_CALL, b"both ", ("now",), True)) == b""
    assert gate.take(CALL) == gate.take(END) == b""
    assert gate.release_terminal() == b"both call end"


def test_no_more_waits_than_the_bound():
    gate = ReleaseGate(NOW, held_bytes=10)
    assert gate.take(PIECE) == b""
    assert stopped(gate, WAITING) == "screening/too-much-held"
    assert stopped(gate, CALL) == "screening/too-much-held"
