"""What the official `anthropic` SDK does at the gateway, whatever its major: run as a script in its own environment.

Each step is one promise to somebody who changes nothing but the base URL and the key.
"""

import asyncio

import anthropic
from anthropic import Anthropic, AsyncAnthropic
from telling import KEY, LONG, MODEL_SECONDS, URL, WEATHER, check, intent_of, raised, refused, tell

MODEL = "claude-opus-4-6"
ASK = [{"role": "user", "content": "What is the capital of France?"}]
TELL = [{"role": "user", "content": LONG}]
TOOL = {"name": "get_weather", "description": "Weather now", "input_schema": WEATHER}
WATCHING = {"name": "match_faces", "input_schema": WEATHER}


def client(key=KEY, seconds=MODEL_SECONDS):
    return Anthropic(base_url=URL, api_key=key, max_retries=0, timeout=seconds)


def ask(model=MODEL, messages=ASK, key=KEY, **more):
    with client(key) as one:
        return one.messages.create(model=model, messages=messages, max_tokens=24, **more)


def chat():
    with client() as one:
        raw = one.messages.with_raw_response.create(model=MODEL, messages=ASK, max_tokens=24)
        answer = raw.parse()
    check(answer.role == "assistant" and answer.content[0].text, answer)
    check(answer.stop_reason in ("end_turn", "max_tokens"), answer)
    check(0 < answer.usage.output_tokens <= 24, answer.usage)
    return intent_of(raw.headers)


def stream():
    with client() as one:
        found = one.messages.create(model=MODEL, messages=ASK, max_tokens=24, stream=True)
        intent = intent_of(found.response.headers)
        events = list(found)
    kinds = [event.type for event in events]
    check(kinds[0] == "message_start" and kinds[-1] == "message_stop", kinds)
    check(kinds.count("content_block_delta") > 1, kinds)
    return intent


def stream_helper():
    with client() as one, one.messages.stream(model=MODEL, messages=ASK, max_tokens=24) as found:
        text = "".join(found.text_stream)
        final = found.get_final_message()
    check(text and final.content[0].text == text, final)


def asynchronous():
    async def both():
        async with AsyncAnthropic(base_url=URL, api_key=KEY, max_retries=0, timeout=MODEL_SECONDS) as one:
            whole = one.messages.create(model=MODEL, messages=ASK, max_tokens=16)
            async with one.messages.stream(model=MODEL, messages=ASK, max_tokens=16) as found:
                text = [piece async for piece in found.text_stream]
            return (await whole).content[0].text, "".join(text)

    said = asyncio.run(both())
    check(all(said), said)


def bearer():
    """The SDK's other way to show a credential."""
    with Anthropic(base_url=URL, auth_token=KEY, api_key=None, max_retries=0, timeout=MODEL_SECONDS) as one:
        check(one.messages.create(model=MODEL, messages=ASK, max_tokens=4).content, "no content")


def tools():
    answer = ask(tools=[TOOL], tool_choice={"type": "auto"})
    check(answer.content, answer)


def tool_called():
    answer = ask("sim-tool", tools=[TOOL])
    called = [block.name for block in answer.content if block.type == "tool_use"]
    check(answer.stop_reason == "tool_use" and called == ["get_weather"], answer)


def tool_streamed():
    with client() as one, one.messages.stream(model="sim-tool", messages=ASK, max_tokens=24, tools=[TOOL]) as found:
        final = found.get_final_message()
    called = [block.name for block in final.content if block.type == "tool_use"]
    check(called == ["get_weather"], final)


def models():
    with client() as one:
        names = [model.id for model in one.models.list()]
    check(MODEL in names and "sim-tool" in names, names)


def count_tokens():
    with client() as one:
        few = one.messages.count_tokens(model=MODEL, messages=ASK).input_tokens
        more = one.messages.count_tokens(model=MODEL, messages=[*ASK, *TELL], tools=[TOOL]).input_tokens
    check(0 < few < more, (few, more))


def beta():
    """The same call under the SDK's beta methods, which add a query and a header."""
    with client() as one:
        answer = one.beta.messages.create(model=MODEL, messages=ASK, max_tokens=4, betas=["token-counting-2024-11-01"])
    check(answer.content, answer)


def wrong_key():
    refused(anthropic.AuthenticationError, lambda: ask(key="wrong-key"), status=401, code="identity/bad-credential")


def forbidden_tool():
    watching = {"tools": [WATCHING]}
    refused(anthropic.PermissionDeniedError, lambda: ask(**watching), status=403, code="policy/forbidden")


def forbidden_stream():
    watching = {"tools": [WATCHING], "stream": True}
    refused(anthropic.PermissionDeniedError, lambda: ask(**watching), status=403, code="policy/forbidden")


def forbidden_model():
    code = "policy/deployment-not-authorised"
    refused(anthropic.PermissionDeniedError, lambda: ask("frontier-large"), status=403, code=code)


def unknown_model():
    refused(anthropic.NotFoundError, lambda: ask("no-such-model"), status=404, code="policy/unknown-model")


def unknown_path():
    with client() as one:
        refused(anthropic.NotFoundError, lambda: one.models.retrieve(MODEL), status=404, code="gateway/not-found")


def bad_request():
    refused(anthropic.BadRequestError, lambda: ask(messages="hello"), status=400, code="wire/wrong-type")


def provider_bad_request():
    error = raised(anthropic.BadRequestError, lambda: ask("sim-400"))
    check("status 400" in str(error), error)


def rate_limited():
    error = raised(anthropic.RateLimitError, lambda: ask("sim-429"))
    check(error.response.headers.get("retry-after") == "7", dict(error.response.headers))


def provider_broken():
    raised(anthropic.InternalServerError, lambda: ask("sim-500"))


def stream_cut():
    """A stream that the provider cuts ends in the SDK's own error, after what came before."""
    pieces = []

    def read():
        with client() as one:
            pieces.extend(one.messages.create(model="sim-cut", messages=ASK, max_tokens=24, stream=True))

    error = raised(anthropic.APIStatusError, read)
    check("providers/cut" in str(error), error)
    check(pieces, "nothing came before the cut")


def cancelled_stream():
    with client() as one:
        found = one.messages.create(model=MODEL, messages=TELL, max_tokens=1500, stream=True)
        intent = intent_of(found.response.headers)
        next(found)
        found.close()
    return intent


def cancelled_task():
    async def leave():
        async with AsyncAnthropic(base_url=URL, api_key=KEY, max_retries=0) as one:
            found = await one.messages.create(model=MODEL, messages=TELL, max_tokens=1500, stream=True)
            async for _ in found:
                break
            await found.close()
            return intent_of(found.response.headers)

    return asyncio.run(leave())


def timed_out():
    """The caller's own time-out, before a byte of the answer: it leaves, and the provider's work ends."""
    with client(seconds=0.5) as one:
        raised(
            anthropic.APITimeoutError,
            lambda: one.messages.create(model="sim-hang", messages=ASK, max_tokens=24),
        )


STEPS = {
    step.__name__: step
    for step in (
        *(chat, stream, stream_helper, asynchronous, bearer, tools, tool_called, tool_streamed),
        *(models, count_tokens, beta),
        *(wrong_key, forbidden_tool, forbidden_stream, forbidden_model, unknown_model, unknown_path),
        *(bad_request, provider_bad_request, rate_limited, provider_broken, stream_cut),
        *(cancelled_stream, cancelled_task, timed_out),
    )
}

if __name__ == "__main__":
    tell("anthropic", STEPS)
