"""The calls of the benchmark `unheld-cost`: what a caller sends and a provider answers, in their pieces on the wire."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.agreements import MODEL, TOOLS

# An answer of the last proposes a call, which is then decided: something nobody did before, so it has no bar.
PROPOSES = "chat, a call proposed"
_ASKED = "Summarise the maintenance log of a transport aircraft and list open defects by severity. " * 10
_SAID = "words " * 240
_PIECES = 28
_ARGUMENTS = '{"what":"defects","severity":"high"}'
_PROPOSED = {"id": "call_1", "type": "function", "function": {"name": TOOLS[0], "arguments": _ARGUMENTS}}


@dataclass(frozen=True, slots=True)
class Case:
    """One call."""

    request: bytes
    answer: Sequence[bytes]


def cases() -> Mapping[str, Case]:
    """The fixed set; nothing in it is held."""
    return {
        "chat": _chat(_completion(content=_SAID)),
        "chat, one tool offered": _chat(_completion(content=_SAID), tools=1),
        "chat, four tools offered": _chat(_completion(content=_SAID), tools=4),
        "chat, streamed": _chat(_chunks(), stream=True),
        "messages": _messages(_message()),
        "messages, streamed": _messages(_events(), stream=True),
        PROPOSES: _chat(_completion(content=None, tool_calls=[_PROPOSED]), tools=1),
    }


def _request(path: str, *, stream: bool, **more: object) -> bytes:
    asked: dict[str, object] = {"model": MODEL, "max_tokens": 512, "messages": [{"role": "user", "content": _ASKED}]}
    data = json.dumps({**asked, **({"stream": True} if stream else {}), **more}).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: gateway.example\r\ncontent-type: application/json\r\n"
    return f"{head}authorization: Bearer sk-bench\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data


def _chat(answer: Sequence[bytes], *, tools: int = 0, stream: bool = False) -> Case:
    schema = {"type": "object", "properties": {"what": {"type": "string"}}}
    offered = [
        {"type": "function", "function": {"name": name, "description": "a tool", "parameters": schema}}
        for name in TOOLS[:tools]
    ]
    more = {"tools": offered} if offered else {}
    return Case(_request("/v1/chat/completions", stream=stream, **more), answer)


def _messages(answer: Sequence[bytes], *, stream: bool = False) -> Case:
    return Case(_request("/v1/messages", stream=stream), answer)


def _whole(answer: Mapping[str, object]) -> Sequence[bytes]:
    data = json.dumps(answer).encode()
    return [b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(data), data)]


def _completion(**message: object) -> Sequence[bytes]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 190, "completion_tokens": 185, "total_tokens": 375}
    return _whole({"id": "c1", "object": "chat.completion", "model": MODEL, "choices": [choice], "usage": usage})


def _message() -> Sequence[bytes]:
    told = {"id": "m1", "type": "message", "role": "assistant", "model": MODEL, "stop_reason": "end_turn"}
    usage = {"input_tokens": 190, "output_tokens": 185}
    return _whole({**told, "content": [{"type": "text", "text": _SAID}], "stop_sequence": None, "usage": usage})


def _stream(events: Sequence[bytes]) -> Sequence[bytes]:
    """A chunked answer, one event a piece; its head comes with the first and its end with the last."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
    pieces = [b"%x\r\n%b\r\n" % (len(event), event) for event in events]
    return [head + pieces[0], *pieces[1:-1], pieces[-1] + b"0\r\n\r\n"]


def _chunks() -> Sequence[bytes]:
    words = [_chunk({"content": f"six words of text here {n} "}) for n in range(_PIECES)]
    return _stream([_chunk({"role": "assistant", "content": ""}), *words, _chunk({}, "stop") + b"data: [DONE]\n\n"])


def _chunk(delta: Mapping[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    whole = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]}
    return b"data: " + json.dumps(whole).encode() + b"\n\n"


def _events() -> Sequence[bytes]:
    message = {"id": "m1", "type": "message", "role": "assistant", "content": [], "model": MODEL}
    begun = _event("message_start", message=message)
    begun += _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    texts = [{"type": "text_delta", "text": f"six words of text here {n} "} for n in range(_PIECES)]
    ended = _event("content_block_stop", index=0)
    ended += _event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 185})
    words = [_event("content_block_delta", index=0, delta=text) for text in texts]
    return _stream([begun, *words, ended + _event("message_stop")])


def _event(kind: str, **more: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()
