"""Labelled texts and pairs: what is taken, and what is told of a line that is neither."""

import json
from pathlib import Path

import pytest

from brightline.use.errors import DescriberError
from brightline.use.training_data import examples_in, read_pairs, read_uses

USE = {"text": "a", "source": "s", "label": "restricted", "our_category": "harm.fraud", "lang": "en", "train_ok": True}
PAIR = {"leaf": "cyber.intrusion", "neighbour": "n", "writer": "w", "restricted": "r", "benign": "b", "why": "y"}


def write(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "\n")
    return path


def test_names_of_others_become_leaves(tmp_path: Path) -> None:
    rows = ({}, {"our_category": "wmd.bio"}, {"our_category": "strange"}, {"our_category": None, "label": "benign"})
    found = [each.example for each in read_uses(write(tmp_path, *[{**USE, **row} for row in rows]))]
    assert [(each.leaf, each.attended) for each in found] == [
        ("harm.fraud_illegal", True),
        ("wmd.chem_bio", True),
        ("", True),
        ("", False),
    ]


def test_only_english_that_may_be_trained_on_is_taken(tmp_path: Path) -> None:
    rows = ({}, {"train_ok": False}, {"lang": "de"}, {"label": None}, {"train_ok": "yes"})
    examples, digest = examples_in(write(tmp_path, *[{**USE, **row} for row in rows]))
    assert len(examples) == 1
    assert len(digest) == 64


def test_a_pair_gives_two_examples(tmp_path: Path) -> None:
    examples, _ = examples_in(write(tmp_path, PAIR))
    assert [(each.text, each.leaf, each.attended) for each in examples] == [
        ("r", "cyber.intrusion", True),
        ("b", "", False),
    ]
    (pair,) = read_pairs(write(tmp_path, PAIR))
    assert (pair.leaf, pair.writer) == ("cyber.intrusion", "w")
    assert examples_in(write(tmp_path))[0] == []


@pytest.mark.parametrize(
    "line", ["no json", "[]", '{"text": "a", "label": "perhaps"}', '{"text": 1, "label": "benign"}']
)
def test_a_line_that_is_neither_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, USE)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(DescriberError) as caught:
        list(read_uses(path))
    assert caught.value.code == "use/bad-examples"
    assert "line 3" in caught.value.message


@pytest.mark.parametrize("change", [{"leaf": "none.such"}, {"writer": None}])
def test_a_pair_of_no_leaf_or_writer_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    row = {name: value for name, value in {**PAIR, **change}.items() if value is not None}
    with pytest.raises(DescriberError, match="use/bad-examples"):
        list(read_pairs(write(tmp_path, row)))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DescriberError, match="use/bad-examples"):
        examples_in(tmp_path / "missing")
    monkeypatch.setattr("brightline.use.training_data._MOST_BYTES", 3)
    with pytest.raises(DescriberError, match="use/bad-examples"):
        examples_in(write(tmp_path, USE))
