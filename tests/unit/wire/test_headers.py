from brightline.wire.headers import to_caller, to_provider


def test_nothing_but_the_dialects_own_goes_to_the_provider():
    headers = {
        "authorization": "Bearer secret",
        "x-api-key": "secret",
        "cookie": "a=b",
        "host": "h",
        "x-forwarded-for": "1.2.3.4",
        "forwarded": "for=x",
        "brightline-mission": "m",
        "openai-organization": "o",
        "content-type": "text/plain",
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "a,b",
    }
    fixed = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
    }
    assert dict(to_provider(headers, ())) == fixed
    own = dict(to_provider(headers, ("anthropic-version", "anthropic-beta", "anthropic-absent")))
    assert own == {**fixed, "anthropic-version": "2023-06-01", "anthropic-beta": "a,b"}


def test_only_type_retry_limits_and_a_renamed_id_go_to_the_caller():
    headers = {
        "content-type": "text/event-stream",
        "retry-after": "7",
        "retry-after-ms": "7000",
        "x-should-retry": "true",
        "x-ratelimit-remaining-tokens": "1",
        "anthropic-ratelimit-requests-limit": "2",
        "x-request-id": "r" * 500,
        "set-cookie": "a=b",
        "openai-organization": "acme",
        "server": "x",
        "content-length": "3",
        "transfer-encoding": "chunked",
    }
    assert dict(to_caller(headers)) == {
        "content-type": "text/event-stream",
        "retry-after": "7",
        "retry-after-ms": "7000",
        "x-should-retry": "true",
        "x-ratelimit-remaining-tokens": "1",
        "anthropic-ratelimit-requests-limit": "2",
        "brightline-provider-request-id": "r" * 128,
    }
