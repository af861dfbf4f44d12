"""The process in which solvers run: reads questions, writes answers, and can be killed at any time.

Started as `python -I -m brightline.policy.proof.solver_child SOLVER MEGABYTES`. A message is its length (4 bytes, big
endian) and that many bytes of JSON. It holds itself to the memory it was given, and imports one solver.
A question is `{"text", "queries": [term, …], "milliseconds"}`, an answer `{"verdict", "values", "why"}`.
"""

import json
import resource
import sys
from collections.abc import Callable, Sequence
from typing import BinaryIO

_Answer = dict[str, object]
# What a solver is asked in two steps: is it satisfiable; and then, what are the values.
_Run = Callable[[str], str]


def _read(stream: BinaryIO) -> dict[str, object] | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    message = json.loads(stream.read(int.from_bytes(head)))
    return message if isinstance(message, dict) else None


def _write(stream: BinaryIO, answer: _Answer) -> None:
    data = json.dumps(answer).encode()
    stream.write(len(data).to_bytes(4) + data)
    stream.flush()


def _answer(run: _Run, question: dict[str, object]) -> _Answer:
    # Nothing is printed by what is asserted: a text that prints anything could print a verdict of its own.
    printed = run(str(question["text"])).strip()
    verdict = f"printed: {printed}" if printed else run("(check-sat)\n").strip()
    if verdict not in ("sat", "unsat"):
        # Anything else that a solver prints is an error, and an error is no answer.
        why = run("(get-info :reason-unknown)\n") if verdict == "unknown" else verdict
        return {"verdict": "unknown", "values": "", "why": why[:200]}
    queries = question["queries"]
    asked = " ".join(queries) if verdict == "sat" and isinstance(queries, list) else ""
    return {"verdict": verdict, "values": run(f"(get-value ({asked}))\n") if asked else "", "why": ""}


def _z3() -> tuple[str, Callable[[int], _Run]]:
    # Only here, in the child, is there a solver.
    import z3  # type: ignore[import-untyped]

    def fresh(milliseconds: int) -> _Run:
        context = z3.Context()
        z3.Z3_eval_smtlib2_string(context.ref(), f"(set-option :timeout {milliseconds})")
        return lambda text: str(z3.Z3_eval_smtlib2_string(context.ref(), text))

    return str(z3.get_version_string()), fresh


def _cvc5() -> tuple[str, Callable[[int], _Run]]:
    import cvc5  # type: ignore[import-untyped]

    def fresh(milliseconds: int) -> _Run:
        solver = cvc5.Solver(cvc5.TermManager())
        for name, value in (("tlimit-per", str(milliseconds)), ("produce-models", "true"), ("incremental", "true")):
            solver.setOption(name, value)
        parser = cvc5.InputParser(solver)

        def run(text: str) -> str:
            parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
            said = []
            while not (command := parser.nextCommand()).isNull():
                said.append(str(command.invoke(solver, parser.getSymbolManager())))
            return "".join(said)

        return run

    return str(cvc5.__version__), fresh


_SOLVERS: dict[str, Callable[[], tuple[str, Callable[[int], _Run]]]] = {"z3": _z3, "cvc5": _cvc5}


def serve(solver: str, source: BinaryIO, sink: BinaryIO) -> None:
    """Say which version of `solver` this is, then answer questions until there are no more."""
    try:
        version, fresh = _SOLVERS[solver]()
    except ModuleNotFoundError:
        _write(sink, {"version": ""})
        return
    _write(sink, {"version": version})
    while question := _read(source):
        try:
            limit = question["milliseconds"]
            answer = _answer(fresh(limit if isinstance(limit, int) else 1), question)
        except MemoryError:
            answer = {"verdict": "unknown", "values": "", "why": "memory"}
        except Exception as error:  # noqa: BLE001  # the edge of the process: what a solver raises is no answer
            answer = {"verdict": "unknown", "values": "", "why": str(error)[:200]}
        _write(sink, answer)


def main(arguments: Sequence[str]) -> None:
    """Serve over the standard streams, within the memory that the second argument says."""
    solver, megabytes = arguments
    most = int(megabytes) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(solver, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":  # pragma: no cover  # runs in a process of its own
    main(sys.argv[1:])
