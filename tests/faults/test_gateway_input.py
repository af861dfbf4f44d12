"""Bad input through the whole gateway: each has a code with a page, and no entry or exactly one, as the rule says.

Unauthenticated and unreadable calls are never in the ledger; a readable call of a known caller that is refused is one
refusal entry.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind
from brightline.testing.house import EMPTY, PATHS, Gateway, Reply, body_of, eventually, tell

ROOT = Path(__file__).resolve().parents[2]
USES = (Kind.INTENT, Kind.OUTCOME, Kind.REFUSAL)
GOOD = body_of("small")
MESSAGES = b'"max_tokens": 5, "messages": [{"role": "user", "content": "hello"}]'


@dataclass(frozen=True)
class Bad:
    """A call that must be refused with `code`, as an entry or not."""

    status: int
    code: str
    body: bytes = GOOD
    headers: tuple[tuple[str, str], ...] = ()
    entry: bool = False
    key: str | None = None
    query: str = ""


CALLS = {
    "no body": Bad(400, "wire/not-json", b""),
    "half an object": Bad(400, "wire/not-json", b'{"model": "small", '),
    "two objects": Bad(400, "wire/not-json", GOOD + b"{}"),
    "a list": Bad(400, "wire/not-an-object", b"[]"),
    "a number that is none": Bad(400, "wire/not-json", b'{"model": "small", "temperature": NaN, ' + MESSAGES + b"}"),
    "a key twice": Bad(400, "wire/duplicate-key", b'{"model": "small", "model": "other", ' + MESSAGES + b"}"),
    "a deep key twice": Bad(
        400, "wire/duplicate-key", b'{"model": "small", "x": [{"a": 1, "a": 2}], ' + MESSAGES + b"}"
    ),
    "too deep": Bad(400, "wire/too-deep", b'{"model": "small", "x": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "invalid UTF-8": Bad(400, "wire/invalid-utf8", GOOD.replace(b"hello", b"\xff\xfe")),
    "a lone surrogate": Bad(400, "wire/invalid-utf8", GOOD.replace(b"hello", b"\\ud800")),
    "a byte order mark": Bad(400, "wire/invalid-utf8", b"\xef\xbb\xbf" + GOOD),
    "UTF-16": Bad(400, "wire/invalid-utf8", GOOD.decode().encode("utf-16")),
    "no model": Bad(400, "wire/missing-field", b"{" + MESSAGES + b"}"),
    "a model that is a number": Bad(400, "wire/wrong-type", b'{"model": 7, ' + MESSAGES + b"}"),
    "messages that are text": Bad(400, "wire/wrong-type", b'{"model": "small", "messages": "hello"}'),
    "stream that is text": Bad(400, "wire/wrong-type", b'{"model": "small", "stream": "yes", ' + MESSAGES + b"}"),
    "a model of control characters": Bad(400, "wire/bad-name", b'{"model": "a\\u0000b", ' + MESSAGES + b"}"),
    "an unknown claim": Bad(400, "wire/unknown-claim", headers=(("brightline-misson", "reporting"),)),
    "a claim that is none": Bad(400, "wire/bad-claim", headers=(("brightline-purpose", "\xe9t\xe9"),)),
    "claims that disagree": Bad(
        400,
        "wire/claims-disagree",
        body_of("small", metadata={"brightline_mission": "training"}),
        headers=(("brightline-mission", "reporting"),),
    ),
    "an unknown query": Bad(400, "wire/unknown-query", query="?model=other"),
    "no key": Bad(401, "identity/no-credential", key=""),
    "a wrong key": Bad(401, "identity/bad-credential", key="sk-wrong"),
    "a malformed key": Bad(401, "identity/bad-credential", key="a b"),
    "two keys": Bad(401, "identity/ambiguous-credential", headers=(("x-api-key", "sk-other"),)),
    "no key and no JSON": Bad(401, "identity/no-credential", b"{", key=""),
    "an unknown model": Bad(404, "policy/unknown-model", body_of("gpt-nobody"), entry=True),
    "an alias of nothing": Bad(404, "policy/alias-without-deployment", body_of(EMPTY), entry=True),
    "a mission that is none": Bad(403, "identity/bad-mission", headers=(("brightline-mission", "a b"),), entry=True),
    "a mission of others": Bad(
        403, "identity/mission-not-allowed", headers=(("brightline-mission", "supply"),), entry=True
    ),
    "an idempotency key of spaces": Bad(
        400, "gateway/bad-idempotency-key", headers=(("idempotency-key", "a b"),), entry=True
    ),
    "two idempotency keys": Bad(
        400,
        "gateway/bad-idempotency-key",
        headers=(("idempotency-key", "a"), ("idempotency-key", "b")),
        entry=True,
    ),
    "a body of 20 kB": Bad(413, "gateway/body-too-large", body_of("small", x="y" * 20_000)),
}


def has_page(code: str) -> bool:
    return (ROOT / "docs" / "errors" / f"{code}.md").is_file()


def check(reply: Reply, bad: Bad, *, dialect: str) -> None:
    assert (reply.status, reply.code) == (bad.status, bad.code)
    assert has_page(bad.code)
    error = reply.json()["error"]
    assert isinstance(error, dict)
    assert error["message"]
    assert error["brightline"]["hint"]
    assert (reply.json().get("type") == "error") is (dialect == "anthropic")
    assert ("brightline-receipt" in reply.headers) is bad.entry
    assert b"hello" not in reply.body


@pytest.mark.parametrize("dialect", sorted(PATHS))
def test_bad_calls_have_their_codes_and_at_most_one_entry(tmp_path: Path, dialect: str) -> None:
    wrong: list[str] = []

    async def story(gateway: Gateway) -> None:
        for name, bad in CALLS.items():
            size = gateway.house.ledger.size
            reply = await gateway.ask("POST", PATHS[dialect] + bad.query, bad.body, *bad.headers, key=bad.key)
            try:
                check(reply, bad, dialect=dialect)
                kinds = [leaf.kind for leaf in gateway.leaves()[size:]]
                assert kinds == ([Kind.REFUSAL] if bad.entry else [])
            except AssertionError as error:
                wrong.append(f"{name}: {error} ({reply.status} {reply.body[:300]!r})")
        assert gateway.simulator.requests == []
        assert not gateway.log.rows("use-fault")
        assert (await gateway.post(dialect, "small")).status == 200

    tell(tmp_path, story, limits="body_bytes = 12000")
    assert wrong == []


PLACES = {
    "nowhere": ("GET", "/v2/nothing", 404, "gateway/not-found"),
    "reading a use": ("GET", "/v1/chat/completions", 405, "gateway/method-not-allowed"),
    "posting to the models": ("POST", "/v1/models", 405, "gateway/method-not-allowed"),
    "posting to a proof": ("POST", "/brightline/proof/0", 405, "gateway/method-not-allowed"),
    "deleting": ("DELETE", "/v1/models", 405, "gateway/method-not-allowed"),
    "a proof of no number": ("GET", "/brightline/proof/x", 404, "gateway/not-found"),
    "a proof far away": ("GET", "/brightline/proof/9999999999999999999", 404, "ledger/no-entry"),
    "up and out": ("GET", "/v1/../metrics", 404, "gateway/not-found"),
    "a doubled slash": ("GET", "//metrics", 404, "gateway/not-found"),
    "an encoded path": ("GET", "/%6detrics", 404, "gateway/not-found"),
}


def test_what_is_not_served_is_said(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        for method, path, status, code in PLACES.values():
            reply = await gateway.ask(method, path)
            assert (reply.status, reply.code) == (status, code), path
            assert has_page(code)
        assert gateway.leaves(*USES) == []

    tell(tmp_path, story)


def test_many_wrong_keys_are_slowed_and_a_right_one_still_enters(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        line = await gateway.line()
        codes = []
        for _ in range(25):
            line.ask("POST", PATHS["openai"], GOOD, [("authorization", "Bearer sk-wrong")])
            reply = await line.reply()
            codes.append(reply.code)
        assert codes[:20] == ["identity/bad-credential"] * 20
        assert codes[-1] == "identity/too-many-failures"
        assert reply.status == 429
        assert (await gateway.post("openai", "small")).status == 200

    tell(tmp_path, story)


async def told_too_slow(gateway: Gateway, pieces: Sequence[bytes]) -> Reply:
    """The answer to a call whose pieces come one a second, by the front's own clock."""
    front = gateway.service._front
    assert front is not None
    started, passed = front.clock(), 0
    front.clock = lambda: started + passed
    line = await gateway.line()
    for piece in pieces:
        line.send(piece)
        await asyncio.sleep(0.002)
        passed += 1
    return await line.reply()


