"""A use from end to end: refused where it must be, else asked, answered and recorded, in both dialects."""

import hashlib
import json
from pathlib import Path

import pytest

from brightline.domain.leaf import Check, Flag, Kind, Outcome, Verdict
from brightline.domain.record import Group
from brightline.ledger.verify import VerifyError, verify_proof
from brightline.testing.house import CHAT_ONLY, EMPTY, OUTSIDE, PATHS, Gateway, body_of, house_agreement, tell

DIALECTS = sorted(PATHS)
USES = (Kind.INTENT, Kind.OUTCOME, Kind.REFUSAL)


def tool(dialect: str, name: str) -> list[dict[str, object]]:
    if dialect == "anthropic":
        return [{"name": name, "input_schema": {"type": "object"}}]
    return [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_law_refuses_with_its_reasons_and_nothing_leaves(tmp_path: Path, dialect: str) -> None:
    async def story(gateway: Gateway) -> None:
        reply = await gateway.post(dialect, "small", tools=tool(dialect, "track_person"))
        assert (reply.status, reply.code) == (403, "policy/forbidden")
        error = reply.json()["error"]
        assert isinstance(error, dict)
        assert error["type"] == "permission_error"
        own = error["brightline"]
        assert [reason["policy"] for reason in own["reasons"]] == ["law-no-surveillance-tools"]
        assert own["reasons"][0]["layer"] == "law"
        assert own["hint"]
        (leaf,) = gateway.leaves(*USES)
        assert (leaf.kind, leaf.verdict) == (Kind.REFUSAL, Verdict.FORBID)
        assert own["decision_id"] == leaf.use_id.hex()
        assert reply.receipt[1] == gateway.house.ledger.size - 1
        assert gateway.simulator.requests == []

    tell(tmp_path, story)


REFUSED = {
    "a model of another enclave": (OUTSIDE, 403, "policy/deployment-not-authorised"),
    "an unknown model": ("gpt-nobody", 404, "policy/unknown-model"),
    "an alias without deployment": (EMPTY, 404, "policy/alias-without-deployment"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_refused_use_is_one_entry(tmp_path: Path, name: str, dialect: str) -> None:
    model, status, code = REFUSED[name]

    async def story(gateway: Gateway) -> None:
        reply = await gateway.post(dialect, model)
        assert (reply.status, reply.code) == (status, code)
        assert [leaf.kind for leaf in gateway.leaves(*USES)] == [Kind.REFUSAL]
        assert json.loads(gateway.sealed(reply.receipt[1])[Group.DECISION])["code"] == code
        assert gateway.simulator.requests == []

    tell(tmp_path, story)


def test_a_deployment_that_speaks_another_dialect_is_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await gateway.post("openai", CHAT_ONLY)).status == 200
        reply = await gateway.post("anthropic", CHAT_ONLY)
        assert (reply.status, reply.code) == (400, "policy/no-translation")
        assert len(gateway.simulator.requests) == 1

    tell(tmp_path, story)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_permitted_use_is_answered_and_recorded(tmp_path: Path, dialect: str, stream: bool) -> None:
    body = body_of("small", stream=stream, tools=tool(dialect, "get_weather"))

    async def story(gateway: Gateway) -> None:
        reply = await gateway.ask("POST", PATHS[dialect], body)
        assert (reply.status, reply.whole) == (200, True)
        assert b"Simulated answer" in reply.body or stream
        intent, outcome = gateway.leaves(*USES)
        assert (intent.kind, outcome.kind, outcome.outcome) == (Kind.INTENT, Kind.OUTCOME, Outcome.COMPLETE)
        first = gateway.house.ledger.size - 2
        assert outcome.reference == first
        assert bool(intent.flags & Flag.STREAMED) is stream
        assert outcome.checks & Check.TOOLS_SCREENED
        (sent,) = gateway.simulator.requests
        # Byte for byte, but for the model's name.
        assert sent.body == body.replace(b'"small"', b'"sim-echo"')
        assert gateway.sealed(first)[Group.CONTENT] == sent.body
        assert json.loads(gateway.sealed(first)[Group.MODEL])["body_sha256"] == hashlib.sha256(body).hexdigest()
        assert gateway.sealed(first + 1)[Group.CONTENT] == reply.body
        origin, index, leaf_hash = reply.receipt
        assert (origin, index) == (gateway.house.ledger.origin, first)
        assert leaf_hash == gateway.house.ledger.entry(first).appended.leaf_hash.hex()

    tell(tmp_path, story)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_tool_nobody_offered_ends_the_answer(tmp_path: Path, dialect: str, stream: bool) -> None:
    async def story(gateway: Gateway) -> None:
        reply = await gateway.post(dialect, "sim-tool-not-offered", stream=stream, tools=tool(dialect, "get_weather"))
        assert reply.status == (200 if stream else 403)
        assert reply.code == "screening/tool-not-offered"
        assert b"sim_tool_nobody_offered" not in reply.body
        assert b"[DONE]" not in reply.body
        assert b"message_stop" not in reply.body
        assert gateway.leaves(*USES)[1].outcome is Outcome.SCREENED

    tell(tmp_path, story)


def test_a_revoked_key_fails_on_the_next_request(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        line = await gateway.line()
        line.ask("POST", PATHS["openai"], body_of("small"), gateway.credential())
        assert (await line.reply()).status == 200
        size = gateway.house.ledger.size
        await gateway.command("key.revoke", key_id=gateway.key_id)
        line.ask("POST", PATHS["openai"], body_of("small"), gateway.credential())
        reply = await line.reply()
        await line.close()
        assert (reply.status, reply.code) == (401, "identity/bad-credential")
        assert gateway.house.ledger.size == size + 1  # the revocation itself
        assert len(gateway.simulator.requests) == 1

    tell(tmp_path, story)


def mission_of(gateway: Gateway) -> object:
    return json.loads(gateway.sealed(gateway.house.ledger.size - 2)[Group.MISSION])["mission"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_mission_is_stated_or_is_the_keys_default(tmp_path: Path, dialect: str) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await gateway.post(dialect, "small")).status == 200
        assert mission_of(gateway) == "reporting"
        assert (await gateway.post(dialect, "small", ("brightline-mission", "training"))).status == 200
        assert mission_of(gateway) == "training"
        assert (await gateway.post(dialect, "small", metadata={"brightline_mission": "training"})).status == 200
        assert mission_of(gateway) == "training"

    tell(tmp_path, story)


def test_a_mission_that_is_not_the_keys_is_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        reply = await gateway.post("openai", "small", ("brightline-mission", "supply"))
        assert (reply.status, reply.code) == (403, "identity/mission-not-allowed")
        homeless = await gateway.add_key("homeless", default_mission=None)
        reply = await gateway.ask("POST", PATHS["openai"], body_of("small"), key=homeless)
        assert (reply.status, reply.code) == (403, "identity/no-mission")
        stated = ("brightline-mission", "reporting")
        reply = await gateway.ask("POST", PATHS["openai"], body_of("small"), stated, key=homeless)
        assert reply.status == 200
        kinds = [leaf.kind for leaf in gateway.leaves(*USES)]
        assert kinds == [Kind.REFUSAL, Kind.REFUSAL, Kind.INTENT, Kind.OUTCOME]

    tell(tmp_path, story)


def test_a_claimed_authority_is_recorded_and_changes_nothing(tmp_path: Path) -> None:
    claims = (("brightline-authority", "warrant 7"), ("brightline-purpose", "search and rescue"))

    async def story(gateway: Gateway) -> None:
        assert (await gateway.post("openai", "small", *claims)).status == 200
        reply = await gateway.post("openai", "small", *claims, tools=tool("openai", "track_person"))
        assert (reply.status, reply.code) == (403, "policy/forbidden")
        assert (await gateway.post("openai", "small")).status == 200
        intent, _, refusal, plain, _ = gateway.leaves(*USES)
        assert intent.flags & Flag.CLAIMED_AUTHORITY
        assert refusal.flags & Flag.CLAIMED_AUTHORITY
        assert not plain.flags & Flag.CLAIMED_AUTHORITY
        stated = json.loads(gateway.sealed(reply.receipt[1])[Group.MISSION])
        assert (stated["claimed_authority"], stated["claimed_purpose"]) == ("warrant 7", "search and rescue")
        assert all(b"warrant" not in request.head for request in gateway.simulator.requests)

    tell(tmp_path, story)


def test_a_receipt_leads_to_a_proof_that_verifies_offline(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        reply = await gateway.post("openai", "small")
        origin, index, leaf_hash = reply.receipt
        path = f"/brightline/proof/{index}"
        assert (await gateway.ask("GET", path, key="")).status == 401
        beyond = await gateway.ask("GET", f"/brightline/proof/{index + 100}")
        assert (beyond.status, beyond.code) == (404, "ledger/no-entry")
        assert (await gateway.ask("GET", "/brightline/proof/007")).status == 404
        proof = await gateway.ask("GET", path)
        assert proof.status == 200
        vkey = gateway.house.ledger.vkey
        shown = verify_proof(proof.body, bytes.fromhex(leaf_hash), vkey)
        assert (shown.origin, shown.index) == (origin, index)
        with pytest.raises(VerifyError):
            verify_proof(proof.body, bytes(32), vkey)

    tell(tmp_path, story)


def test_the_models_are_those_authorised_here_in_the_callers_dialect(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        assert (await gateway.ask("GET", "/v1/models", key="")).status == 401
        rows = (await gateway.ask("GET", "/v1/models")).json()["data"]
        assert isinstance(rows, list)
        names = {row["id"] for row in rows}
        assert {"small", CHAT_ONLY} < names
        assert not {OUTSIDE, EMPTY} & names
        version = ("anthropic-version", "2023-06-01")
        other = (await gateway.ask("GET", "/v1/models", b"", version)).json()
        assert other["has_more"] is False
        listed = other["data"]
        assert isinstance(listed, list)
        assert CHAT_ONLY not in {row["id"] for row in listed}
        assert gateway.leaves(*USES) == []

    tell(tmp_path, story)


def test_counting_tokens_is_a_use_too(tmp_path: Path) -> None:
    path = "/v1/messages/count_tokens"

    async def story(gateway: Gateway) -> None:
        body = json.dumps({"model": "small", "messages": [{"role": "user", "content": "one two"}]}).encode()
        reply = await gateway.ask("POST", path, body)
        assert (reply.status, reply.json()) == (200, {"input_tokens": 2})
        assert gateway.simulator.requests[0].path == path
        assert [leaf.kind for leaf in gateway.leaves(*USES)] == [Kind.INTENT, Kind.OUTCOME]
        outside = await gateway.ask("POST", path, body.replace(b"small", OUTSIDE.encode()))
        assert outside.code == "policy/deployment-not-authorised"

    tell(tmp_path, story)


def test_every_answer_and_every_entry_names_the_agreement_that_both_signed(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        answered = await gateway.post("openai", "small")
        refused = await gateway.post("openai", OUTSIDE)
        for reply in (answered, refused):
            assert reply.headers["brightline-agreement"] == "sample 1"
        digest = house_agreement().draft.digest
        assert {leaf.agreement_digest for leaf in gateway.leaves()} == {digest}
        assert not any(leaf.flags & Flag.UNSIGNED_AGREEMENT for leaf in gateway.leaves())
        assert (await gateway.command("status"))["agreement_digest"] == digest.hex()

    tell(tmp_path, story)


def test_host_and_forwarding_headers_decide_nothing(tmp_path: Path) -> None:
    forwarding = [
        ("x-forwarded-for", "8.8.8.8"),
        ("x-forwarded-host", "other.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=8.8.8.8;host=other.example"),
        ("x-real-ip", "8.8.8.8"),
        ("x-original-url", "/metrics"),
        ("x-rewrite-url", "/metrics"),
        ("x-http-method-override", "GET"),
        ("cookie", "a=b"),
    ]

    async def story(gateway: Gateway) -> None:
        body = body_of("small")
        request = f"POST /v1/chat/completions HTTP/1.1\r\nhost: other.example:1\r\ncontent-length: {len(body)}\r\n"
        line = await gateway.line()
        head = request + "".join(f"{name}: {value}\r\n" for name, value in [*gateway.credential(), *forwarding])
        line.send(head.encode() + b"\r\n" + body)
        assert (await line.reply()).status == 200
        await line.close()
        (sent,) = gateway.simulator.requests
        assert sent.get("host") == f"127.0.0.1:{gateway.simulator.port}"
        for name, value in forwarding:
            assert sent.get(name) is None
            assert value.encode() not in sent.head
        # A caller that claims another address is refused, and let in, as the one it is.
        assert (await gateway.ask("GET", "/metrics", b"", *forwarding, key="")).status == 200

    tell(tmp_path, story)
