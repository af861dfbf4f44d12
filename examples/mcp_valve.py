"""The valve as an MCP server on its standard streams: the release comes in the `_meta` of `tools/call`.

python mcp_valve.py --bundle bundle.json --revocations revocations.json --store store --key valve.pem

It wants the package `mcp`. A caller adds `{"brightline/release": TEXT}` to the call's `_meta`, where TEXT is what the
gateway gave in the header `Brightline-Release`; the answer is the signed receipt.
"""

import asyncio
import json
import sys
from collections.abc import Callable

import mcp_types as types
from machine_server import command_line, kept_of
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from valve import STATES, TOOL, Valve

from brightline.domain.sign_off.canonical import JsonObject
from brightline.oversight.carriage import from_meta
from brightline.oversight.effector import Action, Effector, EffectorError

LISTED = types.Tool(
    name=TOOL,
    description="Open or close the valve",
    input_schema={
        "type": "object",
        "properties": {"state": {"type": "string", "enum": list(STATES)}},
        "required": ["state"],
        "additionalProperties": False,
    },
)


def server_of(valve: Valve, effector: Effector) -> Server[object]:
    """The server of one valve; calls are handled one at a time, so that it stands still while it acts."""

    async def listing(ctx: object, params: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[LISTED])

    async def call(ctx: ServerRequestContext[object], params: types.CallToolRequestParams) -> types.CallToolResult:
        return answered(lambda: act(valve, effector, params))

    return Server("valve", on_list_tools=listing, on_call_tool=call)


def act(valve: Valve, effector: Effector, params: types.CallToolRequestParams) -> str:
    """The signed receipt of the call; raises `EffectorError` for one that is not begun."""
    arguments: JsonObject = params.arguments or {}
    action = Action(params.name, arguments, valve.state())
    release = from_meta(dict(params.meta or {}))
    return effector.act(release, action, lambda: valve.run(params.name, arguments)).canonical.decode()


def answered(made: Callable[[], str]) -> types.CallToolResult:
    """What `made` gives, or the refusal as a tool's error."""
    try:
        text, refused = made(), False
    except EffectorError as error:
        words = {"code": error.code, "message": error.message, "hint": error.hint}
        text, refused = json.dumps({"error": words}), True
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=refused)


async def serve() -> None:
    """Serve until the caller closes the streams; what happened is told on standard error."""
    kept = kept_of(command_line().parse_args())
    for receipt in kept.effector.recover():
        print(f"nobody knows how {receipt.receipt.binding} ended", file=sys.stderr)
    print(kept.name, file=sys.stderr)
    server = server_of(Valve(), kept.effector)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(serve())
