"""Reads a Messages request (Anthropic API reference, `POST /v1/messages` and `/v1/messages/count_tokens`) into a Call.

What must hold: every tool the model may use is in `Call.tools`: the caller's, those the provider runs, those of MCP
servers (one offer per server, named `mcp:SERVER`), and those a message adds on the way (`tool_addition`).
"""

import re
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

MCP_PREFIX = "mcp:"
_OTHER_MODELS = ("fallbacks",)
_TOOLSET = re.compile(r"([a-z_]{1,64})_toolset_[0-9]{8}")
# From this date on, the one tool `code_execution` is called under these names.
_CODE_EXECUTION = "code_execution_"
_CODE_EXECUTION_FIRST = "code_execution_20250522"
_CODE_EXECUTION_PARTS = ("bash_code_execution", "text_editor_code_execution")
_TEXT_BLOCKS = frozenset(
    {"text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "mcp_tool_use", "tool_reference"}
    | {"tool_removal", "mcp_tool_listing", "compaction", "fallback"}
)
_NESTING_BLOCKS = frozenset({"tool_result", "mcp_tool_result", "search_result"})
_MEDIA_BLOCKS = {"image": "image", "document": "document", "container_upload": "document"}
# What is read for itself, or says nothing of anybody.
_READ_APART = frozenset({"model", "messages", "system", "metadata"})
_TEXT, _ARGUMENTS, _RESULT, _OPAQUE = PieceKind.TEXT, PieceKind.ARGUMENTS, PieceKind.RESULT, PieceKind.OPAQUE
# Members that say what a block is, and nothing of anybody.
_UNSAID = frozenset({"type", "cache_control", "signature"})
_PLAIN_SOURCES = frozenset({"base64", "text", "file"})


def parse_request(operation: Operation, body: bytes, headers: Mapping[str, str], *, limit: int) -> Call:
    """The call in `body` and `headers`; raises `RequestError`."""
    request = read_object(body, limit=limit)
    refuse_other_models(request, _OTHER_MODELS)
    _refuse_kept_thread(request.get("thread"))
    facts = _Facts()
    messages = request.get("messages")
    if messages is None:
        raise RequestError("wire/missing-field", field="messages")
    rows = as_list(messages, "messages")
    facts.read_tools(request)
    facts.read_content(request.get("system"), "system")
    for row in rows:
        message = as_object(row, "messages[]")
        required_text(message, "role", "messages[].role")
        facts.read_content(message.get("content"), "messages[].content")
    beside = words_beside(request, _READ_APART)
    if beside:
        facts.pieces.append(Piece(PieceKind.BESIDE, beside))
    return Call(
        dialect=Dialect.ANTHROPIC_MESSAGES,
        operation=operation,
        model=model_name(request),
        stream=wants_stream(request) and operation is Operation.GENERATE,
        body=body,
        tools=tuple(facts.tools),
        modalities=frozenset(facts.modalities),
        remote_urls=facts.remote_urls,
        message_count=len(rows),
        max_output_tokens=token_limit(request, "max_tokens"),
        claimed=read_claims(headers, request.get("metadata")),
        pieces=tuple(facts.pieces),
    )


def definition(body: bytes, tool: str) -> JsonObject | None:
    """The definition, in `tools` or added by a message, that offers `tool`; none where none or more than one does."""
    request = read_object(body, limit=len(body))
    facts = _Definitions()
    facts.read_tools(request)
    for row in listed(request, "messages"):
        facts.read_content(as_object(row, "messages[]").get("content"), "messages[].content")
    found = [entry for name, entry in facts.defined if name == tool]
    return found[0] if len(found) == 1 else None


def _refuse_kept_thread(thread: Json) -> None:
    """A thread that the provider continues holds messages and tools nobody here can see."""
    if thread is not None and as_object(thread, "thread").get("type") != "create":
        raise RequestError("wire/unseen-content", field="thread")


class _Facts:
    """Gathers tools and kinds of content."""

    __slots__ = ("_called", "_result", "modalities", "pieces", "remote_urls", "tools")

    def __init__(self) -> None:
        self.modalities = {"text"}
        self.remote_urls = False
        self.pieces: list[Piece] = []
        self._called: dict[str, str] = {}  # the tool by the id of its call
        self._result = ""  # the id of the call whose result is read
        self.tools: list[ToolOffer] = []

    def read_tools(self, request: JsonObject) -> None:
        """The entries of `tools` and of `mcp_servers`, whose tools the provider fetches and runs."""
        for tool in listed(request, "tools"):
            self._read_tool(as_object(tool, "tools[]"), "tools[]")
        for value in listed(request, "mcp_servers"):
            server = as_object(value, "mcp_servers[]")
            self._offer_mcp(required_text(server, "name", "mcp_servers[].name"), "mcp_servers[].name", "mcp_server")
            self.remote_urls = True

    def read_content(self, content: Json, field: str) -> None:
        """A string, or blocks that may hold blocks (bounded by the depth of the body)."""
        if type(content) is list:
            for block in content:
                self._read_block(as_object(block, f"{field}[]"), f"{field}[]")
        elif content is not None:
            self._say(as_text(content, field))

    def _say(self, text: str) -> None:
        if self._result:
            self.pieces.append(Piece(_RESULT, text, self._called.get(self._result, ""), self._result))
        elif text:
            self.pieces.append(Piece(_TEXT, text))

    def _read_tool(self, tool: JsonObject, field: str) -> None:
        kind = tool.get("type")
        if kind is None or kind == "custom":
            self.tools.append(ToolOffer(tool_name(tool, field)))
            return
        kind = checked_name(as_text(kind, f"{field}.type"), f"{field}.type")
        if tool.get("model") is not None:
            raise RequestError("wire/names-another-model", field=f"{field}.model")
        if kind == "mcp_toolset":
            self._offer_mcp(required_text(tool, "mcp_server_name", f"{field}.mcp_server_name"), field, kind)
            return
        toolset = _TOOLSET.fullmatch(kind)
        if toolset and tool.get("name") is None:
            self.tools.append(ToolOffer(toolset.group(1), kind))
            return
        self.tools.append(ToolOffer(tool_name(tool, field), kind))
        if kind.startswith(_CODE_EXECUTION) and kind > _CODE_EXECUTION_FIRST:
            self.tools += [ToolOffer(part, kind) for part in _CODE_EXECUTION_PARTS]

    def _offer_mcp(self, server: str, field: str, kind: str) -> None:
        offer = ToolOffer(MCP_PREFIX + checked_name(server, field), kind)
        if all(known.name != offer.name for known in self.tools):
            self.tools.append(offer)

    def _read_block(self, block: JsonObject, field: str) -> None:
        kind = required_text(block, "type", f"{field}.type")
        if kind == "text":
            self._say(optional_text(block, "text"))
        elif kind in _TEXT_BLOCKS:
            self._read_words(kind, block)
        elif kind in _MEDIA_BLOCKS:
            self.modalities.add(_MEDIA_BLOCKS[kind])
            self._read_media(block)
            self._read_source(block.get("source"), f"{field}.source")
        elif kind == "tool_addition":
            self._read_addition(as_object(block.get("tool"), f"{field}.tool"), f"{field}.tool")
        elif kind in _NESTING_BLOCKS:
            before, self._result = self._result, optional_text(block, "tool_use_id") or self._result
            self.read_content(block.get("content"), f"{field}.content")
            self._result = before
        elif kind.endswith("_tool_result"):
            self._say(written(block.get("content")))
        else:
            self.modalities.add("unknown")
            self.remote_urls |= holds_link(block)
            self.pieces.append(Piece(_OPAQUE, written(block)))

    def _read_words(self, kind: str, block: JsonObject) -> None:
        """A block whose words are not in `text`: a call of a tool, a thought, or whatever stands in its members."""
        if kind.endswith("tool_use"):
            name, call_id = optional_text(block, "name"), optional_text(block, "id")
            self._called[call_id] = name
            self.pieces.append(Piece(_ARGUMENTS, written(block.get("input")), name, call_id))
        elif kind == "redacted_thinking":
            self.pieces.append(Piece(_OPAQUE, written(block)))
        else:
            self._say(written({name: value for name, value in block.items() if name not in _UNSAID}))

    def _read_media(self, block: JsonObject) -> None:
        """A picture or document: one that is written out is read, any other is a piece that nobody reads."""
        source = block.get("source")
        if type(source) is dict and source.get("type") == "text":
            self._say(optional_text(source, "data"))
        elif type(source) is not dict or source.get("type") != "content":
            self.pieces.append(Piece(_OPAQUE, written(block)))

    def _read_source(self, value: Json, field: str) -> None:
        if value is None:
            return
        source = as_object(value, field)
        kind = required_text(source, "type", f"{field}.type")
        if kind == "content":
            self.read_content(source.get("content"), f"{field}.content")
        elif kind not in _PLAIN_SOURCES:
            self.remote_urls = True

    def _read_addition(self, tool: JsonObject, field: str) -> None:
        """A reference names a tool offered already; a definition offers one more."""
        if tool.get("definition") is not None:
            self._read_tool(as_object(tool["definition"], f"{field}.definition"), f"{field}.definition")


class _Definitions(_Facts):
    """Gathers what offers each tool as well; apart from `_Facts`, so that a call that is not held pays nothing."""

    __slots__ = ("defined",)

    def __init__(self) -> None:
        super().__init__()
        self.defined: list[tuple[str, JsonObject]] = []

    def _read_tool(self, tool: JsonObject, field: str) -> None:
        known = len(self.tools)
        super()._read_tool(tool, field)
        self.defined += [(offer.name, tool) for offer in self.tools[known:]]
