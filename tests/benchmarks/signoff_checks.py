"""Every check of both verifiers, and each verifier with some of them taken out, in the test's process only.

A check of the Python verifier is a statement that refuses (`raise`, `refuse(…)`, `….bad(…)`) in what judges a release;
it is taken out by giving its function the code that its source would have without it. A check of the verifier in
JavaScript is a call of `need` or `bad`; in a copy of the file each of them can be passed over.
"""

import ast
import contextlib
import functools
import inspect
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, TracebackType
from typing import Any, cast

from brightline.crypto import assertion, checkpoint, merkle, note, party_keys, signatures, tlog_proof
from brightline.domain import leaf
from brightline.domain.sign_off import assertion as assertion_form
from brightline.domain.sign_off import binding, canonical, encoded, fields, release, statement, trust
from brightline.oversight import effector, trusted_keys
from tests.releases.second_verifier import PRODUCT

# Modules that judge a release, and the functions of theirs that do; none named: all.
JUDGES: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (effector, ("ReleaseCheck.", "_read_release")),
    (trusted_keys, ()),
    (assertion, ()),
    (signatures, ("VerifyingKey.", "_halves", "_to_der")),
    (party_keys, ("read_public", "public_of")),
    (tlog_proof, ("TlogProof.parse", "_decode", "_parse_hash", "_parse_index")),
    (checkpoint, ("Checkpoint.parse", "open_checkpoint", "parse_decimal", "_parse_size", "_parse_root")),
    (note, ("check_name", "decode_base64", "Verifier.", "open_note", "_split", "_parse_line", "_check_characters")),
    (merkle, ("root_from_inclusion", "verify_inclusion", "_check_lengths")),
    (leaf, ("decode",)),
    (canonical, ()),
    (encoded, ()),
    (fields, ()),
    (binding, ("ActionBinding.read", "_rules")),
    (statement, ("Statement.read", "Signature.read")),
    (assertion_form, ("RoleAssertion.read", "_read_key")),
    (release, ("Release.read",)),
    (trust, ()),
)
# What no release brings about: its proof is text that was read from JSON, and so is UTF-8.
BEYOND_A_RELEASE = frozenset(
    ("raise NoteError('it is not UTF-8') from error", "raise CheckpointError('it is not UTF-8') from error")
)
_REFUSING = frozenset(("refuse", "bad"))


@dataclass(frozen=True, slots=True)
class PythonCheck:
    """One statement that refuses, from its first line to its last."""

    module: ModuleType
    function: str
    line: int
    last: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.module.__name__.removeprefix('brightline.')}.{self.function}: {self.text}"

    def place(self) -> FunctionType:
        """The function in which it stands."""
        *way, last = self.function.split(".")
        place: Any = self.module
        for step in way:
            place = getattr(place, step)
        found: Any = vars(place)[last]
        if isinstance(found, classmethod | staticmethod):
            found = found.__func__
        if isinstance(found, functools.cached_property):
            found = found.func
        if isinstance(found, property):
            found = found.fget
        return cast("FunctionType", inspect.unwrap(found))


@contextlib.contextmanager
def taken_out(checks: Set[PythonCheck]) -> Iterator[None]:
    """The verifier without these checks, while the context lasts."""
    whole = {check.place(): check.place().__code__ for check in checks}
    for check in checks:
        lines = frozenset(each.line for each in checks if each.module is check.module)
        check.place().__code__ = _without(check.module, check.function, lines)
    try:
        yield
    finally:
        for function, code in whole.items():
            function.__code__ = code


def python_fired(error: BaseException, checks: Sequence[PythonCheck]) -> tuple[PythonCheck, ...]:
    """The checks that raised `error` and what it came from, the first one first."""
    found: list[PythonCheck] = []
    seen: BaseException | None = error
    while seen is not None:
        lines = tuple(_lines(seen.__traceback__))
        # The innermost line decides: the others only called it.
        for file, line in reversed(lines):
            fired = [each for each in checks if each.module.__file__ == file and each.line <= line <= each.last]
            if fired:
                found[:0] = [each for each in fired if each not in found]
                break
        seen = seen.__cause__ or seen.__context__
    return tuple(found)


