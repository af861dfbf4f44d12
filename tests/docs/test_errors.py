"""Every error code has a page of its name, and every page a code, in the form that a reader expects."""

import ast
import re
from pathlib import Path

import pytest

from brightline.domain.messages import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
ERRORS = ROOT / "docs" / "errors"
PAGES = sorted(path for path in ERRORS.glob("*/*.md"))
CODE = re.compile(r"^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$")


def code_of(page: Path) -> str:
    return f"{page.parent.name}/{page.stem}"


def raised_codes() -> set[str]:
    """Every code with which the source makes an error."""
    stages = {code.split("/")[0] for code in CATALOGUE}
    found = set()
    for path in (ROOT / "src" / "brightline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            value = getattr(node.args[0], "value", None)
            raises = getattr(node.func, "id", getattr(node.func, "attr", "")).endswith("Error")
            if raises and isinstance(value, str) and CODE.match(value) and value.split("/")[0] in stages:
                found.add(value)
    return found


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_code_has_its_page(code: str) -> None:
    assert CODE.match(code), "a code is `stage/what` in lower case"
    assert (ERRORS / f"{code}.md").is_file(), f"docs/errors/{code}.md is missing"


@pytest.mark.parametrize("page", PAGES, ids=code_of)
def test_a_page_has_its_code_and_its_form(page: Path) -> None:
    code = code_of(page)
    assert code in CATALOGUE, f"`{code}` is in no catalogue: remove the page or add the message"
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0] in (f"# {code}", f"# `{code}`")
    assert any(line.startswith("Stage:") for line in lines), "the page says its stage"
    assert len([line for line in lines if line.strip()]) >= 6, "the page says what happened and how to mend it"


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_message_reads_as_a_message(code: str) -> None:
    message = CATALOGUE[code]
    assert message.hint, "the next step for the person"
    assert not message.text.endswith("."), "no full stop"
    assert message.text[0].islower() or message.text.startswith(("`", "{", "Brightline")), "lower case"
    assert 400 <= message.status <= 599


def test_what_is_raised_is_in_the_catalogue() -> None:
    raised = raised_codes()
    assert raised, "found no error to test"
    assert raised <= set(CATALOGUE), sorted(raised - set(CATALOGUE))
