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
from brightline.screening import GateError, ReleaseGate, read_arguments
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
    gate.clear()
    terminal = gate.release_terminal()
    assert terminal.endswith(events[-1].raw)
    assert released + terminal == stream
    proposing = [i for i, event in enumerate(events) if event.pending or event.calls]
    kept = events[proposing[0] :] if proposing else events[-1:]
    assert terminal == b"".join(event.raw for event in kept)


# Calls of both dialects, and how a provider may cut them into pieces: any cutting, any order between calls.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
CALLS = st.lists(st.tuples(st.sampled_from(["one", "two"]), TEXTS, st.booleans()), min_size=1, max_size=4)


def chunk(index: int, call: dict[str, object]) -> bytes:
    rows = {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": index, **call}]}}]}
    return b"data: " + json.dumps(rows).encode() + b"\n\n"


def openai_pieces(index: int, name: str, text: str, *, custom: bool, at: list[int]) -> list[bytes]:
    kind, field = ("custom", "input") if custom else ("function", "arguments")
    pieces = [chunk(index, {"id": f"c{index}", "type": kind, kind: {"name": name}})]
    return pieces + [chunk(index, {kind: {field: part}}) for part in cut_text(text, at)]


def anthropic_event(kind: str, **rest: object) -> bytes:
    return f"event: {kind}\ndata: ".encode() + json.dumps({"type": kind, **rest}).encode() + b"\n\n"


def anthropic_pieces(index: int, name: str, text: str, at: list[int]) -> list[bytes]:
    block = {"type": "tool_use", "id": f"c{index}", "name": name, "input": {}}
    parts = [{"type": "input_json_delta", "partial_json": part} for part in cut_text(text, at)]
    pieces = [anthropic_event("content_block_start", index=index, content_block=block)]
    pieces += [anthropic_event("content_block_delta", index=index, delta=part) for part in parts]
    return [*pieces, anthropic_event("content_block_stop", index=index)]


def cut_text(text: str, at: list[int]) -> list[str]:
    edges = [0, *sorted(min(place, len(text)) for place in at), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def mixed(data: st.DataObject, rows: list[list[bytes]]) -> bytes:
    """The pieces of all calls, each call's in their order, the calls in any."""
    left, out = [list(row) for row in rows], b""
    while any(left):
        row = data.draw(st.sampled_from([row for row in left if row]))
        out += row.pop(0)
    return out


@given(data=st.data(), calls=CALLS)
def test_calls_come_out_as_they_went_in_whatever_the_cutting_and_the_order(data, calls):
    ats = [data.draw(st.lists(st.integers(0, 20), max_size=3)) for _ in calls]
    texts = [json.dumps({"say": text}) for _, text, _ in calls]
    chat = [
        openai_pieces(i, name, text if custom and text else texts[i], custom=custom and bool(text), at=ats[i])
        for i, (name, text, custom) in enumerate(calls)
    ]
    messages = [anthropic_pieces(i, name, texts[i], ats[i]) for i, (name, _, _) in enumerate(calls)]
    meant = {
        f"c{i}": (name, {"input": text} if custom and text else {"say": text})
        for i, (name, text, custom) in enumerate(calls)
    }
    plain = {f"c{i}": (name, {"say": text}) for i, (name, text, _) in enumerate(calls)}
    for dialect, rows, end, wanted in (
        (Dialect.OPENAI_CHAT, chat, b"data: [DONE]\n\n", meant),
        (Dialect.ANTHROPIC_MESSAGES, messages, anthropic_event("message_stop"), plain),
    ):
        stream = mixed(data, rows) + end
        cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
        decoder = codec(dialect).decoder()
        events = [event for part in cut(stream, cuts) for event in decoder.feed(part)] + decoder.close()
        proposed = [call for event in events for call in event.calls]
        found = {call.call_id: (call.tool, read_arguments(call)) for call in proposed}
        assert found == wanted
        assert len(proposed) == len(calls)


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
