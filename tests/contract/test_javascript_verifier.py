"""The verifier in JavaScript and the objects, signatures and effector in Python say the same of everything."""

import base64
import json
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from brightline.domain.sign_off.assertion import P256
from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.rendering import render
from brightline.testing.sign_off import make_binding
from tests.benchmarks.signoff_mutators import Base, Mutator
from tests.releases.ground import GOOD
from tests.releases.second_verifier import PRODUCT, Judged, SecondVerifier
from tests.releases.table import judge

Case = dict[str, Any]
VECTORS = Path(__file__).parents[1] / "vectors" / "sign_off"


def vectors(name: str) -> Case:
    found: Case = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return found


CANONICAL, OBJECTS, RENDERING = vectors("canonical"), vectors("objects"), vectors("rendering")
SIGNATURES, RELEASES = vectors("signatures"), vectors("releases")


@pytest.fixture(scope="module")
def node() -> Iterator[SecondVerifier]:
    with SecondVerifier() as running:
        yield running


def code_of(answer: object) -> object:
    assert isinstance(answer, dict)
    return answer["code"]


@pytest.mark.parametrize("case", CANONICAL["refused"], ids=lambda case: case["about"])
def test_refuses_json_that_two_readers_could_read_differently(node: SecondVerifier, case: Case) -> None:
    assert code_of(node.ask("parse", data=case["bytes"])) == case["code"]


@pytest.mark.parametrize("case", CANONICAL["not_canonical"], ids=lambda case: case["about"])
def test_refuses_other_forms_of_the_same_json(node: SecondVerifier, case: Case) -> None:
    assert code_of(node.ask("parse", data=case["bytes"])) is None
    assert code_of(node.ask("read", kind="action-binding", data=case["bytes"])) == "signoff/not-canonical"


@pytest.mark.parametrize("case", OBJECTS["invalid"], ids=lambda case: f"{case['object']}: {case['about']}")
def test_refuses_what_is_no_such_object(node: SecondVerifier, case: Case) -> None:
    data = case["text"].encode() if "text" in case else b" " * case["spaces"]
    answer = node.ask("read", kind=case["object"], data=data)
    assert answer["code"] == case["code"]
    assert case["code"] != "signoff/bad-field" or answer["why"]


@pytest.mark.parametrize("case", SIGNATURES["signatures"], ids=lambda case: f"{case['algorithm']} {case['about']}")
def test_signatures(node: SecondVerifier, case: Case) -> None:
    key = {"algorithm": case["algorithm"], "public": case["public"]}
    found = node.ask("signature", key=key, signature=case["signature"], message=case["message"])
    assert (found["code"] is None) == case["valid"]
    assert found["code"] in (None, "effector/bad-signature")


@pytest.mark.parametrize("case", SIGNATURES["webauthn"], ids=lambda case: case["about"])
def test_what_browsers_hand_back(node: SecondVerifier, case: Case) -> None:
    answer = node.ask(
        "assertion",
        key={"algorithm": P256, "public": case["public"]},
        signature=case["signature"],
        authenticator=case["authenticator_data"],
        client=case["client_data"],
        challenge=case["challenge"],
        rp_id=case["rp_id"],
        origins=case["origins"],
    )
    assert (answer["code"] is None) == case["valid"]
    assert answer["code"] in (None, "effector/bad-signature")


@pytest.mark.parametrize("case", CANONICAL["read"], ids=lambda case: case["json"][:40])
def test_writes_json_in_one_form(node: SecondVerifier, case: Case) -> None:
    answer = node.ask("parse", data=case["json"].encode())
    assert base64.b64decode(str(answer["canonical"])).decode() == case["canonical"]


@pytest.mark.parametrize("case", CANONICAL["numbers"], ids=lambda case: case["ieee754"])
def test_writes_numbers_in_one_form(node: SecondVerifier, case: Case) -> None:
    answer = node.ask("parse", data=f"[{case['text']}]".encode())
    assert answer["code"] == case["code"]
    if case["code"] is None:
        assert base64.b64decode(str(answer["canonical"])).decode() == f"[{case['canonical']}]"


@pytest.mark.parametrize("case", CANONICAL["digests"], ids=lambda case: case["kind"])
def test_digests(node: SecondVerifier, case: Case) -> None:
    assert node.ask("digest", kind=case["kind"], data=case["bytes"])["digest"] == case["digest"]


@pytest.mark.parametrize("case", OBJECTS["valid"], ids=lambda case: case["object"])
def test_reads_objects(node: SecondVerifier, case: Case) -> None:
    answer = node.ask("read", kind=case["object"], data=case["canonical"].encode())
    assert answer["code"] is None
    assert base64.b64decode(str(answer["canonical"])).decode() == case["canonical"]


@pytest.mark.parametrize("case", RENDERING["texts"], ids=lambda case: ascii(case["text"]))
def test_shows_texts(node: SecondVerifier, case: Case) -> None:
    binding = make_binding().to_json()
    binding["purpose"] = case["text"]
    answer = node.ask("render", data=canonical(binding))
    assert f"\npurpose: {case['shown']}\n" in str(answer["rendering"])
    assert answer["rendering"] == render(binding)


@pytest.mark.parametrize("case", RENDERING["bindings"], ids=lambda case: case["sha256"][:8])
def test_renders_bindings(node: SecondVerifier, case: Case) -> None:
    assert node.ask("render", data=case["canonical"].encode())["rendering"] == case["rendering"]


@pytest.mark.parametrize("case", RELEASES["releases"], ids=lambda case: case["about"])
def test_takes_the_releases_that_python_takes(node: SecondVerifier, case: Case) -> None:
    action = case["action"]
    judged = Judged(
        case["bundle"].encode(),
        case["revocations"].encode(),
        action["tool"],
        action["arguments"].encode(),
        action["preconditions"],
        case["now_ms"],
    )
    release = case["release"].encode()
    assert (judge(release, judged), node.verify(release, judged)) == (None, None)


def test_says_the_same_of_releases_changed_at_random(node: SecondVerifier) -> None:
    bases = tuple(Base(name, *forged.make()) for name, forged in GOOD)
    for mutation in islice(Mutator(bases, random.Random(7)), 200):
        said = judge(mutation.release, mutation.judged)
        assert node.verify(mutation.release, mutation.judged) == said, mutation.kind


def test_is_one_file_that_imports_nothing() -> None:
    source = PRODUCT.read_text(encoding="utf-8")
    assert "import " not in source.replace("importKey", "")
    assert "eval(" not in source
    assert "Function(" not in source
