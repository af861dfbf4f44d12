"""Fails when a tracked text file names a registry's host or a path of the machine it was written on.

A lock file or a setting that names a host breaks behind an air gap, and a local path is nobody else's.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 2_000_000
# Written in halves so that this file passes its own check.
REGISTRIES = "|".join(("py" + "pi", "python" + "hosted", "npm" + "js", "debi" + "an", "cra" + "tes"))
LEAK = re.compile(rf"(\b({REGISTRIES})\.(org|com|io)\b|(?<![\w.])/(work|root|opt)/)")


def tracked() -> list[Path]:
    """All files that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


def leaks_in(name: Path, data: bytes) -> list[str]:
    """Each line of `data` that leaks; binary files are not read."""
    if b"\0" in data or len(data) > MOST_BYTES:
        return []
    lines = data.decode("utf-8", errors="replace").splitlines()
    return [f"{name}:{number}: {line.strip()[:100]}" for number, line in enumerate(lines, 1) if LEAK.search(line)]


def main() -> int:
    """Prints every leak; a tree without files is a fault too."""
    files = tracked()
    if not files:
        print("found no file to read")
        return 1
    leaks = [leak for name in files for leak in leaks_in(name, (ROOT / name).read_bytes())]
    print("\n".join(leaks) or f"{len(files)} files name no registry's host and no local path")
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main())
