"""Checkpoints against `tests/vectors/notes.json`."""

import json
from pathlib import Path

import pytest

from brightline.crypto.checkpoint import Checkpoint, open_checkpoint, parse_decimal
from brightline.crypto.errors import CheckpointError, NoteError
from brightline.crypto.merkle import EMPTY_ROOT
from brightline.crypto.note import NoteSigner, Verifier

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "notes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["bad_checkpoints"], ids=lambda case: case["reason"])
def test_a_bad_text_refuses(case: dict[str, str]) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint.parse(case["text"].encode())


def test_not_utf_8_refuses() -> None:
    with pytest.raises(CheckpointError, match="UTF-8"):
        Checkpoint.parse(b"\xff\n1\n")


def test_a_root_that_is_no_base64_refuses() -> None:
    with pytest.raises(CheckpointError, match="base64"):
        Checkpoint.parse(b"a\n1\nnot base64\n")


@pytest.mark.parametrize("text", ["", "x", "\u0663", "1" * 21, "01", "-1", "1.0", "99"])
def test_what_is_no_decimal_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="decimal"):
        parse_decimal(text, limit=98)


def test_a_text_reads_back() -> None:
    for head in (Checkpoint("a b", 2**63 - 1, bytes(32)), Checkpoint("ü", 0, EMPTY_ROOT)):
        assert Checkpoint.parse(head.text()) == head


def test_a_signed_checkpoint_opens() -> None:
    head, opened = open_checkpoint(VECTORS["signed"].encode(), [Verifier.parse(VECTORS["vkey"])])
    assert head == Checkpoint.parse(VECTORS["text"].encode())
    assert opened.text == head.text()


def test_a_log_does_not_speak_for_another() -> None:
    signer = NoteSigner("example.org/other", bytes(32))
    with pytest.raises(CheckpointError, match="not the name of a key"):
        open_checkpoint(signer.sign(VECTORS["text"].encode()), [signer.verifier])


def test_an_unsigned_checkpoint_refuses() -> None:
    with pytest.raises(NoteError):
        open_checkpoint(VECTORS["text"].encode(), [Verifier.parse(VECTORS["vkey"])])
