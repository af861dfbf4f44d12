import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from brightline.providers import local_server
from brightline.providers.local import MODEL_NAME

STAND_IN = """
import os, sys
class Part: pass
class CommonParams(Part):
    def __init__(self): self.model, self.cpuparams, self.cpuparams_batch = Part(), Part(), Part()
class Server:
    def __init__(self, given):
        if given.model.path == "bad": raise RuntimeError("no such model")
        os.write(1, b"loud llama\\n")
        self.listening_address = f"http://{given.hostnames[0]}:{given.port}"
"""


def test_the_model_is_small_quiet_offline_and_on_the_loopback() -> None:
    parts = {name: SimpleNamespace() for name in ("model", "cpuparams", "cpuparams_batch")}
    given = local_server.configure(SimpleNamespace(**parts), model="/w", port=7, own_template=False)
    assert (given.model.path, given.hostnames, given.port) == ("/w", ["127.0.0.1"], 7)
    assert (given.cpuparams.n_threads, given.cpuparams_batch.n_threads) == (1, 1)
    assert given.offline
    assert not given.ui
    assert not given.endpoint_slots
    assert given.model_alias == {MODEL_NAME}
    assert "<tool_call>" in given.chat_template


def test_the_template_of_the_weights_is_left_alone_where_it_is_asked_for() -> None:
    parts = {name: SimpleNamespace() for name in ("model", "cpuparams", "cpuparams_batch")}
    given = local_server.configure(SimpleNamespace(**parts), model="/w", port=7, own_template=True)
    assert not hasattr(given, "chat_template")


@pytest.mark.parametrize(("model", "said", "status"), [("good", b"ready 8123\n", 0), ("bad", b"", 1)])
def test_the_process_says_only_that_it_is_ready_and_ends_with_its_input(
    tmp_path: Path, model: str, said: bytes, status: int
) -> None:
    (tmp_path / "xllamacpp.py").write_text(STAND_IN)
    argv = [sys.executable, "-m", "brightline.providers.local_server", "--model", model, "--port", "8123"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(argv, input=b"", capture_output=True, env=environment, timeout=60)
    assert (done.stdout, done.returncode) == (said, status)
    assert (b"loud llama" in done.stderr) is (model == "good")


def test_main_serves_until_its_input_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_end, written = os.pipe()
    ended: list[int] = []
    built: list[object] = []

    def server(given: object) -> SimpleNamespace:
        built.append(given)
        return SimpleNamespace(listening_address="http://127.0.0.1:99")

    parts = {name: SimpleNamespace() for name in ("model", "cpuparams", "cpuparams_batch")}
    runner = SimpleNamespace(CommonParams=lambda: SimpleNamespace(**parts), Server=server)
    monkeypatch.setattr(local_server.importlib, "import_module", lambda _: runner)
    monkeypatch.setattr(local_server.os, "dup", lambda _: written)
    monkeypatch.setattr(local_server.os, "dup2", lambda *_: None)
    monkeypatch.setattr(local_server.os, "_exit", ended.append)
    (tmp_path / "empty").write_text("")
    with (tmp_path / "empty").open() as empty:
        monkeypatch.setattr(sys, "stdin", empty)
        local_server.main(["--model", "/w"])
    assert os.read(ready_end, 100) == b"ready 99\n"
    assert (len(built), ended) == (1, [0])
    os.close(ready_end)
    os.close(written)
