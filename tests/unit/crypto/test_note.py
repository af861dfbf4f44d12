"""Signed notes against `tests/vectors/notes.json`, and the limits that no vector can hold."""

import json
from pathlib import Path

import pytest

from brightline.crypto.errors import KeyFormatError, NoteError
from brightline.crypto.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    NoteSigner,
    Verifier,
    check_name,
    encode_base64,
    open_note,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "notes.json").read_text(encoding="utf-8"))
VERIFIER = Verifier.parse(VECTORS["vkey"])
SIGNER = NoteSigner(VECTORS["name"], bytes.fromhex(VECTORS["seed"]))


def test_the_vectors_are_there() -> None:
    assert all(len(VECTORS[part]) > 3 for part in ("good", "bad", "bad_vkeys"))


@pytest.mark.parametrize("case", VECTORS["bad"], ids=lambda case: case["reason"])
def test_a_bad_note_refuses(case: dict[str, str]) -> None:
    with pytest.raises(NoteError):
        open_note(case["note"].encode(), [VERIFIER])


@pytest.mark.parametrize("case", VECTORS["bad_vkeys"], ids=lambda case: case["reason"])
def test_a_bad_key_refuses(case: dict[str, str]) -> None:
    with pytest.raises(KeyFormatError):
        Verifier.parse(case["vkey"])


@pytest.mark.parametrize("case", VECTORS["good"], ids=lambda case: case["name"])
def test_a_good_note_opens(case: dict[str, str]) -> None:
    opened = open_note(case["note"].encode(), [VERIFIER])
    assert [line.name for line in opened.signed_by] == [VERIFIER.name]
    assert case["note"].encode().startswith(opened.text + b"\n")


def test_signing_gives_the_vector_and_its_key() -> None:
    assert SIGNER.sign(VECTORS["text"].encode()).decode() == VECTORS["signed"]
    assert SIGNER.vkey == VECTORS["vkey"] == VERIFIER.vkey


def test_unknown_lines_are_told() -> None:
    note = next(case["note"] for case in VECTORS["good"] if "passed over" in case["name"])
    assert [line.name for line in open_note(note.encode(), [VERIFIER]).unknown] == ["witness.example/w"]


def test_two_known_keys_may_both_sign() -> None:
    other = NoteSigner("witness.example/w", bytes(32))
    note = SIGNER.sign(b"text\n") + other.sign(b"text\n").split(b"\n\n")[1]
    assert len(open_note(note, [other.verifier, VERIFIER]).signed_by) == 2


def test_not_utf_8_refuses() -> None:
    with pytest.raises(NoteError, match="UTF-8"):
        open_note(b"\xff" + VECTORS["signed"].encode(), [VERIFIER])


def test_a_note_is_bounded() -> None:
    with pytest.raises(NoteError, match="longer"):
        open_note(b"a" * MAX_NOTE_BYTES + b"\n\n", [VERIFIER])
    line = VECTORS["signed"].split("\n\n")[1]
    with pytest.raises(NoteError, match="more than"):
        open_note((VECTORS["signed"] + line * MAX_SIGNATURES).encode(), [VERIFIER])


@pytest.mark.parametrize("text", [b"", b"no newline", b"tab\t\n", b"\xff\n"])
def test_what_cannot_be_a_note_is_not_signed(text: bytes) -> None:
    with pytest.raises(NoteError):
        SIGNER.sign(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x00b", "a\x7fb\x01"])
def test_a_bad_name_refuses(name: str) -> None:
    with pytest.raises(KeyFormatError):
        check_name(name)


def test_a_short_seed_refuses() -> None:
    with pytest.raises(KeyFormatError, match="32 bytes"):
        NoteSigner("a", bytes(31))


def test_keys_show_no_secret() -> None:
    seed = bytes.fromhex(VECTORS["seed"])
    for shown in (repr(SIGNER), repr(VERIFIER)):
        assert VECTORS["name"] in shown
        assert seed.hex() not in shown
        assert encode_base64(seed) not in shown


def test_a_signature_of_another_length_refuses() -> None:
    with pytest.raises(NoteError, match="does not verify"):
        VERIFIER.verify(bytes(63), b"text\n")
