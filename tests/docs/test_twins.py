"""Every source file that does something has its unit test beside the others of its room, and no test is left over."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "brightline"
UNIT = ROOT / "tests" / "unit"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def does_something(path: Path) -> bool:
    """Whether a function of the file has a body: ports, bare errors and tables have none."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, FUNCTION):
            body = [
                line for line in node.body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            ]
            if body:
                return True
    return False


def twin(path: Path) -> Path:
    """`wire/openai_chat/request.py` -> `tests/unit/wire/openai_chat/test_request.py`."""
    inside = path.relative_to(SOURCE)
    return UNIT / inside.with_name(f"test_{inside.name}")


SOURCES = sorted(path for path in SOURCE.rglob("*.py") if path.name not in ("__init__.py", "__main__.py"))
ACTIVE = [path for path in SOURCES if does_something(path)]


@pytest.mark.parametrize("path", ACTIVE, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_source_file_has_its_twin(path: Path) -> None:
    assert twin(path).is_file(), f"{twin(path).relative_to(ROOT)} is missing"
