"""What people are shown, against `tests/vectors/sign_off/rendering.json`."""

import json
import unicodedata
from pathlib import Path

import pytest

from brightline.domain.sign_off.rendering import LETTERS, TEMPLATE, render, rendering_digest, shown

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "sign_off" / "rendering.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["texts"], ids=lambda case: ascii(case["text"])[:40])
def test_a_text_is_shown_so_that_it_cannot_deceive(case: dict[str, str]) -> None:
    assert shown(case["text"]) == case["shown"]
    assert all(" " <= letter <= "~" or letter in LETTERS for letter in case["shown"])


@pytest.mark.parametrize("case", VECTORS["bindings"], ids=lambda case: case["sha256"][:8])
def test_a_binding_is_rendered_alike_everywhere(case: dict[str, str]) -> None:
    value = json.loads(case["canonical"])
    assert render(value) == case["rendering"]
    assert rendering_digest(value).hex() == case["sha256"] == value["rendering"]["sha256"]
    del value["rendering"]
    assert render(value) == case["rendering"]
    assert case["rendering"].startswith(TEMPLATE + "\n")
    assert all(" " <= letter <= "~" or letter in LETTERS + "\n" for letter in case["rendering"])


def test_the_letters_are_the_ones_published() -> None:
    assert VECTORS["letters"] == LETTERS
    assert len(set(LETTERS)) == len(LETTERS)


def test_the_letters_are_single_letters_of_latin_script() -> None:
    for letter in LETTERS:
        assert unicodedata.category(letter) in {"Lu", "Ll"}
        assert unicodedata.name(letter).startswith("LATIN ")
        assert unicodedata.normalize("NFC", letter) == letter


def test_no_letter_can_be_taken_for_another() -> None:
    # Without its mark a letter is one of ASCII; two with one mark and one base would look alike.
    seen = {unicodedata.normalize("NFD", letter) for letter in LETTERS}
    assert len(seen) == len(LETTERS)
    assert not seen & set(map(chr, range(128)))


def test_every_field_is_shown() -> None:
    value = json.loads(VECTORS["bindings"][0]["canonical"])
    lines = render(value)
    for name in value.keys() - {"rendering"}:
        assert f"\n{name}: " in lines or f"\n{name}:\n" in lines
