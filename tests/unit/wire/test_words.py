"""The words of answers, found again in whole ones and in pieces."""

import pytest

from brightline.wire import words_in


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"choices":[{"message":{"role":"assistant","content":"hello"}}],"id":"x"}', "hello"),
        (b'{"content":[{"type":"text","text":"one"},{"type":"thinking","thinking":"two"}],"model":"m"}', "onetwo"),
        (
            b'data: {"choices":[{"delta":{"content":"he"}}]}\n\ndata: {"choices":[{"delta":{"content":"llo"}}]}\n\n',
            "hello",
        ),
        (b'event: content_block_delta\ndata: {"delta":{"type":"text_delta","text":"hi"}}\n\n', "hi"),
        (b"data: [DONE]\n\n", ""),
        (b": ping\n\n", ""),
        (b"", ""),
    ],
)
def test_words(raw: bytes, words: str) -> None:
    assert words_in(raw) == words


def test_what_is_nested_deep_is_found_in_order() -> None:
    assert words_in(b'{"a":[[{"content":"x"}],3,{"b":{"text":"y"}}],"content":"z"}') == "zxy"
    assert words_in(b"[1]") == ""
    assert words_in(b'data: [[{"text":"q"}],7]') == "q"
    assert words_in(b"data: 7") == ""
