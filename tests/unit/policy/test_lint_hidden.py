"""Characters that nobody sees."""

import pytest

from brightline.policy.draft import read_draft
from brightline.policy.lint_hidden import hidden_characters


@pytest.mark.parametrize(
    "letter", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\x1b", "\xad", "\u2028", "\U000e0041"]
)
def test_a_hidden_character_is_pointed_at(letter):
    [found] = hidden_characters({"law/a.cedar": f"// one\n// a{letter}b"})
    assert (found.code, found.file, found.line, found.column) == ("policy/hidden-character", "law/a.cedar", 2, 5)
    assert f"U+{ord(letter):04X}" in found.text
    assert found.text.isascii()


def test_what_can_be_seen_passes():
    text = "// caf\u00e9, \u043a\u043e\u0442, \u5831\u544a; no-break\u00a0space\r\n\tpermit"
    assert list(hidden_characters({"law/a.cedar": text, "manifest.json": "\u202e"})) == []


def test_a_file_full_of_them_is_told_a_few_times():
    assert len(list(hidden_characters({"law/a.cedar": "\u200b" * 1_000}))) == 16


def test_an_agreement_with_one_is_not_read(directory):
    text = "// looks harmless \u202e\n"
    draft, faults = read_draft(directory({"law/more.cedar": text}))
    assert draft is None
    assert "policy/hidden-character" in [one.code for one in faults]
