"""Reads a Chat Completions request (OpenAI API reference, `POST /v1/chat/completions`) into a Call.

What must hold: every tool the model may use is in `Call.tools`, deprecated `functions` and searches the provider runs
included; fields no fact rests on pass unread.
"""

from collections.abc import Mapping

from brightline.domain.call import Call, Dialect, Operation, Piece, PieceKind, ToolOffer
from brightline.wire.claims import read_claims
from brightline.wire.errors import RequestError
from brightline.wire.fields import (
    as_list,
    as_object,
    as_text,
    checked_name,
    holds_link,
    is_link,
    listed,
    model_name,
    optional_text,
    refuse_other_models,
    required_text,
    token_limit,
    tool_name,
    wants_stream,
    words_beside,
    written,
)
from brightline.wire.strict_json import Json, JsonObject, read_object

# Routers and proxies that speak this dialect read these as other models to try.
_OTHER_MODELS = ("models", "fallbacks")
_TOOL_FIELDS = frozenset({"tools", "functions", "web_search_options"})
_TEXT_PARTS = frozenset({"text", "refusal"})
# What is read for itself, or says nothing of anybody.
_READ_APART = frozenset({"model", "messages", "metadata"})
_TEXT, _ARGUMENTS, _RESULT, _OPAQUE = PieceKind.TEXT, PieceKind.ARGUMENTS, PieceKind.RESULT, PieceKind.OPAQUE
_OPAQUE_PIECE = Piece(_OPAQUE, "")
_RESULT_ROLES = frozenset({"tool", "function"})
# What a plain message has, and what is read as something else than words.
_SAID = frozenset({"role", "content", "tool_call_id", "audio"})
_READ = _SAID | {"tool_calls", "function_call"}


def parse_request(body: bytes, headers: Mapping[str, str], *, limit: int) -> Call:
    """The call in `body` and `headers`; raises `RequestError`."""
    request = read_object(body, limit=limit)
    refuse_other_models(request, _OTHER_MODELS)
    content = _Content()
    messages = request.get("messages")
    if messages is None:
        raise RequestError("wire/missing-field", field="messages")
    rows = as_list(messages, "messages")
    for row in rows:
        content.read_message(row)
    content.read_output(request)
    beside = words_beside(request, _READ_APART)
    if beside:
        content.pieces.append(Piece(PieceKind.BESIDE, beside))
    return Call(
        dialect=Dialect.OPENAI_CHAT,
        operation=Operation.GENERATE,
        model=model_name(request),
        stream=wants_stream(request),
        body=body,
        tools=_tools(request),
        modalities=frozenset(content.modalities),
        remote_urls=content.remote_urls,
        message_count=len(rows),
        max_output_tokens=_token_limit(request),
        answers=_answers(request),
        claimed=read_claims(headers, request.get("metadata")),
        pieces=tuple(content.pieces),
    )


def _token_limit(request: JsonObject) -> int | None:
    """The larger of the two limits, since servers differ in which of them they obey."""
    old, new = token_limit(request, "max_tokens"), token_limit(request, "max_completion_tokens")
    return new if old is None else old if new is None else max(old, new)


def _answers(request: JsonObject) -> int:
    return max(1, token_limit(request, "n") or 1)


def _tools(request: JsonObject) -> tuple[ToolOffer, ...]:
    if _TOOL_FIELDS.isdisjoint(request):
        return ()
    offers = [_tool(as_object(tool, "tools[]")) for tool in listed(request, "tools")]
    offers += [ToolOffer(tool_name(as_object(f, "functions[]"), "functions[]")) for f in listed(request, "functions")]
    if request.get("web_search_options") is not None:
        offers.append(ToolOffer("web_search", "web_search_options"))
    return tuple(offers)


def _tool(tool: JsonObject) -> ToolOffer:
    """One entry of `tools`; a type that is neither the caller's function nor its custom tool is run by the provider."""
    kind = required_text(tool, "type", "tools[].type")
    if kind in ("function", "custom"):
        return ToolOffer(tool_name(as_object(tool.get(kind), f"tools[].{kind}"), f"tools[].{kind}"))
    if tool.get("model") is not None:
        raise RequestError("wire/names-another-model", field="tools[].model")
    checked_name(kind, "tools[].type")
    name = tool.get("name")
    return ToolOffer(kind if name is None else checked_name(as_text(name, "tools[].name"), "tools[].name"), kind)


