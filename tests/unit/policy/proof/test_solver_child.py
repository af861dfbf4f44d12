import io
import json
import resource

import pytest

from brightline.policy.proof import solver_child

UNSAT = "(set-logic ALL)(declare-const x Int)(assert (< x x))"
SAT = "(set-logic ALL)(declare-const x Int)(assert (= x (- 3)))"


def messages(*questions: object) -> io.BytesIO:
    parts = [json.dumps(one).encode() for one in questions]
    return io.BytesIO(b"".join(len(part).to_bytes(4) + part for part in parts))


def served(solver: str, *questions: object) -> list[dict]:
    sink = io.BytesIO()
    solver_child.serve(solver, messages(*questions), sink)
    sink.seek(0)
    found = []
    while head := sink.read(4):
        found.append(json.loads(sink.read(int.from_bytes(head))))
    return found


def question(text: str, *queries: str) -> dict:
    return {"text": text, "queries": list(queries), "milliseconds": 5_000}


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_answers_one_question_after_another(solver: str) -> None:
    version, unsat, sat, values = served(solver, question(UNSAT, "x"), question(SAT), question(SAT, "x"))
    assert version["version"]
    assert unsat == {"verdict": "unsat", "values": "", "why": ""}
    assert sat == {"verdict": "sat", "values": "", "why": ""}
    assert "(- 3)" in values["values"]


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_an_error_is_no_answer(solver: str) -> None:
    texts = ["(assert", "(assert (unknown-name))", "(set-logic ALL)(assert 5)", "(exit)"]
    _, *answers = served(solver, *[question(text) for text in texts], question(UNSAT))
    assert [answer["verdict"] for answer in answers[:3]] == ["unknown"] * 3
    assert answers[-1]["verdict"] == "unsat"


def test_why_it_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter(["", "unknown\n", "(:reason-unknown timeout)"])
    monkeypatch.setitem(solver_child._SOLVERS, "z3", lambda: ("1", lambda _limit: lambda _text: next(said)))
    assert served("z3", question(SAT))[1]["why"] == "(:reason-unknown timeout)"


def test_memory_and_odd_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(text: str) -> str:
        raise MemoryError

    monkeypatch.setitem(solver_child._SOLVERS, "z3", lambda: ("1", lambda _limit: run))
    assert served("z3", {**question(SAT), "milliseconds": "x"})[1]["why"] == "memory"


def test_without_the_solver_there_is_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ModuleNotFoundError

    monkeypatch.setitem(solver_child._SOLVERS, "z3", missing)
    assert served("z3", question(SAT)) == [{"version": ""}]


def test_what_is_no_question_ends_it() -> None:
    assert len(served("z3", [1])) == 1


def test_it_holds_itself_to_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: dict[int, tuple[int, int]] = {}
    asked: list[str] = []
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    monkeypatch.setattr(solver_child, "serve", lambda solver, _source, _sink: asked.append(solver))
    monkeypatch.setattr(solver_child.sys, "stdin", type("Stream", (), {"buffer": None}))
    monkeypatch.setattr(solver_child.sys, "stdout", type("Stream", (), {"buffer": None}))
    solver_child.main(["z3", "7"])
    assert limits[resource.RLIMIT_AS] == (7 * 2**20, 7 * 2**20)
    assert asked == ["z3"]


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_a_text_that_prints_a_verdict_gets_none(solver: str) -> None:
    _, said = served(solver, question('(set-logic ALL)(echo "unsat")'))
    assert said["verdict"] == "unknown"
