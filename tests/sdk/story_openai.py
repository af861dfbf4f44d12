"""What the official `openai` SDK does at the gateway, whatever its major: run as a script in an environment of its own.

Each step is one promise to somebody who changes nothing but the base URL and the key.
"""

import asyncio

import openai
from openai import AsyncOpenAI, OpenAI
from telling import KEY, LONG, MODEL_SECONDS, URL, WEATHER, check, intent_of, raised, refused, tell

MODEL = "gpt-4o-mini"
ASK = [{"role": "user", "content": "What is the capital of France?"}]
TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Weather now", "parameters": WEATHER}}
WATCHING = {"type": "function", "function": {"name": "match_faces", "parameters": WEATHER}}


def client(key=KEY, **more):
    return OpenAI(base_url=f"{URL}/v1", api_key=key, max_retries=0, timeout=MODEL_SECONDS, **more)


def ask(model=MODEL, messages=ASK, key=KEY, **more):
    with client(key) as one:
        return one.chat.completions.create(model=model, messages=messages, max_tokens=24, **more)


def chat():
    with client() as one:
        raw = one.chat.completions.with_raw_response.create(model=MODEL, messages=ASK, max_tokens=24)
        answer = raw.parse()
    choice = answer.choices[0]
    check(choice.message.role == "assistant" and choice.message.content, answer)
    check(choice.finish_reason in ("stop", "length"), answer)
    check(0 < answer.usage.completion_tokens <= 24, answer.usage)
    return intent_of(raw.headers)


def stream():
    with client() as one:
        found = one.chat.completions.create(
            model=MODEL, messages=ASK, max_tokens=24, stream=True, stream_options={"include_usage": True}
        )
        intent = intent_of(found.response.headers)
        chunks = list(found)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    ends = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    check(text and len(chunks) > 3, chunks)
    check(len(ends) == 1 and ends[0] in ("stop", "length"), ends)
    check(chunks[-1].usage is not None, chunks[-1])
    return intent


def asynchronous():
    async def both():
        async with AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0, timeout=MODEL_SECONDS) as one:
            whole = one.chat.completions.create(model=MODEL, messages=ASK, max_tokens=16)
            found = await one.chat.completions.create(model=MODEL, messages=ASK, max_tokens=16, stream=True)
            pieces = [chunk.choices[0].delta.content or "" async for chunk in found if chunk.choices]
            return (await whole).choices[0].message.content, "".join(pieces)

    said = asyncio.run(both())
    check(all(said), said)


def tools():
    answer = ask(tools=[TOOL], tool_choice="auto")
    message = answer.choices[0].message
    check(message.content or message.tool_calls, answer)


def tool_called():
    answer = ask("sim-tool", tools=[TOOL])
    call = answer.choices[0].message.tool_calls[0]
    check(answer.choices[0].finish_reason == "tool_calls" and call.function.name == "get_weather", answer)


def tool_streamed():
    with client() as one:
        chunks = list(one.chat.completions.create(model="sim-tool", messages=ASK, tools=[TOOL], stream=True))
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    names = [call.function.name for delta in deltas for call in delta.tool_calls or [] if call.function.name]
    check(names == ["get_weather"], chunks)


def models():
    with client() as one:
        names = [model.id for model in one.models.list()]
    check(MODEL in names and "sim-tool" in names, names)


def wrong_key():
    refused(openai.AuthenticationError, lambda: ask(key="wrong-key"), status=401, code="identity/bad-credential")


def forbidden_tool():
    watching = {"tools": [WATCHING]}
    refused(openai.PermissionDeniedError, lambda: ask(**watching), status=403, code="policy/forbidden")


def forbidden_stream():
    watching = {"tools": [WATCHING], "stream": True}
    refused(openai.PermissionDeniedError, lambda: ask(**watching), status=403, code="policy/forbidden")


def forbidden_model():
    code = "policy/deployment-not-authorised"
    refused(openai.PermissionDeniedError, lambda: ask("frontier-large"), status=403, code=code)


def unknown_model():
    refused(openai.NotFoundError, lambda: ask("no-such-model"), status=404, code="policy/unknown-model")


def unknown_path():
    with client() as one:
        refused(openai.NotFoundError, lambda: one.models.retrieve(MODEL), status=404, code="gateway/not-found")


def bad_request():
    refused(openai.BadRequestError, lambda: ask(messages="hello"), status=400, code="wire/wrong-type")


def provider_bad_request():
    error = raised(openai.BadRequestError, lambda: ask("sim-400"))
    check("status 400" in str(error), error)


def rate_limited():
    error = raised(openai.RateLimitError, lambda: ask("sim-429"))
    check(error.response.headers.get("retry-after") == "7", dict(error.response.headers))


def provider_broken():
    raised(openai.InternalServerError, lambda: ask("sim-500"))


def stream_cut():
    """A stream that the provider cuts ends in the SDK's own error, after what came before."""
    pieces = []

    def read():
        with client() as one:
            pieces.extend(one.chat.completions.create(model="sim-cut", messages=ASK, max_tokens=24, stream=True))

    error = raised(openai.APIError, read)
    check("providers/cut" in str(error), error)
    check(pieces, "nothing came before the cut")


def cancelled_stream():
    with client() as one:
        found = one.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": LONG}], max_tokens=1500, stream=True
        )
        intent = intent_of(found.response.headers)
        next(found)
        found.close()
    return intent


def cancelled_task():
    async def leave():
        async with AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0) as one:
            found = await one.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": LONG}], max_tokens=1500, stream=True
            )
            async for _ in found:
                break
            await found.close()
            return intent_of(found.response.headers)

    return asyncio.run(leave())


def timed_out():
    """The caller's own time-out, before a byte of the answer: it leaves, and the provider's work ends."""
    with client().with_options(timeout=0.5) as one:
        messages = [{"role": "user", "content": "hello"}]
        raised(openai.APITimeoutError, lambda: one.chat.completions.create(model="sim-hang", messages=messages))


STEPS = {
    step.__name__: step
    for step in (
        *(chat, stream, asynchronous, tools, tool_called, tool_streamed, models),
        *(wrong_key, forbidden_tool, forbidden_stream, forbidden_model, unknown_model, unknown_path),
        *(bad_request, provider_bad_request, rate_limited, provider_broken, stream_cut),
        *(cancelled_stream, cancelled_task, timed_out),
    )
}

if __name__ == "__main__":
    tell("openai", STEPS)