def definition(body: bytes, tool: str) -> JsonObject | None:
    """The entry of `tools` or of `functions` that offers `tool`; none where none or more than one does."""
    request = read_object(body, limit=len(body))
    entries = [as_object(entry, "tools[]") for entry in listed(request, "tools")]
    found = [entry for entry in entries if _tool(entry).name == tool]
    functions = [as_object(entry, "functions[]") for entry in listed(request, "functions")]
    found += [entry for entry in functions if entry.get("name") == tool]
    return found[0] if len(found) == 1 else None


class _Content:
    """Gathers what kinds of content the messages hold."""

    __slots__ = ("_called", "modalities", "pieces", "remote_urls")

    def __init__(self) -> None:
        self.modalities = {"text"}
        self.remote_urls = False
        self.pieces: list[Piece] = []
        self._called: dict[str, str] = {}  # the tool by the id of its call

    def read_message(self, value: Json) -> None:
        message = as_object(value, "messages[]")
        role = required_text(message, "role", "messages[].role")
        call_id, kind, tool = "", _TEXT, ""
        if role in _RESULT_ROLES:
            kind, call_id = _RESULT, optional_text(message, "tool_call_id")
            tool = self._called.get(call_id) or optional_text(message, "name")
        content = message.get("content")
        if type(content) is list:
            for part in content:
                text = self._read_part(as_object(part, "messages[].content[]"))
                if text:
                    self.pieces.append(Piece(kind, text, tool, call_id))
        elif content is not None:
            self.pieces.append(Piece(kind, as_text(content, "messages[].content"), tool, call_id))
        if message.get("audio") is not None:
            self.modalities.add("audio")
            self.pieces.append(_OPAQUE_PIECE)
        if not _SAID.issuperset(message):
            self._read_rest(message)

    def _read_rest(self, message: JsonObject) -> None:
        """The calls of tools in `message`, and whatever else stands there in words."""
        for value in listed(message, "tool_calls"):
            call = as_object(value, "messages[].tool_calls[]")
            self._read_called(call, optional_text(call, "id"))
        called = message.get("function_call")
        if called is not None:
            self._read_called({"function": called}, "")
        rest = {name: value for name, value in message.items() if name not in _READ}
        if rest:
            self.pieces.append(Piece(_TEXT, written(rest)))

    def _read_called(self, call: JsonObject, call_id: str) -> None:
        for part in (call.get("function"), call.get("custom")):
            if type(part) is dict:
                name = optional_text(part, "name")
                self._called[call_id] = name
                given = part.get("arguments", part.get("input"))
                text = given if type(given) is str else written(given)
                self.pieces.append(Piece(_ARGUMENTS, text, name, call_id))

    def read_output(self, request: JsonObject) -> None:
        """Kinds of content asked for; text goes without saying."""
        for kind in listed(request, "modalities"):
            name = as_text(kind, "modalities[]")
            self.modalities.add(name if name in ("text", "audio", "image") else "unknown")

    def _read_part(self, part: JsonObject) -> str:
        """The words of `part`; where it has none, it is a piece that nobody reads."""
        kind = required_text(part, "type", "messages[].content[].type")
        if kind in _TEXT_PARTS:
            return optional_text(part, kind)
        self.pieces.append(Piece(_OPAQUE, written(part)))
        if kind == "image_url":
            self.modalities.add("image")
            self._read_image(part.get("image_url"))
        elif kind == "input_audio":
            self.modalities.add("audio")
            self.remote_urls |= holds_link(part)
        elif kind == "file":
            self.modalities.add("document")
            self.remote_urls |= holds_link(part)
        else:
            self.modalities.add("unknown")
            self.remote_urls |= holds_link(part)
        return ""

    def _read_image(self, value: Json) -> None:
        field = "messages[].content[].image_url"
        url = required_text(value, "url", f"{field}.url") if type(value) is dict else as_text(value, field)
        self.remote_urls |= is_link(url)
