"""Canaries: what a caller asks, what the provider says and every key are in no log, error, metric or public file."""

from pathlib import Path

import pytest

from brightline.domain.leaf import Kind
from brightline.testing.house import PATHS, Gateway, eventually, tell

PROMPT, NAME, PROVIDER_KEY = "canary-prompt-8c1f", "canary-name-5d2e", "canary-provider-key-77aa"
MODELS = ["small", "sim-400", "sim-401", "sim-500", "sim-html", "sim-garbage", "sim-cut", "sim-200-error", "sim-tool"]


def secrets_of(gateway: Gateway) -> list[bytes]:
    keys = [path.read_bytes() for path in (gateway.house.data_dir / "keys").iterdir() if path.name != "provider.secret"]
    return [*(word.encode() for word in (PROMPT, NAME, PROVIDER_KEY, gateway.key)), *keys]


async def ask_everything(gateway: Gateway) -> list[bytes]:
    """Every body and header that a caller got of calls that did not go well."""
    errors: list[bytes] = []
    message = {"messages": [{"role": "user", "content": PROMPT}]}
    for dialect in PATHS:
        for model in MODELS:
            for stream in (False, True):
                reply = await gateway.post(dialect, model, stream=stream, **message)
                errors.append(str(reply.headers).encode())
                if reply.status != 200:
                    errors.append(reply.body)
        broken = b'{"model": "small", "messages": [{"role": "user", "content": "%s"}' % PROMPT.encode()
        errors.append((await gateway.ask("POST", PATHS[dialect], broken)).body)
        errors.append((await gateway.ask("POST", PATHS[dialect], broken, key="sk-" + gateway.key)).body)
        errors.append((await gateway.post(dialect, PROMPT)).headers["brightline-receipt"].encode())
    return errors


def test_no_canary_is_anywhere_it_must_not_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PROVIDER_KEY", PROVIDER_KEY)

    async def story(gateway: Gateway) -> None:
        gateway.key = await gateway.add_key(NAME)
        errors = await ask_everything(gateway)
        assert gateway.simulator.requests[0].get("authorization") == f"Bearer {PROVIDER_KEY}"
        assert PROMPT.encode() in gateway.simulator.requests[0].body
        metrics = (await gateway.ask("GET", "/metrics", key="")).body
        size = gateway.house.ledger.size
        await eventually(lambda: gateway.house.ledger.metrics().published >= size)
        files = [path.read_bytes() for path in (gateway.house.data_dir / "log").rglob("*") if path.is_file()]
        assert files
        stored = [gateway.house.store.path.read_bytes(), gateway.house.store.paths[1].read_bytes()]
        for secret in secrets_of(gateway):
            for place in (gateway.log.text.encode(), metrics, *errors, *files):
                assert secret not in place
            if secret != NAME.encode():  # the key's own row names its holder
                assert all(secret not in place for place in stored)
        assert len(gateway.leaves(Kind.INTENT)) == len(MODELS) * 4

    deployment = 'auth = "bearer"\nsecret = { environment = "TEST_PROVIDER_KEY" }'
    tell(tmp_path, story, deployment=deployment)


def test_metrics_carry_agreement_and_enclave_and_no_name(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        gateway.key = await gateway.add_key(NAME, app="canary-app", missions=["canary-mission"], default_mission=None)
        mission = ("brightline-mission", "canary-mission")
        assert (await gateway.post("openai", "small", mission)).status == 403
        assert (await gateway.post("openai", "small", ("brightline-mission", "x"))).status == 403
        assert (await gateway.ask("POST", PATHS["openai"], b"{", key="")).status == 401
        assert (await gateway.ask("POST", PATHS["openai"], b"{")).status == 400
        text = (await gateway.ask("GET", "/metrics", key="")).body.decode()
        rows = [line for line in text.splitlines() if not line.startswith("#")]
        assert all('agreement="sample"' in row and 'enclave="demo"' in row for row in rows)
        assert "canary" not in text
        both = 'agreement="sample",enclave="demo"'
        assert (
            'brightline_uses_total{agreement="sample",decision="forbid",enclave="demo",outcome="refused"} 1.0' in text
        )
        assert 'brightline_uses_total{agreement="sample",decision="error",enclave="demo",outcome="refused"} 1.0' in text
        assert f"brightline_unauthenticated_calls_total{{{both}}} 1.0" in text
        assert f"brightline_unparsable_calls_total{{{both}}} 1.0" in text
        assert f"brightline_ready{{{both}}} 1.0" in text
        for name in ("ledger_bytes_per_use", "disk_days_left", "disk_free_bytes"):
            assert f"brightline_{name}{{{both}}}" in text

    tell(tmp_path, story)
