"""Names of the tools that a content block of a Messages answer calls.

What must hold: a block of a kind nobody knows refuses, since it might call a tool.
"""

from brightline.wire.anthropic_messages.request import MCP_PREFIX
from brightline.wire.errors import AnswerError
from brightline.wire.strict_json import Json, JsonObject

# `fallback` is not here: it marks that another model answered, which nobody decided about.
_PLAIN_BLOCKS = frozenset(
    {"text", "thinking", "redacted_thinking", "container_upload", "compaction", "mcp_tool_listing"}
)
_CALLING_BLOCKS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})


def garbage() -> AnswerError:
    """The error of an answer that is not the dialect's."""
    return AnswerError("wire/answer-garbage")


def called_tool(block: Json) -> str | None:
    """The name of the tool that `block` calls, or none when it calls none; raises `AnswerError`.

    A tool of an MCP server is named by its server (`mcp:SERVER`), a member of a toolset by its toolset, as offered.
    """
    if type(block) is not dict:
        raise garbage()
    kind = block.get("type")
    if type(kind) is not str:
        raise garbage()
    if kind in _CALLING_BLOCKS:
        return _name(block, kind)
    if kind in _PLAIN_BLOCKS or kind.endswith("_tool_result"):
        return None
    raise AnswerError("wire/answer-unknown-event")


def _name(block: JsonObject, kind: str) -> str:
    name = block.get("name")
    if kind == "mcp_tool_use":
        server = block.get("server_name")
        name = MCP_PREFIX + server if type(server) is str and server and name else None
    elif kind == "tool_use" and block.get("toolset_name") is not None:
        name = block["toolset_name"]
    if type(name) is not str or not name:
        raise AnswerError("wire/answer-unclear-tool")
    return name


def called_in(content: Json) -> list[str]:
    """Every tool that the blocks of `content` call; raises `AnswerError`."""
    if type(content) is not list:
        raise garbage()
    return [name for block in content if (name := called_tool(block)) is not None]
