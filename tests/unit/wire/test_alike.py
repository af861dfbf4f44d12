import pytest
from hypothesis import given
from hypothesis import strategies as st

from brightline.wire.alike import Alike
from brightline.wire.sse import MAX_EVENT_BYTES
from brightline.wire.strict_json import read_answer_object

HEAD, TAIL = b'data: {"choices":[{"delta":{"content":', b"}}]}\n\n"


def learned() -> Alike:
    alike = Alike(b"content")
    alike.learn(HEAD + b'"a"' + TAIL)
    return alike


@pytest.mark.parametrize(
    "middle",
    [
        b"",
        b"1",
        b"null",
        b'"a',
        b'"a\n"',
        b'"a\x00"',
        b'"\\x"',
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"a","b":"c"',
        b'"a"}}],"choices":[{"delta":{"content":"b"',
        b'"' + b"a" * MAX_EVENT_BYTES + b'"',
    ],
)
def test_anything_but_one_valid_text_is_not_alike(middle):
    assert not learned().knows(HEAD + middle + TAIL)


@pytest.mark.parametrize(
    "raw", [HEAD + b'"a"', b'x"a"' + TAIL, b"", HEAD.upper() + b'"a"' + TAIL, HEAD + b'"a"' + TAIL.upper() + b" "]
)
def test_another_frame_is_not_alike(raw):
    assert not learned().knows(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + HEAD + b'"a"' + TAIL,
        HEAD + b'"a"' + TAIL.replace(b"\n", b"\r\n"),
        HEAD + b'"a","content":"b"' + TAIL,
        HEAD + b"null" + TAIL,
        b'data: {"choices":[]}\n\n',
    ],
)
def test_some_events_are_never_learned(raw):
    alike = learned()
    alike.learn(raw)
    assert not alike.knows(raw)


@pytest.mark.parametrize("colon", [b":", b": ", b" :\t", b"  :  "])
def test_spaces_around_the_colon_are_part_of_the_frame(colon):
    head = HEAD.removesuffix(b":") + colon
    alike = Alike(b"content")
    alike.learn(head + b'"a"' + TAIL)
    assert alike.knows(head + b'"b\\n"' + TAIL)
    assert not alike.knows(head + b"1" + TAIL)
    assert not alike.knows(head + b' "b"' + TAIL)


def test_a_text_that_is_the_key_is_no_key():
    alike = Alike(b"content")
    raw = b'data: {"choices":[{"delta":{"type":"content"}}]}\n\n'
    alike.learn(raw)
    assert not alike.knows(raw)


def test_what_was_forgotten_is_not_known():
    alike = learned()
    alike.forget()
    assert not alike.knows(HEAD + b'"a"' + TAIL)


@given(st.binary(max_size=12) | st.text(max_size=6).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_what_is_alike_would_have_been_read_the_same_way(text):
    raw = HEAD + b'"' + text + b'"' + TAIL
    if learned().knows(raw):
        value = read_answer_object(raw[6:-2])
        assert list(value) == ["choices"]
        assert isinstance(value["choices"][0]["delta"]["content"], str)
