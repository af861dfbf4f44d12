"""Prepares a data directory for a benchmark, then becomes `brightline serve` on it (the same process, by exec).

`--metered` has the sample's meter of people and the shipped describer, and remembers no text. `--handicap` is the
negative control's gateway: every decision is made a hundred times.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from brightline.cli.data_directory import Beginning, make_data_directory
from brightline.cli.settings_file import Places
from brightline.testing.parties import parties_of
from tests.benchmarks.agreements import bench_agreement

KEY = "sk-bench"
ENCLAVE = "bench"
HANDICAP = 100


def prepare(place: Path, *, upstream: str, port: int, metered: bool = False) -> Path:
    """A data directory at `place` whose only deployment is at `upstream`, with the key the driver sends."""
    make_data_directory(
        place,
        beginning_of(bench_agreement(metered=metered), ENCLAVE),
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


def beginning_of(files: Mapping[str, bytes], enclave: str) -> Beginning:
    """`files`, signed by fresh keys of all parties and stated to be current in `enclave`."""
    parties = parties_of(files)
    signed = parties.sign(files)
    return Beginning(files=signed.files, trust=signed.trust, statement=parties.state(signed.draft, enclave))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--dir", default=None)
    parser.add_argument("--metered", action="store_true")
    parser.add_argument("--handicap", action="store_true")
    asked = parser.parse_args()
    place = prepare(
        Path(asked.dir or tempfile.mkdtemp(prefix="brightline-bench-")) / "gate",
        upstream=asked.upstream,
        port=asked.port,
        metered=asked.metered,
    )
    serve = ["serve", "--data", str(place)]
    if asked.handicap:
        os.execv(sys.executable, [sys.executable, "-m", "tests.benchmarks.slow_gateway", *serve])
    module = "tests.benchmarks.fresh_gateway" if asked.metered else "brightline.cli"
    os.execv(sys.executable, [sys.executable, "-m", module, *serve])


if __name__ == "__main__":
    main()
