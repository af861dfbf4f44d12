"""The glossary's words are in use and in order, and the domain's own words are in it."""

import re
from pathlib import Path

import pytest

from brightline.domain.decision import Layer

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
WORDS = re.findall(r"^(\S.*)\n: ", GLOSSARY, flags=re.MULTILINE)
LATER = {"effector", "witness"}  # words that stand in promises already and in code later


@pytest.fixture(scope="module")
def source() -> str:
    files = (ROOT / "src" / "brightline").rglob("*.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in files).lower().replace("_", " ")


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_in_use(word: str, source: str) -> None:
    spoken = re.search(rf"\b{re.escape(word)}s?\b", source) is not None
    assert spoken or word in LATER, f"no code says `{word}`"


def test_words_stand_in_order() -> None:
    assert sorted(WORDS) == WORDS
    assert len(set(WORDS)) == len(WORDS)


def test_the_layers_are_explained() -> None:
    for layer in Layer:
        assert f"`{layer.value}`" in GLOSSARY
