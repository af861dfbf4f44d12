import json

import httpx2
import openai
import pytest

from brightline.domain.decision import Layer, Reason
from brightline.wire.openai_chat.errors import encode_error, encode_error_event
from brightline.wire.refusal import Refusal

REASONS = (Reason("law-1", Layer.LAW, "no targeting"),)
CHUNK = (
    b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{}}]}\n\n'
)


def refusal(status: int) -> Refusal:
    return Refusal(
        status=status, code="policy/forbidden", message="refused", hint="stop", decision_id="d1", reasons=REASONS
    )


def client(status: int, body: bytes, kind: str = "application/json") -> openai.OpenAI:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body, headers={"content-type": kind, "x-request-id": "d1"})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return openai.OpenAI(api_key="k", base_url="http://gateway/v1", max_retries=0, http_client=http)


@pytest.mark.parametrize(
    ("status", "raised", "kind"),
    [
        (400, openai.BadRequestError, "invalid_request_error"),
        (401, openai.AuthenticationError, "authentication_error"),
        (403, openai.PermissionDeniedError, "permission_error"),
        (404, openai.NotFoundError, "not_found_error"),
        (409, openai.ConflictError, "conflict_error"),
        (413, openai.APIStatusError, "request_too_large"),
        (422, openai.UnprocessableEntityError, "invalid_request_error"),
        (429, openai.RateLimitError, "rate_limit_error"),
        (502, openai.InternalServerError, "server_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_the_official_client_raises_its_own_error(status, raised, kind, stream):
    with client(status, encode_error(refusal(status))) as sdk, pytest.raises(raised) as caught:
        sdk.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=stream)
    assert (caught.value.code, caught.value.type, caught.value.request_id) == ("policy/forbidden", kind, "d1")
    assert "refused because no targeting; stop (policy/forbidden, decision d1)" in str(caught.value)
    assert caught.value.body["brightline"]["reasons"][0]["policy"] == "law-1"


def test_the_official_client_raises_in_the_middle_of_a_stream():
    body = CHUNK + encode_error_event(refusal(403))
    with client(200, body, "text/event-stream") as sdk:
        stream = sdk.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=True)
        assert next(stream).id == "x"
        with pytest.raises(openai.APIError) as caught:
            next(stream)
    assert caught.value.code == "policy/forbidden"
    assert "refused because" in caught.value.message


def test_the_envelope_is_the_dialects():
    error = json.loads(encode_error(refusal(403)))["error"]
    assert set(error) == {"message", "type", "param", "code", "brightline"}
    assert set(error["brightline"]) == {"code", "hint", "decision_id", "reasons"}
