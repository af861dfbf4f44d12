import os
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from brightline.policy.errors import PolicyError
from brightline.policy.proof import solver_process
from brightline.policy.proof.solver_process import Reply, SolverProcess, _GoneError, _message, _number, _reply

UNSAT = "(set-logic ALL)(assert false)"
# Equal sums of cubes: no solver is done with this in a second.
HARD = (
    "(set-logic ALL)(declare-const x Int)(declare-const y Int)(declare-const z Int)"
    "(assert (= (+ (* x x x) (* y y y) (* z z z)) 114))"
)
DEEP = "(assert " + "(not " * 300_000 + "true" + ")" * 300_000 + ")"


@pytest.fixture
def process() -> Iterator[SolverProcess]:
    started = SolverProcess("z3", 1024, time.monotonic)
    yield started
    started.close()


def child_of(process: SolverProcess) -> int:
    process.version()
    assert process._child is not None
    return process._child.pid


def test_one_child_answers_many_questions(process: SolverProcess) -> None:
    first = child_of(process)
    assert process.ask(UNSAT, [], seconds=5) == Reply("unsat")
    assert process.ask("(set-logic ALL)(declare-const x Int)", ["x"], seconds=5).verdict == "sat"
    assert child_of(process) == first


def test_a_hard_question_is_unknown_in_time(process: SolverProcess) -> None:
    child_of(process)
    start = time.monotonic()
    assert process.ask(HARD, [], seconds=0.2).verdict == "unknown"
    assert time.monotonic() - start < 5


def test_a_child_that_hangs_is_replaced(process: SolverProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver_process, "_GRACE_SECONDS", 0.0)
    first = child_of(process)
    os.kill(first, signal.SIGSTOP)
    assert process.ask(UNSAT, [], seconds=0.1) == Reply("unknown", why="timeout")
    assert child_of(process) != first
    assert process.ask(UNSAT, [], seconds=5) == Reply("unsat")


def test_a_child_that_dies_is_unknown(process: SolverProcess) -> None:
    os.kill(child_of(process), signal.SIGKILL)
    assert process.ask(UNSAT, [], seconds=5) == Reply("unknown", why="crashed")
    assert process.ask(UNSAT, [], seconds=5) == Reply("unsat")


def test_a_text_that_exhausts_the_parser_is_unknown() -> None:
    process = SolverProcess("cvc5", 1024, time.monotonic)
    assert process.ask(DEEP, [], seconds=5).verdict == "unknown"
    process.close()
    process.close()


def test_too_little_memory_is_unknown() -> None:
    process = SolverProcess("z3", 60, time.monotonic)
    assert process.ask(UNSAT, [], seconds=5) == Reply("unknown", why="crashed")
    with pytest.raises(PolicyError, match="not installed"):
        process.version()


def test_without_the_solver_there_is_an_error_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    process = SolverProcess("z3", 1024, time.monotonic)
    said = b'{"version": ""}'
    monkeypatch.setattr(process, "_received", lambda _child, _deadline: said)
    with pytest.raises(PolicyError) as caught:
        process.ask(UNSAT, [], seconds=5)
    assert caught.value.code == "policy/no-solver"


def test_a_child_that_says_too_much_is_ended(process: SolverProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    child_of(process)
    monkeypatch.setattr(solver_process, "MOST_ANSWER_BYTES", 1)
    assert process.ask(UNSAT, [], seconds=5) == Reply("unknown", why="crashed")


def test_what_a_child_says_is_read_as_data() -> None:
    for said in (b"{", b"[]"):
        with pytest.raises(_GoneError):
            _message(said)
    with pytest.raises(_GoneError):
        _number(None)


@pytest.mark.parametrize(
    ("why", "wanted"),
    [
        ("std::bad_alloc", "memory"),
        ("(:reason-unknown memout)", "memory"),
        ("(:reason-unknown timeout)", "timeout"),
        ("canceled", "timeout"),
        ("(:reason-unknown incomplete)", "unknown"),
    ],
)
def test_reasons(why: str, wanted: str) -> None:
    assert _reply({"verdict": "unknown", "why": why}) == Reply("unknown", why=wanted)
    assert _reply({"verdict": "perhaps"}) == Reply("unknown", why="unknown")


def test_nothing_of_the_environment_reaches_the_child(process: SolverProcess) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux shows the environment of a process")
    with open(f"/proc/{child_of(process)}/environ", "rb") as file:  # noqa: PTH123
        assert b"PATH=" not in file.read()
