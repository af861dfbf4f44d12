"""Calls of tools in the content blocks of a Messages answer.

What must hold: a block of a kind nobody knows refuses, since it might call a tool.
"""

from typing import NamedTuple

import orjson

from brightline.domain.event import ProposedCall
from brightline.wire.anthropic_messages.request import MCP_PREFIX
from brightline.wire.errors import AnswerError
from brightline.wire.strict_json import Json, JsonObject

# `fallback` is not here: it marks that another model answered, which nobody decided about.
_PLAIN_BLOCKS = frozenset(
    {"text", "thinking", "redacted_thinking", "container_upload", "compaction", "mcp_tool_listing"}
)
_CALLING_BLOCKS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})


class Called(NamedTuple):
    """A block that calls a tool; `proposed` tells that the caller's program would run it, and not the provider.

    `member` is the name of the tool inside its toolset, and empty where there is none.
    """

    tool: str
    proposed: bool
    call_id: str
    member: str
    input: Json

    def whole(self, pieces: list[str] | None = None) -> ProposedCall:
        """The call as proposed; `pieces` of its arguments came after the block's start, if any did."""
        text = "".join(pieces or [])
        arguments = text.encode() if text else orjson.dumps(self.input)
        return ProposedCall(self.tool, self.call_id, arguments, self.member)


def garbage() -> AnswerError:
    """The error of an answer that is not the dialect's."""
    return AnswerError("wire/answer-garbage")


def unclear() -> AnswerError:
    """The error of a call that two clients would read differently."""
    return AnswerError("wire/answer-unclear-tool")


def called_tool(block: Json) -> Called | None:
    """The tool that `block` calls, or none when it calls none; raises `AnswerError`.

    A tool of an MCP server is named by its server (`mcp:SERVER`), a member of a toolset by its toolset, as offered.
    """
    if type(block) is not dict:
        raise garbage()
    kind = block.get("type")
    if type(kind) is not str:
        raise garbage()
    if kind in _CALLING_BLOCKS:
        return _called(block, kind)
    if kind in _PLAIN_BLOCKS or kind.endswith("_tool_result"):
        return None
    raise AnswerError("wire/answer-unknown-event")


def _called(block: JsonObject, kind: str) -> Called:
    name, member = block.get("name"), ""
    call_id = block.get("id", "")
    if type(name) is not str or not name or type(call_id) is not str:
        raise unclear()
    if kind == "mcp_tool_use":
        server = block.get("server_name")
        if type(server) is not str or not server:
            raise unclear()
        name = MCP_PREFIX + server
    elif kind == "tool_use" and block.get("toolset_name") is not None:
        toolset, member = block["toolset_name"], name
        if type(toolset) is not str or not toolset:
            raise unclear()
        name = toolset
    return Called(name, kind == "tool_use", call_id, member, block.get("input"))


def called_in(content: Json) -> list[Called]:
    """Every call that the blocks of `content` make; raises `AnswerError`."""
    if type(content) is not list:
        raise garbage()
    return [called for block in content if (called := called_tool(block)) is not None]


def proposed_of(called: list[Called]) -> tuple[ProposedCall, ...]:
    """Those of whole blocks that the caller's program would run."""
    return tuple([call.whole() for call in called if call.proposed])
