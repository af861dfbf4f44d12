from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brightline.wire.errors import AnswerError
from brightline.wire.sse import Block, Splitter


def split(data: bytes, *, limit: int = 1000, step: int | None = None) -> list[Block]:
    splitter = Splitter(limit=limit)
    blocks: list[Block] = []
    for start in range(0, len(data), step or len(data) or 1):
        blocks += splitter.feed(data[start : start + (step or len(data))])
    return blocks + splitter.close()


@pytest.mark.parametrize(
    "data",
    [
        b"<html>\n\n",
        b'{"error":{}}\n\n',
        b"Data: x\n\n",
        b"data : x\n\n",
        b" data: x\n\n",
        b"\xef\xbb\xbf\xef\xbb\xbfdata: x\n\n",
    ],
)
@pytest.mark.parametrize("step", [None, 1])
def test_a_field_nobody_knows_refuses(data, step):
    with pytest.raises(AnswerError) as refused:
        split(b": hello\n\n" + data if not data.startswith(b"\xef") else data, step=step)
    assert refused.value.code == "wire/answer-garbage"


@pytest.mark.parametrize(
    "data", [b"data: " + b"x" * 30, b"data: " + b"x" * 30 + b"\n\n", b"data: a\n\ndata: " + b"x" * 30]
)
@pytest.mark.parametrize("step", [None, 1, 7])
def test_an_event_over_the_limit_refuses_before_it_is_whole(data, step):
    with pytest.raises(AnswerError) as refused:
        split(b": hello\n\n" + data, limit=20, step=step)
    assert refused.value.code == "wire/answer-too-large"


def test_many_small_events_in_one_large_chunk_are_no_large_event():
    data = b"data: a\n\n" * 20
    assert split(b": x\n\n" + data, limit=20)[1:] == [Block(b"data: a\n\n", b"", b"a")] * 20


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"data: a\ndata:b\ndata\ndata:  c\n\n", [(b"", b"a\nb\n\n c")]),
        (b"event: x\r\ndata: a\r\n\r\n", [(b"x", b"a")]),
        (b"event:x\rdata: a\r\r", [(b"x", b"a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [(b"", b"a")]),
        (b": note\nid: 1\nretry: 5\n\n", [(b"", None)]),
        (b"\n\r\n\rdata: a\n\n", [(b"", None), (b"", None), (b"", None), (b"", b"a")]),
        (b"event: a\nevent: b\ndata: x\n\n", [(b"b", b"x")]),
        (b"data: unfinished\n", []),
    ],
)
@pytest.mark.parametrize("step", [None, 1, 2, 3])
def test_lines_are_read_as_the_standard_says(data, expected, step):
    assert [(block.event, block.data) for block in split(data, step=step)] == expected


def test_a_block_shows_no_content():
    assert repr(Block(b"data: secret\n\n", b"", b"secret")) == "Block(14 bytes)"


LINES = st.sampled_from([b"data: a", b"data:", b": note", b"event: x", b"", b"id: 7", b"data: \xc3\xa9"])
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(st.lists(st.tuples(LINES, ENDS), max_size=20), st.lists(st.integers(0, 200), max_size=10))
def test_any_chunking_gives_the_same_blocks_and_loses_no_byte(lines, cuts):
    data = b"".join(line + end for line, end in lines)
    edges = [0, *sorted(min(c, len(data)) for c in cuts), len(data)]
    splitter = Splitter()
    blocks = []
    for start, end in pairwise(edges):
        blocks += splitter.feed(data[start:end])
    blocks += splitter.close()
    assert blocks == split(data)
    raw = b"".join(block.raw for block in blocks)
    assert data.startswith(raw)
    assert splitter.rest == (raw != data)


def test_a_plain_chunk_over_the_limit_refuses_only_for_its_large_event():
    splitter = Splitter(limit=20)
    splitter.feed(b"data: a\n\n")
    assert len(splitter.feed(b"data: a\n\n" * 5)) == 5
    with pytest.raises(AnswerError):
        splitter.feed(b"data: " + b"x" * 30 + b"\n\n")
