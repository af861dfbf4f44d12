"""The house's own checks refuse what they are there to refuse."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import check_built_docs, check_coverage, check_isolation, check_leaks, check_sizes, pin_constraints

ROOT = Path(__file__).resolve().parents[2]
NAME = Path("x.py")


def function(lines: int, parameters: str = "") -> str:
    return f"def f({parameters}):\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x = 1\n" * 601, "601 lines"),
        (function(61), "61 lines"),
        (function(2, ", ".join(f"p{n}" for n in range(9))), "9 parameters"),
        ("async " + function(2, "*, " + ", ".join(f"p{n}" for n in range(9))), "9 parameters"),
    ],
)
def test_what_is_too_large_is_told(text: str, word: str) -> None:
    assert [word in fault for fault in check_sizes.faults_of(NAME, text)] == [True]


def test_what_is_just_within_passes() -> None:
    parameters = ", ".join(["self", *(f"p{n}" for n in range(8))])
    text = function(60, parameters) + "x = 1\n" * 540
    assert check_sizes.faults_of(NAME, text) == []


@pytest.mark.parametrize("line", ["see py" + "pi.org", "open('/wo" + "rk/x')", "host files.python" + "hosted.org/x"])
def test_a_local_name_is_told(line: str) -> None:
    assert check_leaks.leaks_in(NAME, f"fine\n{line}\n".encode()) != []


@pytest.mark.parametrize("data", [b"a homework/ folder", b"\0py" + b"pi.org", b"./work/x"])
def test_what_is_not_local_passes(data: bytes) -> None:
    assert check_leaks.leaks_in(NAME, data) == []


def report(room: str, ran: int) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    summary = {"num_statements": 60, "num_branches": 40, "covered_lines": ran - 10, "covered_branches": 10}
    return {"files": {f"src/brightline/{room}/x.py": {"summary": summary}}}


@pytest.mark.parametrize(("room", "ran", "short"), [("wire", 94, True), ("wire", 95, False), ("ledger", 99, True)])
def test_a_room_under_its_bound_is_told(room: str, ran: int, *, short: bool) -> None:
    faults = [
        fault for fault in check_coverage.judge(check_coverage.count_rooms(report(room, ran))) if "under" in fault
    ]
    assert bool(faults) is short


def test_a_room_that_was_not_measured_is_told() -> None:
    assert "crypto: not measured" in check_coverage.judge(check_coverage.count_rooms(report("wire", 100)))


def test_a_stranger_in_the_inspectors_process_is_told() -> None:
    loaded = ["brightline", "brightline.ledger", "brightline.ledger.verify", "brightline.domain.leaf"]
    own = check_isolation.ENTRIES["brightline.ledger.verify"]
    assert check_isolation.strangers(loaded, own) == []
    assert check_isolation.strangers([*loaded, "brightline.ledger.service"], own) == ["brightline.ledger.service"]


def test_a_network_in_the_machines_process_is_told() -> None:
    loaded = ["brightline", "brightline.oversight", "brightline.oversight.effector", "brightline.oversight.people"]
    own = check_isolation.ENTRIES["brightline.oversight.effector"]
    assert check_isolation.strangers(loaded, own) == ["brightline.oversight.people"]
    assert check_isolation.unwanted([*loaded, "json", "socket"]) == ["socket"]


def test_the_inspectors_process_loads_no_stranger() -> None:
    done = subprocess.run([sys.executable, "tools/check_isolation.py"], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()


def test_a_bound_without_its_pin_is_told() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert pin_constraints.unpinned(text) == []
    older = text.replace("cedarpy==4.", "cedarpy==3.")
    assert [fault.split(">")[0] for fault in pin_constraints.unpinned(older)] == ["cedarpy"]


def test_no_pin_stands_without_a_hash() -> None:
    blocks = (ROOT / "constraints.txt").read_text(encoding="utf-8").split("\n\n", maxsplit=1)[1]
    pins = [line for line in blocks.splitlines() if "==" in line]
    assert pins
    assert all(line.endswith("\\") for line in pins)


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ('<script defer src="https://example.org/x.js">', True),
        ('<link rel="stylesheet" href="//example.org/x.css">', True),
        ("body { background: url('http://example.org/x.png') }", True),
        ('@import "https://example.org/x.css";', True),
        ('<a href="https://example.org/">a link</a>', False),
        ('<script src="_static/x.js"></script>', False),
    ],
)
def test_a_page_that_would_load_from_outside_is_told(text: str, *, loads: bool) -> None:
    assert bool(check_built_docs.loads_in(text)) is loads
