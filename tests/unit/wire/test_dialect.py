import pytest

from brightline.domain.call import Dialect, Operation
from brightline.wire import ROUTES, RequestError, Route, codec, route, speaks


@pytest.mark.parametrize("query", ["beta=true", "a=b", "%00"])
def test_a_query_that_would_be_dropped_refuses(query):
    with pytest.raises(RequestError) as refused:
        route("/v1/chat/completions", query)
    assert refused.value.code == "wire/unknown-query"


def test_the_beta_query_says_nothing_its_header_does_not():
    assert route("/v1/messages", "beta=true") == Route(Dialect.ANTHROPIC_MESSAGES, Operation.GENERATE)
    with pytest.raises(RequestError):
        route("/v1/messages", "beta=false")


def test_other_paths_are_nobodys():
    assert route("/v1/completions", "a=b") is None
    assert route("/v1/chat/completions/") is None


def test_paths_lead_to_their_dialect():
    assert route("/v1/chat/completions") == Route(Dialect.OPENAI_CHAT, Operation.GENERATE)
    assert route("/v1/messages/count_tokens") == Route(Dialect.ANTHROPIC_MESSAGES, Operation.COUNT_TOKENS)
    assert set(ROUTES) == {"/v1/chat/completions", "/v1/messages", "/v1/messages/count_tokens"}


def test_the_envelope_follows_the_path_then_the_header():
    version = {"anthropic-version": "2023-06-01"}
    assert speaks("/v1/chat/completions", version) is Dialect.OPENAI_CHAT
    assert speaks("/v1/messages", {}) is Dialect.ANTHROPIC_MESSAGES
    assert speaks("/v1/models", version) is Dialect.ANTHROPIC_MESSAGES
    assert speaks("/v1/models", {}) is Dialect.OPENAI_CHAT


@pytest.mark.parametrize("dialect", Dialect)
def test_each_dialect_has_its_codec(dialect):
    assert codec(dialect).dialect is dialect
