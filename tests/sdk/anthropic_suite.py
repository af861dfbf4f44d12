"""The Anthropic SDK's own message tests, from its source archive, run against a gateway.

They fix their key and their model names; `TEST_API_BASE_URL` says where. Half of them run in each of two processes,
since most of the time goes into what a small model says when it is given a thousand tokens.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml

from tests.sdk.sdks import ANTHROPIC_0, cache, python_of

VERSION = "0.121.0"
SHA256 = "e79d6e08ab3376602fc9a70d4d5ea3540817c76cf7e16658bed790834e1833d6"
TESTS = 26
HALVES = ("loose", "strict")
DOWNLOAD_SECONDS = 60.0
SUITE_SECONDS = 220.0


class SuiteError(Exception):
    """The tests could not be had, or did not report."""


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """How many tests passed and failed (or broke), in how many seconds, and what they printed."""

    passed: int
    failed: int
    seconds: float
    output: str

    @property
    def refused(self) -> int:
        """How many tests met the SDK's own permission error."""
        return len(re.findall(r"^E +anthropic\.PermissionDeniedError: ", self.output, re.MULTILINE))


def sources(folder: Path) -> Path:
    """The unpacked source archive below `folder`; raises `SuiteError` when what came is not what was pinned."""
    target = folder / f"anthropic-{VERSION}"
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        words = ["pip", "download", "-qq", "--disable-pip-version-check", "--no-deps", "--no-binary", "anthropic"]
        command = [sys.executable, "-m", *words, "--dest", draft, f"anthropic=={VERSION}"]
        subprocess.run(command, check=True, timeout=DOWNLOAD_SECONDS)
        archive = Path(draft) / f"anthropic-{VERSION}.tar.gz"
        check_archive(archive)
        with tarfile.open(archive) as tar:
            tar.extraction_filter = getattr(tarfile, "data_filter", None)  # since Python 3.11.4
            tar.extractall(draft)
        if not target.is_dir():
            (Path(draft) / target.name).rename(target)
    return target


def check_archive(archive: Path) -> None:
    """Go on if `archive` is the pinned one; raises `SuiteError`."""
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != SHA256:
        raise SuiteError(f"{archive.name} has the SHA-256 {found}, not {SHA256}")


def run_suite(url: str, *, select: str = "") -> SuiteRun:
    """Run the message tests (those that `select` names, else all) against `url`; raises `SuiteError`."""
    source = sources(cache())
    python, env = python_of(ANTHROPIC_0)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        halves = []
        for half in HALVES:
            chosen = " and ".join(["not async and not Async", half, *([select] if select else [])])
            command = [*python, "-m", "pytest", "-n0", "-p", "no:cacheprovider", f"--junitxml={place}/{half}.xml"]
            command += ["tests/api_resources/test_messages.py", "-k", chosen]
            halves.append(_start(command, source, {**env, "TEST_API_BASE_URL": url}))
        outputs = [_wait(half, began + SUITE_SECONDS) for half in halves]
        counts = [_counted(Path(place) / f"{half}.xml", outputs[i]) for i, half in enumerate(HALVES)]
    passed, failed = (sum(column) for column in zip(*counts, strict=True))
    return SuiteRun(passed, failed, time.monotonic() - began, "\n".join(outputs))


def _start(command: list[str], source: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, cwd=source, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )


def _wait(half: subprocess.Popen[str], deadline: float) -> str:
    try:
        output, _ = half.communicate(timeout=max(1.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        half.kill()
        output, _ = half.communicate()
    return output


def _counted(report: Path, output: str) -> tuple[int, int]:
    """How many tests passed, and how many did not, says pytest's own report; raises `SuiteError` without one."""
    if not report.is_file():
        raise SuiteError(f"the suite did not report: {output[-2000:]}")
    suite = Xml.parse(report).getroot().find("testsuite")
    if suite is None:
        raise SuiteError("the suite's report holds no tests")
    ran = int(suite.get("tests", "0"))
    lost = sum(int(suite.get(kind, "0")) for kind in ("failures", "errors", "skipped"))
    return ran - lost, lost