def test_a_body_of_a_byte_a_second_is_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        name, value = gateway.credential()[0]
        head = f"POST /v1/messages HTTP/1.1\r\nhost: a\r\n{name}: {value}\r\ncontent-length: {len(GOOD)}\r\n\r\n"
        reply = await told_too_slow(gateway, [head.encode(), *(GOOD[at : at + 1] for at in range(12))])
        assert (reply.status, reply.code) == (408, "gateway/too-slow")
        assert has_page(reply.code)
        await eventually(lambda: not gateway.service._counters.running)
        assert gateway.leaves(*USES) == []

    tell(tmp_path, story)


def test_a_head_of_a_byte_a_second_is_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        reply = await told_too_slow(gateway, [b"P", *(b"POST /v1/messages"[at : at + 1] for at in range(1, 14))])
        assert (reply.status, reply.code) == (408, "gateway/too-slow")

    tell(tmp_path, story)


@pytest.mark.parametrize("sent", [0.5, 1.0], ids=["half the body", "all of it"])
def test_a_half_closed_socket_is_a_caller_that_left(tmp_path: Path, sent: float) -> None:
    async def story(gateway: Gateway) -> None:
        body = body_of("sim-hang")
        name, value = gateway.credential()[0]
        head = f"POST /v1/messages HTTP/1.1\r\nhost: a\r\n{name}: {value}\r\ncontent-length: {len(body)}\r\n\r\n"
        line = await gateway.line()
        line.send(head.encode() + body[: int(len(body) * sent)])
        if sent == 1.0:
            await eventually(lambda: gateway.simulator.requests)
        line.writer.write_eof()
        assert (await line.reply()).status == 0
        await eventually(lambda: not gateway.service._counters.running)
        kinds = [leaf.kind for leaf in gateway.leaves(*USES)]
        assert kinds == ([Kind.INTENT, Kind.OUTCOME] if sent == 1.0 else [])

    tell(tmp_path, story)


