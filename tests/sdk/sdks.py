"""The SDKs that are held against the gateway, each in an environment of its own, and their stories.

The newest of each is the one of the shared environment; an older major cannot live beside it, so it is installed with
everything it needs into a folder of its own (`BRIGHTLINE_SDKS`, else `.nox/sdk`), once.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.sdk.model_gateway import SUITE_KEY, ModelGateway

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements"
INSTALL_SECONDS = 120.0
STORY_SECONDS = 120.0
OUTCOME_SECONDS = 10.0
# How many uses of a story end because the caller left.
CANCELLED = 3
# A story that lost its steps would pass; these are what each has.
STEPS: Mapping[str, int] = {"openai": 21, "anthropic": 25}


@dataclass(frozen=True, slots=True)
class Sdk:
    """One official SDK; `pinned` names its requirements, none stands for the shared environment's."""

    package: str
    major: int
    pinned: str | None = None

    @property
    def label(self) -> str:
        """What a test is called by."""
        return f"{self.package}-{self.major if self.pinned else 'newest'}"


OPENAI_2 = Sdk("openai", 2, "openai-2")
ANTHROPIC_0 = Sdk("anthropic", 0, "anthropic-0")
NEWEST = (Sdk("openai", 3), Sdk("anthropic", 2))
ALL = (OPENAI_2, ANTHROPIC_0, *NEWEST)


@dataclass(frozen=True, slots=True)
class StoryTold:
    """What an SDK's story found: its version, where it was imported from, how many steps, and every fault."""

    version: str
    file: str
    steps: int
    faults: tuple[str, ...]


def cache() -> Path:
    """Where older SDKs and their tests are kept."""
    return Path(os.environ.get("BRIGHTLINE_SDKS") or HERE.parents[1] / ".nox" / "sdk")


def installed(pinned: str, folder: Path) -> Path:
    """The folder below `folder` that holds the requirements `pinned`, installed when it is not there yet."""
    wanted = REQUIREMENTS / f"{pinned}.txt"
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:8]
    target = folder / f"{pinned}-{digest}"
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        words = ["pip", "install", "-qq", "--disable-pip-version-check", "--target", f"{draft}/whole"]
        subprocess.run([sys.executable, "-m", *words, "-r", str(wanted)], check=True, timeout=INSTALL_SECONDS)
        # Whole under its name or not at all; another run may have been faster.
        if not target.is_dir():
            shutil.move(f"{draft}/whole", target)
    return target


def environment(**more: str) -> dict[str, str]:
    """What an SDK sees: no proxy, no key and no setting of whoever runs the tests."""
    return {"PATH": os.defpath, "HOME": str(Path.home()), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **more}


def python_of(sdk: Sdk) -> tuple[list[str], dict[str, str]]:
    """The interpreter's command line for `sdk`, and its environment."""
    if sdk.pinned is None:
        return [sys.executable], environment()
    # -S: nothing of the shared environment is there to be imported by mistake.
    return [sys.executable, "-S"], environment(PYTHONPATH=str(installed(sdk.pinned, cache())))


def told(sdk: Sdk, gateway: ModelGateway) -> StoryTold:
    """Tell the story of `sdk` at `gateway`, and hold what it did against the ledger."""
    before = gateway.entries()[-1].index + 1
    python, env = python_of(sdk)
    env |= {"BRIGHTLINE_URL": gateway.url, "BRIGHTLINE_KEY": SUITE_KEY}
    story = HERE / f"story_{sdk.package}.py"
    done = subprocess.run([*python, str(story)], env=env, capture_output=True, text=True, timeout=STORY_SECONDS)
    if done.returncode != 0:
        return StoryTold("", "", 0, (done.stderr[-2000:],))
    said = json.loads(done.stdout)
    steps: Mapping[str, Mapping[str, object]] = said["steps"]
    faults = [f"{name}: {step['why']}" for name, step in steps.items() if not step["ok"]]
    faults += _ledger_faults(gateway, steps, before)
    if not said["version"].startswith(f"{sdk.major}."):
        faults.append(f"{sdk.package} {said['version']} is not major {sdk.major}")
    return StoryTold(said["version"], said["file"], len(steps), tuple(faults))


def _ledger_faults(gateway: ModelGateway, steps: Mapping[str, Mapping[str, object]], before: int) -> list[str]:
    """Where the ledger does not say what the story did; a caller that left is recorded a moment later."""
    expected = {
        str(step["intent"]): "cancelled" if name.startswith("cancelled") else "complete"
        for name, step in steps.items()
        if "intent" in step
    }
    end = time.monotonic() + OUTCOME_SECONDS
    while True:
        outcomes = {str(row.reference): row.outcome for row in gateway.entries() if row.index >= before}
        faults = [
            f"entry {intent} ended `{outcomes.get(intent, '')}` instead of `{outcome}`"
            for intent, outcome in expected.items()
            if outcomes.get(intent) != outcome
        ]
        cancelled = list(outcomes.values()).count("cancelled")
        if cancelled != CANCELLED:
            faults.append(f"{cancelled} uses were recorded as cancelled instead of {CANCELLED}")
        if not faults or time.monotonic() > end:
            return faults
        time.sleep(0.2)
