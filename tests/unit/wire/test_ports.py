import json

import pytest

from brightline.domain.call import Dialect, Operation
from brightline.domain.event import EventKind
from brightline.wire import DialectCodec, Refusal, RequestError, codec

BODY = b'{"model":"chat","max_tokens":5,"messages":[{"role":"user","content":"x"}]}'
WHOLE = {
    Dialect.OPENAI_CHAT: b'{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}',
    Dialect.ANTHROPIC_MESSAGES: b'{"type":"message","content":[{"type":"text","text":"hi"}]}',
}
END = {
    Dialect.OPENAI_CHAT: b"data: [DONE]\n\n",
    Dialect.ANTHROPIC_MESSAGES: b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
}


@pytest.fixture(params=list(Dialect), ids=lambda dialect: dialect.value)
def spoken(request) -> DialectCodec:
    return codec(request.param)


def test_a_bad_body_refuses(spoken):
    with pytest.raises(RequestError):
        spoken.parse_request(Operation.GENERATE, b"{}", {}, limit=100)
    with pytest.raises(RequestError):
        spoken.parse_request(Operation.GENERATE, BODY, {}, limit=10)


def test_a_body_passes_but_for_its_model(spoken):
    call = spoken.parse_request(Operation.GENERATE, BODY, {}, limit=1000)
    assert (call.body, call.dialect) == (BODY, spoken.dialect)
    assert spoken.rewrite_model(BODY, "small-1") == BODY.replace(b"chat", b"small-1")


def test_paths_start_at_the_root():
    chat, messages = codec(Dialect.OPENAI_CHAT), codec(Dialect.ANTHROPIC_MESSAGES)
    call = chat.parse_request(Operation.GENERATE, BODY, {}, limit=1000)
    assert chat.upstream_path(call) == "/v1/chat/completions"
    call = messages.parse_request(Operation.GENERATE, BODY, {}, limit=1000)
    assert messages.upstream_path(call) == "/v1/messages"
    count = messages.parse_request(Operation.COUNT_TOKENS, BODY, {}, limit=1000)
    assert messages.upstream_path(count) == "/v1/messages/count_tokens"


def test_credentials_never_cross(spoken):
    headers = {"authorization": "Bearer k", "x-api-key": "k", "anthropic-version": "2023-06-01", "anthropic-beta": "b"}
    sent = dict(spoken.upstream_headers(headers))
    assert not {"authorization", "x-api-key"} & set(sent)
    assert ("anthropic-beta" in sent) == (spoken.dialect is Dialect.ANTHROPIC_MESSAGES)
    assert spoken.response_headers({"set-cookie": "a", "retry-after": "1"}) == (("retry-after", "1"),)
    assert spoken.request_id_header in {"x-request-id", "request-id"}


def test_answers_are_read_whole_and_streamed(spoken):
    whole = spoken.read_answer(Operation.GENERATE, WHOLE[spoken.dialect])
    assert [event.kind for event in whole] == [EventKind.DATA, EventKind.TERMINAL]
    decoder = spoken.decoder()
    assert [event.kind for event in decoder.feed(END[spoken.dialect])] == [EventKind.TERMINAL]
    assert decoder.close() == []
    assert decoder is not spoken.decoder()


def test_its_own_errors_are_its_envelope_and_end_a_stream(spoken):
    refusal = Refusal(status=403, code="policy/forbidden", message="no", hint="stop", decision_id="d")
    assert spoken.is_error(spoken.encode_error(refusal))
    assert not spoken.is_error(WHOLE[spoken.dialect])
    (event,) = spoken.decoder().feed(spoken.encode_error_event(refusal))
    assert event.kind is EventKind.ERROR


def test_models_are_listed(spoken):
    assert [row["id"] for row in json.loads(spoken.encode_models(("a",), created_at_ms=0))["data"]] == ["a"]
