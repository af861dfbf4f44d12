import json

import anthropic
import httpx2
import pytest

from brightline.domain.decision import Layer, Reason
from brightline.wire.anthropic_messages.errors import encode_error, encode_error_event
from brightline.wire.refusal import Refusal

REASONS = (Reason("law-1", Layer.LAW, "no targeting"),)
PING = b'event: ping\ndata: {"type":"ping"}\n\n'
ASK = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}


def refusal(status: int) -> Refusal:
    return Refusal(
        status=status, code="policy/forbidden", message="refused", hint="stop", decision_id="d1", reasons=REASONS
    )


def client(status: int, body: bytes, kind: str = "application/json") -> anthropic.Anthropic:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body, headers={"content-type": kind, "request-id": "d1"})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return anthropic.Anthropic(api_key="k", base_url="http://gateway", max_retries=0, http_client=http)


@pytest.mark.parametrize(
    ("status", "raised", "kind"),
    [
        (400, anthropic.BadRequestError, "invalid_request_error"),
        (401, anthropic.AuthenticationError, "authentication_error"),
        (403, anthropic.PermissionDeniedError, "permission_error"),
        (404, anthropic.NotFoundError, "not_found_error"),
        (409, anthropic.ConflictError, "invalid_request_error"),
        (413, anthropic.APIStatusError, "request_too_large"),
        (429, anthropic.RateLimitError, "rate_limit_error"),
        (502, anthropic.InternalServerError, "api_error"),
        (503, anthropic.InternalServerError, "overloaded_error"),
        (504, anthropic.InternalServerError, "timeout_error"),
        (529, anthropic.InternalServerError, "overloaded_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_the_official_client_raises_its_own_error(status, raised, kind, stream):
    with client(status, encode_error(refusal(status))) as sdk, pytest.raises(raised) as caught:
        sdk.messages.create(**ASK, stream=stream)
    assert caught.value.request_id == "d1"
    assert caught.value.body["error"]["type"] == kind
    assert "refused because no targeting; stop (policy/forbidden, decision d1)" in str(caught.value)


def test_the_official_client_raises_in_the_middle_of_a_stream():
    body = PING + encode_error_event(refusal(403))
    with client(200, body, "text/event-stream") as sdk:
        stream = sdk.messages.create(**ASK, stream=True)
        with pytest.raises(anthropic.APIError) as caught:
            next(stream)
    assert "refused because" in str(caught.value)
    assert caught.value.body["error"]["brightline"]["code"] == "policy/forbidden"


def test_the_envelope_is_the_dialects():
    envelope = json.loads(encode_error(refusal(403)))
    assert (envelope["type"], envelope["request_id"]) == ("error", "d1")
    assert set(envelope["error"]) == {"type", "message", "brightline"}
