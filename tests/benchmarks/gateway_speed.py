"""What a governed call costs beside nginx and LiteLLM, how much memory the gateway takes, and how soon it is ready.

The costs are measured by the side-by-side benchmark in `../shared/bench/gateway` (CPU of each gateway's whole process
tree per correct answer, rounds interleaved): policy, sealing and the durable ledger are on. LiteLLM is installed into
an environment of its own on the first full run; a quick run leaves it out where it is not there.
"""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.gateway_under_test import KEY, prepare
from tests.benchmarks.harness import Bar, BenchResult, Control, Options, calibrate

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("BRIGHTLINE_SHARED", ROOT.parent / "shared"))
BENCH = SHARED / "bench" / "gateway"
PEERS = ROOT / ".nox" / "peers"
LITELLM = ("litellm[proxy]==1.106.2", "uvloop")
OURS, SLOW = "brightline", "brightline-slowed"
CALLS_BEFORE_MEMORY = 100
STARTS = 5


def run(options: Options) -> BenchResult:
    """The figures; `--quick` runs one short round."""
    if not BENCH.is_dir():
        return BenchResult((), notes=(f"{BENCH.name} is not beside the project: nothing was measured",))
    if shutil.which("nginx") is None:
        return BenchResult((), notes=("nginx is missing (Debian: nginx-light): nothing was measured",))
    peers = ["nginx"]
    if _litellm(install=not options.quick):
        peers.append("litellm")
    before = calibrate()
    costs = _costs(peers, quick=options.quick)
    after = calibrate()
    with provider() as upstream, tempfile.TemporaryDirectory() as folder:
        place = prepare(Path(folder) / "gate", upstream=f"http://127.0.0.1:{upstream}", port=0)
        ready = min(_start_seconds(place) for _ in range(2 if options.quick else STARTS))
        memory = memory_mb(place)
    scale = min(before.scale, after.scale)
    bars = [*_cost_bars(costs, peers)]
    bars.append(Bar(f"memory after {CALLS_BEFORE_MEMORY} calls, whole tree (PSS)", memory, 60.0, "MB"))
    bars.append(Bar("ready after", ready * scale, 1.5, "s"))
    slowed = costs["chat", SLOW] / costs["chat", "nginx"]
    control = Control(f"{SLOW} (each decision made often)", slowed > 8.0, f"{slowed:.1f} x nginx")
    notes = [before.line(), after.line(), *_notes(costs)]
    return BenchResult(bars, (control,), notes, noisy=before.noisy or after.noisy)


def _cost_bars(costs: Mapping[tuple[str, str], float], peers: Sequence[str]) -> Iterator[Bar]:
    for kind, nginx_bar, litellm_bar in (("chat", 8.0, 50.0), ("chat_stream", 4.0, 12.0)):
        ours = costs[kind, OURS]
        yield Bar(f"{kind}: CPU over nginx's", ours / costs[kind, "nginx"], nginx_bar, "x")
        if "litellm" in peers:
            yield Bar(f"{kind}: LiteLLM's CPU over ours", costs[kind, "litellm"] / ours, litellm_bar, "x", "high")


def _notes(costs: Mapping[tuple[str, str], float]) -> Iterator[str]:
    for (kind, name), cost in sorted(costs.items()):
        yield f"{kind:<16} {name:<18} {cost:8.4f} ms CPU a call"


def _costs(peers: Sequence[str], *, quick: bool) -> Mapping[tuple[str, str], float]:
    """Milliseconds of CPU per correct answer, by kind and gateway; the median over the rounds."""
    kinds = ("chat", "chat_stream") if quick else ("chat", "chat_stream", "messages", "messages_stream")
    return side_by_side(peers, {OURS: "", SLOW: "--handicap"}, kinds, quick=quick)


def side_by_side(
    peers: Sequence[str], ours: Mapping[str, str], kinds: Sequence[str], *, quick: bool, rounds: int = 3
) -> Mapping[tuple[str, str], float]:
    """Milliseconds of CPU per correct answer, by kind and gateway: of `peers`, and of `ours` with their options."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        command = f"env PYTHONPATH={ROOT} {sys.executable} -m tests.benchmarks.gateway_under_test"
        words = [sys.executable, str(BENCH / "run.py"), "--only", ",".join(peers), "--out", str(out)]
        for name, options in ours.items():
            words += ["--add", f"{name}={command} --port {{port}} --upstream {{upstream}} {options}".rstrip()]
        words += ["--kinds", ",".join(kinds)]
        words += ["--rounds", "1", "--seconds", "1.5"] if quick else ["--rounds", str(rounds), "--seconds", "3"]
        env = {**os.environ, "BENCH_PEERS": str(PEERS)}
        ran = subprocess.run(words, env=env, capture_output=True, text=True, timeout=3000)
        if ran.returncode or not out.is_file():
            raise RuntimeError(f"the side-by-side benchmark failed:\n{ran.stderr[-2000:]}")
        found = json.loads(out.read_text())
    costs = {(row["kind"], row["name"]): row["cpu_ms"] for row in found["rows"] if row["cpu_ms"]}
    judged = [row for row in found["rows"] if row["name"] in ours and "--handicap" not in ours[row["name"]]]
    wrong = [(row["name"], row["kind"], row["bad"], row.get("errors")) for row in judged if row["bad"]]
    missing = [name for name in (*peers, *ours) if (kinds[0], name) not in costs]
    if missing or wrong:
        raise RuntimeError(f"not measured: {missing}, wrong answers: {wrong}\n{ran.stderr[-2000:]}")
    return costs


def _litellm(*, install: bool) -> bool:
    place = PEERS / "litellm"
    if (place / "bin" / "litellm").exists():
        return True
    if not install:
        return False
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    subprocess.run([str(place / "bin" / "pip"), "install", "-q", *LITELLM], check=True)
    return True


@contextlib.contextmanager
def provider() -> Iterator[int]:
    """The benchmark's mock provider, on a free port."""
    port = _free_port()
    child = subprocess.Popen([sys.executable, str(BENCH / "mock.py"), "--port", str(port)])
    try:
        yield port
    finally:
        child.terminate()
        child.wait()


def _start_seconds(place: Path) -> float:
    """From the start of `brightline serve` to the first good `/readyz`."""
    with _gateway(place) as (_, _, seconds):
        return seconds


def memory_mb(place: Path) -> float:
    """Proportional set size of the gateway's process tree after the calls."""
    with _gateway(place) as (pid, port, _):
        body = json.dumps({"model": "mock-model", "messages": [{"role": "user", "content": "measure " * 100}]})
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for _ in range(CALLS_BEFORE_MEMORY):
            connection.request("POST", "/v1/chat/completions", body, {"authorization": f"Bearer {KEY}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"a call was answered {answer.status}")
        connection.close()
        return sum(map(_pss_kb, _tree(pid))) / 1024


@contextlib.contextmanager
def _gateway(place: Path) -> Iterator[tuple[int, int, float]]:
    port = _free_port()
    began = time.perf_counter()
    words = [sys.executable, "-m", "brightline.cli", "serve", "--data", str(place), "--port", str(port)]
    child = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        while not _is_ready(port):
            if child.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError("the gateway did not become ready")
            time.sleep(0.005)
        yield child.pid, port, time.perf_counter() - began
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in _tree(int(child)))]


def _pss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
