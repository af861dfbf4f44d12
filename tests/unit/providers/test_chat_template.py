"""How a conversation is put to the local model, rendered by the template language's own engine."""

import json
from importlib import resources

import jinja2

from brightline.providers import local_server

TOOL = {"type": "function", "function": {"name": "read_valve", "parameters": {"type": "object"}}}
DEFAULT = "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"


def rendered(messages: list[dict[str, object]], tools: list[dict[str, object]] | None = None) -> str:
    # Keeps the order of a tool's members, as the server's engine does.
    engine = jinja2.Environment(autoescape=False)
    engine.filters["tojson"] = json.dumps
    text = resources.files("brightline.providers").joinpath(local_server.TEMPLATE_NAME).read_text("utf-8")
    return engine.from_string(text).render(messages=messages, tools=tools, add_generation_prompt=True)


def test_without_tools_it_says_what_the_weights_were_trained_on() -> None:
    turn = "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    assert rendered([{"role": "user", "content": "Hello"}]) == DEFAULT + turn
    system = {"role": "system", "content": "Be brief"}
    told = "<|im_start|>system\nBe brief<|im_end|>\n"
    assert rendered([system, {"role": "user", "content": "Hello"}]) == told + turn


def test_tools_are_named_once_with_what_the_caller_told_the_model() -> None:
    said = rendered([{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Hello"}], [TOOL])
    assert said.startswith("<|im_start|>system\nBe brief\nTools, one JSON object a line:\n" + json.dumps(TOOL) + "\n")
    assert said.count("<|im_start|>system") == 1
    assert said.endswith("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n")


def test_a_call_and_its_result_are_turns() -> None:
    call = {"type": "function", "function": {"name": "read_valve", "arguments": {"valve": 7}}}
    messages: list[dict[str, object]] = [
        {"role": "user", "content": "Read it"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "closed"},
    ]
    written = '<tool_call>\n{"name": "read_valve", "arguments": {"valve": 7}}\n</tool_call>'
    turns = f"<|im_start|>assistant\n{written}<|im_end|>\n<|im_start|>tool\nclosed<|im_end|>\n"
    assert turns in rendered(messages, [TOOL])
