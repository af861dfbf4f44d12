"""Under `CI=true` a skip fails, wherever it is said; elsewhere it is a skip with its reason."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
CASES = {
    "in the test": "import pytest\ndef test_x(): pytest.skip('because')\n",
    "in a mark": "import pytest\n@pytest.mark.skipif(True, reason='because')\ndef test_x(): ...\n",
    "in a fixture": "import pytest\n@pytest.fixture\ndef y(): pytest.skip('because')\ndef test_x(y): ...\n",
    "in the module": "import pytest\npytest.skip('because', allow_module_level=True)\n",
}


@pytest.mark.parametrize("under_ci", [True, False], ids=["CI", "elsewhere"])
def test_a_skip(tmp_path: Path, *, under_ci: bool) -> None:
    shutil.copy(CONFTEST, tmp_path / "conftest.py")
    for number, text in enumerate(CASES.values()):
        (tmp_path / f"test_{number}.py").write_text(text, encoding="utf-8")
    env = {**os.environ, "CI": "true" if under_ci else ""}
    options = ["-rsfE", "-p", "no:cacheprovider", "-p", "no:cov", "--continue-on-collection-errors"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    done = subprocess.run(command, env=env, cwd=tmp_path, check=False, capture_output=True, text=True)
    told = done.stdout.splitlines()
    if under_ci:
        assert sum(line.startswith(("ERROR", "FAILED")) and "because" in line for line in told) == len(CASES)
        assert done.returncode == 1
    else:
        assert sum(line.startswith("SKIPPED") and "because" in line for line in told) == len(CASES)
        assert done.returncode == 0
