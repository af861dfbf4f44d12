"""Whatever the chunking, a stream gives the same events, and their bytes are the bytes that came."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brightline.domain.call import Dialect, ToolOffer
from brightline.domain.event import AnswerEvent, EventKind
from brightline.screening import GateError, ReleaseGate
from brightline.wire import AnswerError, codec

STREAMS = Path(__file__).parent.parent / "vectors" / "streams"
CASES = json.loads((STREAMS / "cases.json").read_text())["cases"]
GOOD = [case for case in CASES if case["outcome"] == "complete"]
BAD = [case for case in CASES if case["outcome"] != "complete"]


def decode(case: dict[str, str], chunks: list[bytes]) -> tuple[list[AnswerEvent], str]:
    decoder = codec(Dialect(case["dialect"])).decoder()
    events: list[AnswerEvent] = []
    try:
        for chunk in chunks:
            events += decoder.feed(chunk)
        events += decoder.close()
    except AnswerError as error:
        return events, error.code
    assert decoder.finished
    return events, "error" if events[-1].kind is EventKind.ERROR else "complete"


def cut(data: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(at), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def read(case: dict[str, str]) -> bytes:
    return (STREAMS / case["file"]).read_bytes()


def passing(gate: ReleaseGate, events: list[AnswerEvent]) -> Iterator[bytes]:
    """What leaves until the gate stops."""
    for event in events:
        try:
            yield gate.take(event)
        except GateError:
            return


def names(events: list[AnswerEvent]) -> list[str]:
    return [name for event in events for name in event.tools]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_every_stream_ends_as_its_case_says(case):
    data = read(case)
    events, outcome = decode(case, [data[i : i + 1] for i in range(len(data))])
    assert outcome == case["outcome"]
    assert names(events) == case["tools"]
    if outcome == "complete":
        assert b"".join(event.raw for event in events) == data
        assert [event.kind for event in events].index(EventKind.TERMINAL) == len(events) - 1


@given(data=st.data())
def test_any_chunking_gives_the_same_events(data):
    case = data.draw(st.sampled_from(GOOD))
    stream = read(case)
    at = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    assert decode(case, cut(stream, at)) == decode(case, [stream])


@given(data=st.data())
def test_any_chunking_ends_a_bad_stream_the_same_way(data):
    case = data.draw(st.sampled_from(BAD))
    stream = read(case)
    whole, outcome = decode(case, [stream[i : i + 1] for i in range(len(stream))])
    at = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    events, seen = decode(case, cut(stream, at))
    assert seen == outcome
    assert events == whole[: len(events)]


@given(data=st.data())
def test_a_cut_stream_is_never_complete_and_never_releases_a_call_unseen(data):
    case = data.draw(st.sampled_from(CASES))
    stream = read(case)
    # A last CR without its LF ends the line as well, so that such a stream is not cut at all.
    whole = len(stream) - stream.endswith(b"\r\n")
    end = data.draw(st.integers(0, max(whole - 1, 0)))
    events, outcome = decode(case, [stream[:end]])
    assert outcome != "complete"
    released = b"".join(passing(ReleaseGate(()), events))
    assert b'tool_calls":[{' not in released
    assert b'tool_use","id' not in released


@given(data=st.data(), garbage=st.binary(min_size=1, max_size=40))
def test_garbage_in_a_stream_raises_or_is_passed_on_untouched(data, garbage):
    case = data.draw(st.sampled_from(GOOD))
    stream = read(case)
    at = data.draw(st.integers(0, len(stream)))
    spoiled = stream[:at] + garbage + stream[at:]
    cuts = data.draw(st.lists(st.integers(0, len(spoiled)), max_size=6))
    events, outcome = decode(case, [spoiled])
    again, same = decode(case, cut(spoiled, cuts))
    assert same == outcome
    if outcome == "complete":
        assert again == events
        assert b"".join(event.raw for event in events) == spoiled


@given(data=st.data())
def test_the_gate_gives_out_what_came_and_keeps_the_end(data):
    case = data.draw(st.sampled_from(GOOD))
    stream = read(case)
    at = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    events, _ = decode(case, cut(stream, at))
    gate = ReleaseGate(tuple(ToolOffer(name) for name in case["tools"]))
    released = b"".join([gate.take(event) for event in events])
    terminal = gate.release_terminal()
    assert terminal == events[-1].raw
    assert released + terminal == stream


@given(data=st.data())
def test_without_the_offer_no_byte_of_a_call_leaves(data):
    case = data.draw(st.sampled_from([case for case in GOOD if case["tools"]]))
    events, _ = decode(case, [read(case)])
    gate = ReleaseGate(tuple(ToolOffer(name) for name in case["tools"][1:]))
    released = []
    with pytest.raises(GateError) as refused:
        released.extend(gate.take(event) for event in events)
    assert refused.value.code == "screening/tool-not-offered"
    first = next(i for i, event in enumerate(events) if event.tools or event.pending)
    assert b"".join(released) == b"".join(event.raw for event in events[:first])