def test_more_uses_than_may_run_are_told_to_wait(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        line = await gateway.line()
        line.ask("POST", PATHS["openai"], body_of("sim-hang"), gateway.credential())
        await eventually(lambda: gateway.simulator.requests)
        reply = await gateway.post("openai", "small")
        assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "gateway/too-many-uses", "1")
        await line.close()
        await eventually(lambda: not gateway.service._counters.running)
        assert (await gateway.post("openai", "small")).status == 200

    tell(tmp_path, story, limits="uses = 1")


def test_smuggled_requests_reach_neither_the_ledger_nor_the_provider(tmp_path: Path) -> None:
    hidden = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n%s\r\ncontent-length: %d\r\n\r\n" + GOOD

    async def story(gateway: Gateway) -> None:
        name, value = gateway.credential()[0]
        key = f"{name}: {value}".encode()
        second = hidden % (key, len(GOOD))
        start = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n" + key + b"\r\n"
        attacks = [
            start + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + second,
            start + b"content-length: 0\r\ncontent-length: 5\r\n\r\n" + second,
            start + b"transfer-encoding: chunked\r\n\r\n0x0\r\n\r\n" + second,
            start + b"transfer-encoding : chunked\r\n\r\n0\r\n\r\n" + second,
            start + b"x: a\r\n b\r\ncontent-length: 0\r\n\r\n" + second,
            start.replace(b"\r\n", b"\n") + b"content-length: 0\n\n" + second,
            start + b"host: b\r\ncontent-length: 0\r\n\r\n" + second,
            start.replace(b"/1.1", b"/1.0") + b"content-length: 0\r\n\r\n" + second,
            start + b"x: y\r\n" * 20_000 + b"content-length: 0\r\n\r\n" + second,
        ]
        for attack in attacks:
            line = await gateway.line()
            line.send(attack)
            reply = await line.reply()
            # A flood may be cut off before the caller has read the answer; then it got none.
            assert reply.status in (0, 400, 431, 505)
            assert reply.status == 0 or has_page(json.loads(reply.body)["error"]["code"])
            await line.close()
        assert gateway.simulator.requests == []
        assert gateway.leaves(*USES) == []
        assert (await gateway.post("openai", "small")).status == 200

    tell(tmp_path, story)
