"""What all objects share, against `tests/vectors/sign_off/objects.json`: one form, one digest, nothing else taken."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.encoded import Digested, Encoded
from brightline.domain.sign_off.errors import SignOffError
from tests.vectors.sign_off.make import CLASSES

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "sign_off" / "objects.json").read_text(encoding="utf-8"))


def name_of(case: dict[str, Any]) -> str:
    return f"{case['object']}: {case.get('about', case.get('digest', ''))}"


@pytest.mark.parametrize("case", VECTORS["invalid"], ids=name_of)
def test_what_is_no_such_object_is_refused_with_its_code(case: dict[str, Any]) -> None:
    data = b" " * case["spaces"] if "spaces" in case else case["text"].encode()
    with pytest.raises(SignOffError) as refused:
        CLASSES[case["object"]].parse(data)
    assert refused.value.code == case["code"]
    assert str(refused.value.words.get("field", "")) == case["field"]


@pytest.mark.parametrize("case", VECTORS["valid"], ids=name_of)
def test_an_object_is_read_and_written_back(case: dict[str, Any]) -> None:
    data = case["canonical"].encode()
    made = CLASSES[case["object"]].parse(data)
    assert made.canonical == data
    assert made.digest.hex() == case["digest"]  # type: ignore[attr-defined]
    assert type(made).parse(data) == made
    assert canonical(made.to_json()) == data


@pytest.mark.parametrize("case", VECTORS["valid"], ids=name_of)
def test_every_byte_counts(case: dict[str, Any]) -> None:
    data = case["canonical"].encode()
    known = {data}
    for at in range(0, len(data), max(1, len(data) // 40)):
        other = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            made = CLASSES[case["object"]].parse(other)
        except SignOffError:
            continue
        assert made.canonical == other
        assert made.canonical not in known
        known.add(made.canonical)


def test_every_object_has_a_vector() -> None:
    assert {case["object"] for case in VECTORS["valid"]} == set(CLASSES)
    assert {case["object"] for case in VECTORS["invalid"]} == set(CLASSES)


@pytest.mark.parametrize("kind", [cls for cls in CLASSES.values() if issubclass(cls, Digested)])
def test_what_is_signed_is_tagged_with_its_kind(kind: type[Digested]) -> None:
    name = next(name for name, cls in CLASSES.items() if cls is kind)
    assert name == kind.KIND
    case = next(case for case in VECTORS["valid"] if case["object"] == name)
    made = kind.parse(case["canonical"].encode())
    assert made.tagged.startswith(f"brightline/{kind.KIND}/1\n".encode())
    assert hashlib.sha256(made.tagged).digest() == made.digest


def test_limits_are_those_of_the_documents() -> None:
    limits = {name: cls.LIMIT for name, cls in CLASSES.items()}
    assert limits["action-binding"] == 1 << 20
    assert limits["statement"] == limits["signed-statement"] == 1 << 16
    assert limits["release"] == 2 << 20
    assert limits["execution-receipt"] == limits["signed-execution-receipt"] == 1 << 14
    assert all(issubclass(cls, Encoded) for cls in CLASSES.values())


@pytest.mark.parametrize("case", VECTORS["valid"], ids=name_of)
def test_an_object_written_anew_is_what_was_read(case: dict[str, Any]) -> None:
    # What was read keeps its bytes; a copy has only its fields to be written from.
    read = CLASSES[case["object"]].parse(case["canonical"].encode())
    copy = dataclasses.replace(read)  # type: ignore[type-var]
    assert "canonical" not in vars(copy)
    assert copy.canonical == read.canonical
    assert copy.digest == read.digest  # type: ignore[attr-defined]
