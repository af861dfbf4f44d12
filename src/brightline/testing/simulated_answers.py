"""What a simulated provider says, in both dialects: whole bodies and the events of a stream.

Every id starts with `sim_`, and nothing depends on a clock or on chance.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

UNOFFERED_TOOL: Final = "sim_tool_nobody_offered"
_CREATED = 1_700_000_000
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Ask:
    """What the simulator understood of a request; `must_call` tells that it demands a call of a tool.

    `arguments` are those with which it calls each tool: what the tool's schema fixes, as JSON.
    """

    serial: int
    model: str
    stream: bool
    text: str
    tools: tuple[str, ...]
    usage: bool
    must_call: bool
    arguments: Mapping[str, Json]


def read_ask(body: bytes, serial: int) -> Ask:
    """The request in `body`; anything not understood is left empty, as the simulator is no judge of requests."""
    try:
        asked = json.loads(body)
    except ValueError:
        asked = {}
    if not isinstance(asked, dict):
        asked = {}
    options = asked.get("stream_options")
    return Ask(
        serial=serial,
        model=str(asked.get("model", "")),
        stream=asked.get("stream") is True,
        text=_last_text(asked.get("messages")),
        tools=tuple(name for name in map(_tool_name, asked.get("tools") or ()) if name),
        usage=isinstance(options, dict) and options.get("include_usage") is True,
        must_call=asked.get("tool_choice") in ("required", {"type": "any"}),
        arguments={_tool_name(tool): _fixed(tool) for tool in asked.get("tools") or ()},
    )


def _tool_name(tool: object) -> str:
    if not isinstance(tool, dict):
        return ""
    function = tool.get("function")
    return str(function.get("name", "")) if isinstance(function, dict) else str(tool.get("name", ""))


def _fixed(tool: object) -> Json:
    """The arguments that the tool's schema leaves no choice about, or its first choice; else `{"sim": 1}`."""
    outer = tool if isinstance(tool, dict) else {}
    function = outer.get("function")
    schema = function.get("parameters") if isinstance(function, dict) else outer.get("input_schema")
    named = schema.get("properties") if isinstance(schema, dict) else None
    found: Json = {}
    for name, asked in (named if isinstance(named, dict) else {}).items():
        choices = [asked["const"]] if "const" in asked else asked.get("enum", [])
        if choices:
            found[name] = choices[0]
    return found or {"sim": 1}


def _last_text(messages: object) -> str:
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        return ""
    content = messages[-1].get("content")
    if isinstance(content, list):
        content = " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")


