"""Fails when a file, a function or a list of parameters is over the limits of the style guide.

The limits bind the product, the tests and the tools alike; vectors are data and are not read.
"""

import ast
import subprocess
import sys
from pathlib import Path

MOST_FILE_LINES = 600
MOST_FUNCTION_LINES = 60
MOST_PARAMETERS = 8
ROOT = Path(__file__).resolve().parent.parent

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files() -> list[Path]:
    """All Python files of the tree that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [Path(name) for name in names if "vectors" not in Path(name).parts and (ROOT / name).is_file()]


def parameters(function: Function) -> int:
    """How many parameters a caller sees: all but the receiver."""
    found = function.args
    names = [argument.arg for argument in (*found.posonlyargs, *found.args, *found.kwonlyargs)]
    return len(names) - (1 if names[:1] in (["self"], ["cls"]) else 0)


def faults_of(name: Path, text: str) -> list[str]:
    """Each limit that the file `text` breaks."""
    faults = []
    lines = len(text.splitlines())
    if lines > MOST_FILE_LINES:
        faults.append(f"{name}: {lines} lines, over {MOST_FILE_LINES}")
    for node in ast.walk(ast.parse(text, str(name))):
        if not isinstance(node, Function):
            continue
        size = (node.end_lineno or node.lineno) - node.lineno + 1
        if size > MOST_FUNCTION_LINES:
            faults.append(f"{name}:{node.lineno}: `{node.name}` has {size} lines, over {MOST_FUNCTION_LINES}")
        if parameters(node) > MOST_PARAMETERS:
            faults.append(
                f"{name}:{node.lineno}: `{node.name}` has {parameters(node)} parameters, over {MOST_PARAMETERS}"
            )
    return faults


def main() -> int:
    """Prints every fault; a tree without files is a fault too."""
    files = python_files()
    if not files:
        print("found no Python file to measure")
        return 1
    faults = [fault for name in files for fault in faults_of(name, (ROOT / name).read_text(encoding="utf-8"))]
    print("\n".join(faults) or f"{len(files)} files within the limits")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
