"""Every check of both verifiers, and each verifier with one of them taken out, in the test's process only.

A check of the Python verifier is a statement that refuses (`raise`, `refuse(…)`, `….bad(…)`) in what judges a release;
it is taken out by giving its function the code that its source would have without it. A check of the verifier in
JavaScript is a call of `need` or `bad`; it is taken out of a copy of the file.
"""

import ast
import contextlib
import functools
import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, cast

from brightline.crypto import assertion, checkpoint, merkle, note, signatures, tlog_proof
from brightline.domain import leaf
from brightline.domain.sign_off import assertion as assertion_form
from brightline.domain.sign_off import binding, canonical, fields, release, statement
from brightline.oversight import effector, trusted_keys
from tests.releases.second_verifier import PRODUCT

# Modules that judge a release, and the functions of theirs that do; none named: all.
JUDGES: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (effector, ("ReleaseCheck.", "_read_release")),
    (trusted_keys, ()),
    (assertion, ()),
    (signatures, ("VerifyingKey.verify", "_halves", "_to_der")),
    # What of a proof, a head or a note has no right form leads nowhere behind it; `tamper` changes every byte of those.
    (tlog_proof, ("_decode", "_parse_index")),
    (checkpoint, ("open_checkpoint",)),
    (note, ("Verifier.verify",)),
    (merkle, ("root_from_inclusion", "verify_inclusion")),
    (leaf, ("decode",)),
    (
        canonical,
        (
            "parse",
            "parse_canonical",
            "parse_object",
            "_explain",
            "_refuse_depth",
            "_refuse_surrogates",
            "_unique",
            "_integer",
            "_double",
            "_constant",
        ),
    ),
    (fields, ()),
    (binding, ("ActionBinding.read", "_rules")),
    (statement, ("Statement.read", "Signature.read")),
    (assertion_form, ("RoleAssertion.read", "_read_key")),
    (release, ("Release.read",)),
)
_REFUSING = frozenset(("refuse", "bad"))


@dataclass(frozen=True, slots=True)
class PythonCheck:
    """One statement that refuses."""

    module: ModuleType
    function: str
    line: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.module.__name__.removeprefix('brightline.')}.{self.function}: {self.text}"

    @contextlib.contextmanager
    def taken_out(self) -> Iterator[None]:
        """The verifier without this check, while the context lasts."""
        function, changed = self._function(), self._changed()
        whole = function.__code__
        function.__code__ = changed
        try:
            yield
        finally:
            function.__code__ = whole

    def _function(self) -> FunctionType:
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

    def _changed(self) -> CodeType:
        tree = _TakeOut(self.line).visit(ast.parse(inspect.getsource(self.module)))
        whole = compile(ast.fix_missing_locations(tree), str(self.module.__file__), "exec")
        return next(code for code in _codes(whole) if code.co_qualname == self.function)


class _TakeOut(ast.NodeTransformer):
    """Puts `pass` in the place of the statement that refuses at a line."""

    def __init__(self, line: int) -> None:
        self._line = line

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.stmt) and node.lineno == self._line and _refuses(node):
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
    source = inspect.getsource(module)
    for function, node in _functions(ast.parse(source), ""):
        if names and not any(function == name or (name.endswith(".") and function.startswith(name)) for name in names):
            continue
        for part in ast.walk(node):
            if isinstance(part, ast.stmt) and _refuses(part):
                yield PythonCheck(module, function, part.lineno, ast.unparse(part))


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

    def copy_without(self, directory: Path) -> Path:
        """A copy of the verifier without this check."""
        source = PRODUCT.read_text(encoding="utf-8")
        changed = directory / f"without_{self.at}.mjs"
        end = source.index("(", self.at)
        changed.write_text(f"{source[: self.at]}((..._) => undefined){source[end:]}", encoding="utf-8")
        return changed


def javascript_checks() -> tuple[JavaScriptCheck, ...]:
    """Every check of the verifier in JavaScript."""
    source = PRODUCT.read_text(encoding="utf-8")
    calls = re.finditer(r"(?<!function )(?<![.\w])(?:need|bad)\(", source)
    lines = source.split("\n")
    found = []
    for call in calls:
        line = source.count("\n", 0, call.start())
        found.append(JavaScriptCheck(call.start(), line + 1, lines[line].strip()))
    return tuple(found)
