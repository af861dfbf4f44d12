"""Writes `constraints.txt`: a version and the hashes of its files for every package that the project can install.

The registry that pip is set up with resolves the bounds of `pyproject.toml` once, for the oldest Python; then each
target (system, processor, Python) is asked for the same versions, and its files' hashes join the line. No address of
a registry is written. `--check` only says whether every bound has a pin that keeps it.

LIMIT: a package without a wheel for a target has no hash for it there; the list of those is printed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
TARGET_FILE = ROOT / "constraints.txt"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# manylinux tags of glibc 2.17 to 2.34 (Debian 12 has 2.36); macOS tags from the oldest that wheels name to 13.
PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "linux x86_64": tuple(f"manylinux_2_{minor}_x86_64" for minor in (34, 28, 27, 26, 24, 17, 12, 5)),
    "linux aarch64": tuple(f"manylinux_2_{minor}_aarch64" for minor in (34, 28, 27, 26, 24, 17)),
    "macos arm64": tuple(f"macosx_{major}_0_arm64" for major in (13, 12, 11)),
    "macos x86_64": tuple(f"macosx_{version}_x86_64" for version in ("13_0", "12_0", "11_0", "10_15", "10_12", "10_9")),
}
HEADER = """\
# Every package that Brightline, its `local` extra and its tools can bring, with the hashes of its files.
# Written by `nox -s pin`; install with
#   pip install --require-hashes -r constraints.txt && pip install --no-deps .
"""

# name -> (version, hashes)
Pins = dict[str, tuple[str, set[str]]]


def bounds() -> list[str]:
    """The requirements of the project, of all its extras, and of its build."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    wanted: list[str] = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in extras.values():
        wanted.extend(extra)
    return sorted(set(wanted))


def ask(wanted: Iterable[str], *options: str) -> Pins:
    """What pip would install for `wanted`; raises `CalledProcessError` when it finds no way."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-"]
    done = subprocess.run([*command, *options, *wanted], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    pins: Pins = {}
    for item in json.loads(done.stdout)["install"]:
        name = canonicalize_name(item["metadata"]["name"])
        sha256 = item["download_info"]["archive_info"]["hashes"]["sha256"]
        pins[name] = (item["metadata"]["version"], {sha256})
    return pins


def ask_target(wanted: list[str], python: str, tags: Iterable[str], elsewhere: str) -> tuple[Pins, list[str]]:
    """The files of exactly `wanted` for another target, and those of them that have no file there."""
    options = ["--no-deps", "--only-binary=:all:", f"--python-version={python}", f"--target={elsewhere}"]
    options += [f"--platform={tag}" for tag in tags]
    try:
        return ask(wanted, *options), []
    except subprocess.CalledProcessError:
        if len(wanted) == 1:
            return {}, wanted
    half = len(wanted) // 2
    first, first_missing = ask_target(wanted[:half], python, tags, elsewhere)
    second, second_missing = ask_target(wanted[half:], python, tags, elsewhere)
    return first | second, first_missing + second_missing


def pin() -> Pins:
    """Every package with the hashes of its files on all targets."""
    with tempfile.TemporaryDirectory() as elsewhere:
        # "3.11" is 3.11.0 to pip: a release that asks for a later patch would leave out Debian 12, which has 3.11.2.
        pins = ask(bounds(), "--only-binary=:all:", f"--python-version={PYTHONS[0]}", f"--target={elsewhere}")
        wanted = [f"{name}=={version}" for name, (version, _) in sorted(pins.items())]
        for platform, tags in PLATFORMS.items():
            for python in PYTHONS:
                found, missing = ask_target(wanted, python, tags, elsewhere)
                for name, (_, hashes) in found.items():
                    pins[name][1].update(hashes)
                print(
                    f"{platform}, Python {python}: {len(found)} files; none for {missing or 'no package'}", flush=True
                )
    return pins


def render(pins: Pins) -> str:
    """The text of the constraints file."""
    lines = [HEADER]
    for name, (version, hashes) in sorted(pins.items()):
        lines.append(" \\\n    ".join([f"{name}=={version}", *(f"--hash=sha256:{sha}" for sha in sorted(hashes))]))
    return "\n".join(lines) + "\n"


def unpinned(text: str) -> list[str]:
    """The bounds that no pin in `text` keeps."""
    pinned = dict(line.split(" ")[0].split("==") for line in text.splitlines() if "==" in line and line[0].isalnum())
    faults = []
    for bound in bounds():
        requirement = Requirement(bound)
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            faults.append(f"{bound}: pinned {version or 'nowhere'}; run `nox -s pin`")
    return faults


def main() -> int:
    """Writes the file, or with `--check` judges the one there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        faults = unpinned(TARGET_FILE.read_text(encoding="utf-8"))
        print("\n".join(faults) or "every bound has its pin")
        return 1 if faults else 0
    TARGET_FILE.write_text(render(pin()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
