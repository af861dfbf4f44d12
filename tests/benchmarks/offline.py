"""Offline: from the wheelhouse alone, install, tell the demo, verify; no socket may leave the loopback.

Everything runs in one network namespace without routes, under one strace. The negative control makes two deliberate
attempts (IPv4 and IPv6) under the same watch, which must see both.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.harness import Bar, BenchResult, Control, Options
from tests.benchmarks.socket_watch import Watched, unable, watch

ROOT = Path(__file__).resolve().parents[2]
WHEELHOUSE = ROOT / "wheelhouse"
MOST_SECONDS = 220.0
# One script, so that one trace covers all of it; every step must succeed.
STORY = """\
set -eu
python="$1" wheels="$2" model="$3"
"$python" -m venv .venv
.venv/bin/pip install --quiet --no-index --find-links "$wheels" "brightline[local]"
.venv/bin/brightline demo --once --dir data $model
.venv/bin/python "$4" data .venv/bin/brightline "$5"
"""
# Addresses kept for documentation (RFC 5737, RFC 3849): nobody is there, and no route leads there.
CONTROL = """\
import socket
for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 9)),
    (socket.AF_INET6, socket.SOCK_DGRAM, ("2001:db8::1", 9)),
):
    with socket.socket(family, kind) as one:
        try:
            one.connect(address)
        except OSError:
            print("cut, as it should be")
"""


def environment(home: Path) -> dict[str, str]:
    """A newcomer's environment: nothing of this machine's but PATH, and pip kept to the wheelhouse."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(WHEELHOUSE / "wheels"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def make_wheelhouse() -> None:
    """Makes the wheelhouse, docs and all, from the source as it is now."""
    docs = ROOT / "docs" / "_build" / "html"
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-b", "html", "docs", str(docs)], check=True, cwd=ROOT)
    subprocess.run([sys.executable, "tools/make_wheelhouse.py", "--docs", str(docs)], check=True, cwd=ROOT)


def told_offline(folder: Path, *, model: bool) -> Watched:
    """Installs from the wheelhouse in `folder`, tells the demo and verifies its log, all of it watched."""
    verify = ROOT / "tests" / "benchmarks" / "offline_verify.py"
    verifier = WHEELHOUSE / "brightline-verify.pyz"
    base = getattr(sys, "_base_executable", sys.executable)
    words = [base, str(WHEELHOUSE / "wheels"), "" if model else "--no-model", str(verify), str(verifier)]
    command = ["sh", "-c", STORY, "story", *words]
    return watch(command, log=folder / "trace", cwd=folder, env=environment(folder), seconds=MOST_SECONDS)


def control(folder: Path) -> Watched:
    """Deliberate attempts to leave, under the same watch."""
    command = [sys.executable, "-c", CONTROL]
    return watch(command, log=folder / "control", cwd=folder, env=environment(folder), seconds=60.0)


def run(options: Options) -> BenchResult:
    """Prints how many sockets left; raises `SystemExit` with a plain reason where this machine cannot watch."""
    reason = unable()
    if reason:
        raise SystemExit(f"offline cannot be measured here: {reason}")
    make_wheelhouse()
    folder = Path(tempfile.mkdtemp(prefix="brightline-offline-"))
    try:
        told = told_offline(folder, model=not options.quick)
        tried = control(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    notes = [f"{told.calls} socket calls named an address", *told.outside]
    if told.exit_code != 0:
        notes += told.output.splitlines()[-20:]
    return BenchResult(
        bars=(
            Bar("exit code of install, demo and verify", told.exit_code, 0, ""),
            Bar("sockets outside the loopback", len(told.outside), 0, ""),
            Bar("socket calls that the watch read", told.calls, 1, "", better="high"),
        ),
        controls=(Control("two deliberate attempts to leave", len(tried.outside) == 2, f"{len(tried.outside)} seen"),),
        notes=notes,
    )
