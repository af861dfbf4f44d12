"""Prepares a data directory for a benchmark, then becomes `brightline serve` on it (the same process, by exec).

`--handicap` is the negative control's gateway: every decision is made a hundred times.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from brightline.cli.data_directory import make_data_directory
from brightline.cli.settings_file import Places
from tests.benchmarks.agreements import bench_agreement

KEY = "sk-bench"
ENCLAVE = "bench"
HANDICAP = 100


def prepare(place: Path, *, upstream: str, port: int) -> Path:
    """A data directory at `place` whose only deployment is at `upstream`, with the key the driver sends."""
    make_data_directory(
        place,
        agreement=bench_agreement(),
        enclave=ENCLAVE,
        operator="bench.example",
        places=Places(weights=Path("none"), port=port, simulator=upstream),
    )
    secret = place / "bench.secret"
    secret.write_text(KEY)
    secret.chmod(0o600)
    words = ["key", "import", "--data", str(place), "--secret-file", str(secret), "--weak", "--name", "bench"]
    words += ["--organisation", "example-command", "--unit", "analysis", "--app", "bench"]
    words += ["--mission", "mission-1", "--default-mission", "mission-1"]
    subprocess.run([sys.executable, "-m", "brightline.cli", *words], check=True, stdout=subprocess.DEVNULL)
    secret.unlink()
    return place


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--dir", default=None)
    parser.add_argument("--handicap", action="store_true")
    asked = parser.parse_args()
    place = prepare(
        Path(asked.dir or tempfile.mkdtemp(prefix="brightline-bench-")) / "gate",
        upstream=asked.upstream,
        port=asked.port,
    )
    serve = ["serve", "--data", str(place)]
    if asked.handicap:
        os.execv(sys.executable, [sys.executable, "-m", "tests.benchmarks.slow_gateway", *serve])
    os.execv(sys.executable, [sys.executable, "-m", "brightline.cli", *serve])


if __name__ == "__main__":
    main()
