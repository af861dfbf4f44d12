import asyncio
import importlib.util
import os
from pathlib import Path

import pytest

from brightline.providers.endpoint import Endpoint
from brightline.providers.errors import LocalModelError
from brightline.providers.local import MODEL_NAME, start_local_model
from brightline.providers.ports import UpstreamRequest
from brightline.providers.service import Upstream
from brightline.providers.weights import find_weights


def test_without_the_package_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(LocalModelError) as caught:
        asyncio.run(start_local_model(Path("weights")))
    assert caught.value.code == "providers/local-missing"
    assert "pip install" in caught.value.hint


def test_the_child_gets_the_file_and_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    async def start(argv: list[str], *, ready_seconds: float) -> float:
        seen.append(argv)
        return ready_seconds

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr("brightline.providers.local.ChildServer.start", start)
    assert asyncio.run(start_local_model(Path("/w"), port=9, ready_seconds=2)) == 2
    assert seen[0][-4:] == ["--model", "/w", "--port", "9"]
    assert asyncio.run(start_local_model(Path("/w"), own_template=True, ready_seconds=2)) == 2
    assert seen[1][-1] == "--own-template"


@pytest.mark.model
def test_the_real_model_answers_in_both_dialects_at_once() -> None:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "brightline"

    async def main() -> None:
        model = await start_local_model(find_weights(cache))
        endpoint = Endpoint(deployment_id="local", base_url=model.base_url, auth_style="none")
        upstream = Upstream([endpoint], clock=asyncio.get_running_loop().time)
        body = b'{"model":"%s","max_tokens":8,"messages":[{"role":"user","content":"Capital of France?"}]}'
        body %= MODEL_NAME.encode()

        async def say(path: str, sent: bytes) -> bytes:
            answer = await upstream.send("local", UpstreamRequest(path, sent))
            assert answer.status == 200
            return await answer.read(100_000)

        streamed = body.replace(b"{", b'{"stream":true,', 1)
        answers = await asyncio.gather(
            say("/v1/chat/completions", body),
            say("/v1/messages", body),
            say("/v1/chat/completions", streamed),
            say("/v1/messages", streamed),
            say("/v1/messages/count_tokens", body),
        )
        upstream.close()
        await model.stop()
        assert b'"choices"' in answers[0]
        assert b'"stop_reason"' in answers[1]
        assert answers[2].rstrip().endswith(b"[DONE]")
        assert b"message_stop" in answers[3]
        assert b'"input_tokens"' in answers[4]
        assert not model.alive

    asyncio.run(main())
