"""What every test shares: where the vectors beside the project are, and that nothing is skipped under CI."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UNDER_CI = os.environ.get("CI", "").lower() == "true"


def _failed_instead(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turns a skip into a failure that still says why it was skipped."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid}: a skip is a failure under CI=true: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield
    if UNDER_CI and report.skipped and not hasattr(report, "wasxfail"):
        _failed_instead(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report: pytest.CollectReport = yield
    if UNDER_CI and report.skipped:
        _failed_instead(report)
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public vectors that lies beside the project (or where `BRIGHTLINE_SHARED` says)."""
    folder = Path(os.environ.get("BRIGHTLINE_SHARED", ROOT.parent / "shared"))
    if not (folder / "vectors").is_dir():
        pytest.skip(
            f"the public vectors are not at `{folder}`; set BRIGHTLINE_SHARED to the folder that holds `vectors/`"
        )
    return folder
