import json

import pytest

from brightline.testing.simulated_answers import UNOFFERED_TOOL, AnthropicVoice, OpenAiVoice, Voice, read_ask
from brightline.testing.simulated_faults import FAULTS, SERVER, Ending, Performance, Stage, perform


def played(model: str, *, stream: bool = False, voice: Voice | None = None, tools: tuple[str, ...] = ()) -> Performance:
    body = {"model": model, "stream": stream, "tools": [{"name": name} for name in tools]}
    ask = read_ask(json.dumps(body).encode(), 1)
    return perform(Stage(ask=ask, voice=voice or OpenAiVoice(), big_bytes=100_000))


@pytest.mark.parametrize("model", sorted(FAULTS))
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("voice", [OpenAiVoice(), AnthropicVoice()])
def test_every_model_has_a_performance_that_names_the_simulator(model: str, stream: bool, voice: Voice) -> None:
    said = b"".join(played(model, stream=stream, voice=voice).acts)
    assert SERVER in said or b"sim" in said or not said


def test_a_model_nobody_knows_is_answered_properly() -> None:
    assert played("mercury").acts[0].startswith(b"HTTP/1.1 200")
    assert played("mercury").ending is Ending.KEEP


def test_a_whole_answer_can_be_paced() -> None:
    slow = played("sim-slow")
    assert slow.pause > 0
    assert b"".join(slow.acts).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("model", "tools", "named"),
    [
        ("sim-tool", ("a", "b"), [b'"a"']),
        ("sim-tool", (), [UNOFFERED_TOOL.encode()]),
        ("sim-two-tools", ("a", "b"), [b'"a"', b'"b"']),
        ("sim-two-tools", (), [UNOFFERED_TOOL.encode()]),
        ("sim-tool-not-offered", ("a",), [UNOFFERED_TOOL.encode()]),
    ],
)
def test_tools_are_called_as_the_model_name_says(model: str, tools: tuple[str, ...], named: list[bytes]) -> None:
    said = b"".join(played(model, tools=tools).acts)
    assert all(name in said for name in named)


def test_a_stream_without_its_end_has_no_terminal_event() -> None:
    assert b"[DONE]" not in b"".join(played("sim-no-terminal", stream=True).acts)
    assert b"[DONE]" in b"".join(played("sim-echo", stream=True).acts)