def pieces(text: str, count: int) -> list[str]:
    """`text` in at most `count` pieces that joined give it back."""
    size = max(1, -(-len(text) // count))
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]


def dump(value: object) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _given(ask: Ask, tool: str) -> str:
    return dump(ask.arguments.get(tool, {"sim": 1})).decode()


class OpenAiVoice:
    """The OpenAI Chat Completions dialect."""

    def whole(self, ask: Ask, text: str, calls: tuple[str, ...]) -> bytes:
        """A whole answer."""
        message: Json = {"role": "assistant", "content": None if calls else text}
        if calls:
            message["tool_calls"] = [self._call(ask, at, name) for at, name in enumerate(calls)]
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
        return dump({**self._outer(ask, "chat.completion"), "choices": [choice], "usage": self._usage(text)})

    def events(self, ask: Ask, text: str, calls: tuple[str, ...], count: int) -> list[bytes]:
        """The events of a streamed answer, the terminal one last."""
        deltas: list[Json] = [{"role": "assistant", "content": ""}]
        if calls:
            for at, name in enumerate(calls):
                call = self._call(ask, at, name)
                deltas.append({"tool_calls": [{"index": at, **call, "function": {"name": name, "arguments": ""}}]})
                deltas += [
                    {"tool_calls": [{"index": at, "function": {"arguments": piece}}]}
                    for piece in pieces(_given(ask, name), 3)
                ]
        else:
            deltas += [{"content": piece} for piece in pieces(text, count)]
        outer = self._outer(ask, "chat.completion.chunk")
        found = [self._event({**outer, "choices": [{"index": 0, "delta": d, "finish_reason": None}]}) for d in deltas]
        reason = "tool_calls" if calls else "stop"
        found.append(self._event({**outer, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}))
        if ask.usage:
            found.append(self._event({**outer, "choices": [], "usage": self._usage(text)}))
        return [*found, b"data: [DONE]\n\n"]

    def error(self, kind: str, words: str) -> bytes:
        """An error envelope."""
        return dump({"error": {"message": f"simulated: {words}", "type": kind, "param": None, "code": None}})

    def error_event(self, kind: str, words: str) -> bytes:
        """An error inside a stream."""
        return b"data: " + self.error(kind, words) + b"\n\n"

    def _event(self, value: object) -> bytes:
        return b"data: " + dump(value) + b"\n\n"

    def _outer(self, ask: Ask, kind: str) -> Json:
        return {"id": f"sim_chat_{ask.serial:06d}", "object": kind, "created": _CREATED, "model": ask.model}

    def _call(self, ask: Ask, at: int, name: str) -> Json:
        function = {"name": name, "arguments": _given(ask, name)}
        return {"id": f"sim_call_{ask.serial:06d}_{at}", "type": "function", "function": function}

    def _usage(self, text: str) -> Json:
        spoken = len(text.split())
        return {"prompt_tokens": 7, "completion_tokens": spoken, "total_tokens": 7 + spoken}


class AnthropicVoice:
    """The Anthropic Messages dialect."""

    def whole(self, ask: Ask, text: str, calls: tuple[str, ...]) -> bytes:
        """A whole answer."""
        content: list[Json] = [
            self._tool(ask, at, name, ask.arguments.get(name, {"sim": 1})) for at, name in enumerate(calls)
        ]
        message = self._message(ask, content or [{"type": "text", "text": text}])
        return dump({**message, "stop_reason": "tool_use" if calls else "end_turn", "usage": self._usage(text)})

    def events(self, ask: Ask, text: str, calls: tuple[str, ...], count: int) -> list[bytes]:
        """The events of a streamed answer, the terminal one last."""
        start = {"type": "message_start", "message": {**self._message(ask, []), "usage": self._usage("")}}
        found = [self._event(start), self._event({"type": "ping"})]
        for at, name in enumerate(calls):
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces(_given(ask, name), 3)]
            found += self._block(at, self._tool(ask, at, name, {}), deltas)
        if not calls:
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces(text, count)]
            found += self._block(0, {"type": "text", "text": ""}, deltas)
        ending = {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}
        usage = {"output_tokens": len(text.split())}
        found.append(self._event({"type": "message_delta", "delta": ending, "usage": usage}))
        return [*found, self._event({"type": "message_stop"})]

    def error(self, kind: str, words: str) -> bytes:
        """An error envelope."""
        return dump({"type": "error", "error": {"type": kind, "message": f"simulated: {words}"}})

    def error_event(self, kind: str, words: str) -> bytes:
        """An error inside a stream."""
        return b"event: error\ndata: " + self.error(kind, words) + b"\n\n"

    def _event(self, value: Mapping[str, object]) -> bytes:
        return f"event: {value['type']}\n".encode() + b"data: " + dump(value) + b"\n\n"

    def _block(self, at: int, block: Json, deltas: list[dict[str, str]]) -> list[bytes]:
        return [
            self._event({"type": "content_block_start", "index": at, "content_block": block}),
            *(self._event({"type": "content_block_delta", "index": at, "delta": delta}) for delta in deltas),
            self._event({"type": "content_block_stop", "index": at}),
        ]

    def _message(self, ask: Ask, content: list[Json]) -> Json:
        return {
            "id": f"sim_msg_{ask.serial:06d}",
            "type": "message",
            "role": "assistant",
            "model": ask.model,
            "content": content,
            "stop_reason": None,
            "stop_sequence": None,
        }

    def _tool(self, ask: Ask, at: int, name: str, given: Json) -> Json:
        return {"type": "tool_use", "id": f"sim_toolu_{ask.serial:06d}_{at}", "name": name, "input": given}

    def _usage(self, text: str) -> Json:
        return {"input_tokens": 7, "output_tokens": len(text.split())}


Voice = OpenAiVoice | AnthropicVoice