def _lines(trace: TracebackType | None) -> Iterator[tuple[str, int]]:
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


@lru_cache(maxsize=1024)
def _without(module: ModuleType, function: str, lines: frozenset[int]) -> CodeType:
    tree = _TakeOut(lines).visit(ast.parse(inspect.getsource(module)))
    whole = compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")
    return next(code for code in _codes(whole) if code.co_qualname == function)


class _TakeOut(ast.NodeTransformer):
    """Puts `pass` in the place of the statements that refuse at some lines."""

    def __init__(self, lines: frozenset[int]) -> None:
        self._lines = lines

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.stmt) and node.lineno in self._lines and _refuses(node):
            return ast.copy_location(ast.Pass(), node)
        return super().generic_visit(node)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _codes(part)


def _refuses(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        return True
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    called = node.value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in _REFUSING


def python_checks() -> tuple[PythonCheck, ...]:
    """Every check of the Python verifier, module by module."""
    return tuple(check for module, names in JUDGES for check in _checks_of(module, names))


def _checks_of(module: ModuleType, names: Sequence[str]) -> Iterator[PythonCheck]:
    for function, node in _functions(ast.parse(inspect.getsource(module)), ""):
        if names and not any(function == name or (name.endswith(".") and function.startswith(name)) for name in names):
            continue
        if function in _MEANS_OF_REFUSING:
            continue
        for part in ast.walk(node):
            text = ast.unparse(part) if isinstance(part, ast.stmt) and _refuses(part) else ""
            if text and text not in BEYOND_A_RELEASE:
                yield PythonCheck(module, function, part.lineno, part.end_lineno or part.lineno, text)


# What the checks call to refuse, and which is none itself.
_MEANS_OF_REFUSING = frozenset(("refuse", "Fields.bad"))


def _functions(node: ast.AST, before: str) -> Iterator[tuple[str, ast.AST]]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.ClassDef):
            yield from _functions(part, f"{before}{part.name}.")
        elif isinstance(part, ast.FunctionDef):
            yield f"{before}{part.name}", part


@dataclass(frozen=True, slots=True)
class JavaScriptCheck:
    """One call that refuses, by its place in the file."""

    at: int
    line: int
    text: str

    @property
    def name(self) -> str:
        return f"verify_release.mjs:{self.line}: {self.text}"


# The rules of forms that no release has: the file reads those too.
_OTHER_FORMS = re.compile(r'^  "effector-state": \(\{.*?^  \},$', re.MULTILINE | re.DOTALL)
_CALL = re.compile(r"(?<!function )(?<![.\w])(?:need|bad)(?=\()")
# Calls a check unless its number is out, and keeps the number of each check that refused.
_GATE = """
export const [out, fired] = [new Set(), []];
function gate(number, check) {
  return (...given) => {
    try {
      if (!out.has(number)) check(...given);
    } catch (error) {
      fired.push(number);
      throw error;
    }
  };
}
"""


def _calls(source: str) -> Iterator[re.Match[str]]:
    beyond = [range(*form.span()) for form in _OTHER_FORMS.finditer(source)]
    return (call for call in _CALL.finditer(source) if not any(call.start() in form for form in beyond))


def javascript_checks() -> tuple[JavaScriptCheck, ...]:
    """Every check of a release in the verifier in JavaScript."""
    source = PRODUCT.read_text(encoding="utf-8")
    lines = source.split("\n")
    found = []
    for call in _calls(source):
        line = source.count("\n", 0, call.start())
        found.append(JavaScriptCheck(call.start(), line + 1, lines[line].strip()))
    return tuple(found)


def gated_copy(directory: Path) -> Path:
    """A copy of the verifier in which each check, by its number in `javascript_checks`, can be passed over."""
    source = PRODUCT.read_text(encoding="utf-8")
    numbers = {call.start(): number for number, call in enumerate(_calls(source))}
    changed = _CALL.sub(
        lambda call: f"gate({numbers[call.start()]}, {call.group()})" if call.start() in numbers else call.group(),
        source,
    )
    copy = directory / "gated.mjs"
    copy.write_text(changed + _GATE, encoding="utf-8")
    return copy
