"""What one official SDK, of any major, makes of a hold; run in the SDK's own environment, prints what it saw as JSON.

Asks for a tool call (refused once), resumes it until it is signed, asks for a streamed one, which is pinged and signed.
"""

import importlib
import json
import os
import sys
import time

SCHEMA = {"type": "object", "properties": {"valve": {"const": 7}, "open": {"const": True}}}
USER = [{"role": "user", "content": "open valve 7"}]
TRIES = 100


def main(package):
    sdk = importlib.import_module(package)
    url, key = os.environ["BRIGHTLINE_URL"], os.environ["BRIGHTLINE_KEY"]
    chat = package == "openai"
    client = (
        sdk.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=2)
        if chat
        else sdk.Anthropic(base_url=url, api_key=key, max_retries=2)
    )
    create = client.chat.completions.create if chat else client.messages.create
    tool = (
        {"type": "function", "function": {"name": "set_valve", "parameters": SCHEMA}}
        if chat
        else {"name": "set_valve", "input_schema": SCHEMA}
    )
    asked = {"model": "sim-tool", "messages": USER, "tools": [tool], "max_tokens": 64}
    seen = {"version": sdk.__version__}
    try:
        create(**asked)
    except sdk.PermissionDeniedError as error:
        seen["status"] = error.status_code
        holds = error.response.headers["brightline-hold"]
        seen["in_body"] = holds in json.dumps(error.body)
    answer = resume(sdk, create, asked, holds)
    seen["resumed"] = (
        json.loads(answer.choices[0].message.tool_calls[0].function.arguments) if chat else answer.content[-1].input
    )
    seen["streamed"] = stream_chat(create, asked) if chat else stream_messages(client, asked)
    print(json.dumps(seen))


def resume(sdk, create, asked, holds):
    for _ in range(TRIES):
        try:
            return create(**asked, extra_headers={"Brightline-Hold": holds})
        except sdk.PermissionDeniedError:
            time.sleep(0.1)
    raise SystemExit("nobody signed")


def stream_chat(create, asked):
    pieces = []
    for chunk in create(**asked, stream=True):
        for choice in chunk.choices:
            pieces += [call.function.arguments or "" for call in choice.delta.tool_calls or []]
    return json.loads("".join(pieces))


def stream_messages(client, asked):
    with client.messages.stream(**asked) as stream:
        return stream.get_final_message().content[-1].input


if __name__ == "__main__":
    main(sys.argv[1])
