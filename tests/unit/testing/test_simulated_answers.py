import json

import pytest

from brightline.testing.simulated_answers import AnthropicVoice, OpenAiVoice, Voice, pieces, read_ask

ASK = read_ask(b'{"model":"sim-echo","messages":[{"role":"user","content":"hello there"}]}', 7)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"1", b'{"messages":1}', b'{"messages":[]}', b'{"messages":["x"]}', b'{"tools":[1]}']
)
def test_what_is_not_understood_is_left_empty(body: bytes) -> None:
    ask = read_ask(body, 1)
    assert (ask.model, ask.text, ask.tools, ask.stream, ask.usage) == ("", "", (), False, False)


def test_tools_and_text_are_read_in_both_dialects() -> None:
    tools = [{"function": {"name": "a"}}, {"name": "b"}, {"type": "x"}]
    content = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    body = {
        "tools": tools,
        "messages": [{"content": content}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    ask = read_ask(json.dumps(body).encode(), 1)
    assert (ask.tools, ask.text, ask.stream, ask.usage) == (("a", "b"), "one two", True, True)


def test_pieces_join_to_the_text() -> None:
    for count in range(1, 9):
        cut = pieces("abcdefg", count)
        assert "".join(cut) == "abcdefg"
        assert len(cut) <= count
    assert pieces("", 3) == [""]


@pytest.mark.parametrize("voice", [OpenAiVoice(), AnthropicVoice()])
def test_every_id_says_that_it_is_simulated(voice: Voice) -> None:
    for calls in ((), ("look_up", "call")):
        said = [voice.whole(ASK, "text", calls), b"".join(voice.events(ASK, "text", calls, 4))]
        assert b"".join(said).count(b'"id":"') == b"".join(said).count(b'"id":"sim_')
        assert json.loads(said[0])["id"].startswith("sim_")


def test_a_stream_says_what_the_whole_answer_says() -> None:
    chunks = [json.loads(event[6:]) for event in OpenAiVoice().events(ASK, "some text", (), 4)[:-1]]
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks) == "some text"
    blocks = [json.loads(event.split(b"data: ")[1]) for event in AnthropicVoice().events(ASK, "some text", (), 4)]
    assert "".join(block.get("delta", {}).get("text", "") for block in blocks) == "some text"


def test_usage_comes_in_a_stream_when_asked_for() -> None:
    ask = read_ask(b'{"stream_options":{"include_usage":true}}', 1)
    assert b'"usage"' in OpenAiVoice().events(ask, "x", (), 1)[-2]
    assert b'"usage"' not in b"".join(OpenAiVoice().events(ASK, "x", (), 1))


@pytest.mark.parametrize("voice", [OpenAiVoice(), AnthropicVoice()])
def test_an_error_has_its_envelope(voice: Voice) -> None:
    assert json.loads(voice.error("kind", "words"))["error"]["type"] == "kind"
    assert voice.error("kind", "words") in voice.error_event("kind", "words")


def test_a_tool_is_called_with_what_its_schema_fixes() -> None:
    named = {"valve": {"const": 7}, "state": {"enum": ["open", "closed"]}, "note": {"type": "string"}}
    schema = {"type": "object", "properties": named}
    asked = [
        (OpenAiVoice(), {"tools": [{"function": {"name": "set", "parameters": schema}}], "tool_choice": "required"}),
        (AnthropicVoice(), {"tools": [{"name": "set", "input_schema": schema}], "tool_choice": {"type": "any"}}),
    ]
    for voice, body in asked:
        ask = read_ask(json.dumps(body).encode(), 1)
        assert ask.must_call
        assert ask.arguments == {"set": {"valve": 7, "state": "open"}}
        assert b"valve" in voice.whole(ask, "", ("set",))
    assert not ASK.must_call
