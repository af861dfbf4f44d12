"""The contrast set keeps its halves apart: no leaf, writer or text of what is held out is trained on."""

import hashlib
import json
from collections import Counter
from pathlib import Path

from brightline.use import describing
from brightline.use.training_data import read_pairs

PLACE = Path(__file__).resolve().parents[3] / "data" / "contrast"
TRAIN, HELD_OUT = (list(read_pairs(PLACE / name)) for name in ("train.jsonl", "held_out.jsonl"))


def test_leaves_writers_and_texts_are_in_one_half_alone() -> None:
    for member in ("leaf", "writer", "neighbour"):
        assert not {getattr(pair, member) for pair in TRAIN} & {getattr(pair, member) for pair in HELD_OUT}
    texts = [text for pair in (*TRAIN, *HELD_OUT) for text in (pair.restricted, pair.benign)]
    assert len(set(texts)) == len(texts)


def test_every_leaf_and_neighbour_has_as_many_pairs_of_each_writer() -> None:
    for half in (TRAIN, HELD_OUT):
        counts = Counter((pair.leaf, pair.neighbour, pair.writer) for pair in half)
        assert set(counts.values()) == {6}
        assert len({pair.neighbour for pair in half}) == 22


def test_what_is_held_out_is_listed_and_the_shipped_describer_was_not_trained_on_it() -> None:
    listed = (PLACE / "held_out.sha256").read_text().split()
    texts = [text for pair in HELD_OUT for text in (pair.restricted, pair.benign)]
    assert sorted(hashlib.sha256(text.encode()).hexdigest() for text in texts) == listed
    trained = describing().about["data"]
    assert isinstance(trained, dict)
    assert trained["train.jsonl"] == hashlib.sha256((PLACE / "train.jsonl").read_bytes()).hexdigest()
    assert "held_out.jsonl" not in trained


def test_both_sides_of_a_pair_are_made_of_the_same_words() -> None:
    for line in (PLACE / "held_out.jsonl").read_text().splitlines() + (PLACE / "train.jsonl").read_text().splitlines():
        row = json.loads(line)
        sides = [{word for word in row[side].lower().split() if len(word) > 3} for side in ("restricted", "benign")]
        assert len(sides[0] & sides[1]) >= 0.2 * min(map(len, sides)), row["restricted"]
        assert row["why"]
