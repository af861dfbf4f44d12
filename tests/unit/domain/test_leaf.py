"""The leaf against `tests/vectors/leaf.json`, which freezes it."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from brightline.crypto.merkle import leaf_hash
from brightline.domain.leaf import LEAF_BYTES, Kind, Leaf, LeafError, Outcome, Verdict, decode, short_id, with_time

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "leaf.json").read_text(encoding="utf-8"))
GOOD = pytest.mark.parametrize("case", VECTORS["good"], ids=lambda case: case["name"])


def leaf_of(case: dict[str, dict[str, str | int]]) -> Leaf:
    values: dict[str, object] = {}
    for field in fields(Leaf):
        value = case["fields"][field.name]
        if isinstance(value, str):
            values[field.name] = int(value) if field.name in {"time_ms", "reference"} else bytes.fromhex(value)
        else:
            enum = {"kind": Kind, "verdict": Verdict, "outcome": Outcome}.get(field.name, int)
            values[field.name] = enum(value)
    return Leaf(**values)  # type: ignore[arg-type]


def test_there_is_a_vector_for_every_kind() -> None:
    assert {case["fields"]["kind"] for case in VECTORS["good"]} == set(Kind)
    assert len(VECTORS["bad"]) > 10


@pytest.mark.parametrize("case", VECTORS["bad"], ids=lambda case: case["reason"])
def test_a_bad_leaf_refuses(case: dict[str, str]) -> None:
    with pytest.raises(LeafError):
        decode(bytes.fromhex(case["hex"]))


@GOOD
def test_a_leaf_encodes_to_its_vector(case: dict[str, dict[str, str | int]]) -> None:
    assert leaf_of(case).encode().hex() == case["hex"]


@GOOD
def test_a_vector_decodes_to_its_leaf(case: dict[str, dict[str, str | int]]) -> None:
    data = bytes.fromhex(str(case["hex"]))
    assert decode(data) == leaf_of(case)
    assert leaf_hash(data).hex() == case["leaf_hash"]


def test_a_leaf_is_stamped_and_nothing_else_changes() -> None:
    leaf = Leaf(kind=Kind.PADDING, use_id=b"u" * 16)
    stamped = decode(with_time(leaf.encode(), 1234))
    assert stamped == Leaf(kind=Kind.PADDING, use_id=b"u" * 16, time_ms=1234)


def test_the_size_is_frozen() -> None:
    assert LEAF_BYTES == 230
    assert short_id("north") == bytes.fromhex(VECTORS["good"][0]["fields"]["enclave_id"])
