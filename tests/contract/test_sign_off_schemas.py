"""The published JSON Schemas say what the objects' readers do, as far as a schema can say it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import brightline.domain.sign_off
from brightline.domain.sign_off.rendering import LETTERS

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = Path(brightline.domain.sign_off.__file__).parent / "schemas"
VECTORS = json.loads((ROOT / "tests" / "vectors" / "sign_off" / "objects.json").read_text(encoding="utf-8"))
DOCUMENTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMAS.glob("*.json"))}
REGISTRY: Registry[Any] = Registry().with_resources(
    [(document["$id"], Resource.from_contents(document)) for document in DOCUMENTS.values()]
)
# What no schema can say: an order, a hash, one time after another, one text in two places, bits after the last byte of
# base64.
BEYOND = (
    "`not_before_ms`",
    "rising order",
    "sorted by",
    "SHA-256 of `public`",
    "canonical base64",
    "no precondition",
    "more than once",
)


def judge(name: str) -> Draft202012Validator:
    return Draft202012Validator(DOCUMENTS[name], registry=REGISTRY)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENTS[name])
    assert DOCUMENTS[name]["$id"] == f"urn:brightline:{name}:1"


def test_every_object_has_its_schema() -> None:
    assert {case["object"] for case in VECTORS["valid"]} == set(DOCUMENTS) - {"fields"}


@pytest.mark.parametrize("case", VECTORS["valid"], ids=lambda case: f"{case['object']} {case['digest'][:8]}")
def test_an_object_fits_its_schema(case: dict[str, Any]) -> None:
    judge(case["object"]).validate(json.loads(case["canonical"]))


@pytest.mark.parametrize(
    "case",
    [case for case in VECTORS["invalid"] if case["code"] == "signoff/bad-field"],
    ids=lambda case: f"{case['object']}: {case['about']}",
)
def test_what_is_refused_does_not_fit(case: dict[str, Any]) -> None:
    fits = judge(case["object"]).is_valid(json.loads(case["text"]))
    assert not fits or any(words in case["what"] for words in BEYOND)


def test_the_schemas_are_linked_from_the_page_of_formats() -> None:
    page = (ROOT / "docs" / "sign-off-formats.md").read_text(encoding="utf-8")
    for name in DOCUMENTS:
        assert f"schemas/{name}.json" in page


def test_the_page_shows_the_letters_that_stand_as_they_are() -> None:
    page = (ROOT / "docs" / "sign-off-formats.md").read_text(encoding="utf-8")
    assert LETTERS in page.replace("\n", "")
