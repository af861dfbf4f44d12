"""Cedar's own integration tests: decision, determining and erroring policies, by the functions that decide live uses.

Every third case runs here (some 21,000 requests); `CEDAR_CORPUS_STEP=1` runs all 62,472.
"""

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import cedarpy
import pytest

from brightline.policy import operators
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of

STEP = int(os.environ.get("CEDAR_CORPUS_STEP", "3"))


@pytest.fixture(scope="module")
def corpus(shared: Path) -> dict[str, bytes]:
    with tarfile.open(shared / "vectors" / "cedar" / "corpus-tests.tar.gz") as archive:
        members = [member for member in archive if member.isfile()]
        return {member.name: archive.extractfile(member).read() for member in members}


def cases(corpus: dict[str, bytes], step: int) -> list[dict]:
    names = sorted(name for name in corpus if name.endswith(".json") and not name.endswith(".entities.json"))
    return [json.loads(corpus[name]) for name in names[::step]]


def mismatches(corpus: dict[str, bytes], case: dict) -> Iterator[str]:
    policies = json.loads(cedarpy.policies_to_json_str(corpus[case["policies"]].decode()))["staticPolicies"]
    names = list(policies)
    store = store_of(json.loads(corpus[case["entities"]]))
    engine = Engine(compile_policies(policies.values()).bind(store.handle))
    for request in case["requests"]:
        who, what, where = (
            store.handle((request[part]["type"], request[part]["id"])) for part in ("principal", "action", "resource")
        )
        found = engine.evaluate(who, what, where, record_of(request["context"], store))
        satisfied = [names[index] for index in found.satisfied]
        forbids = [name for name in satisfied if policies[name]["effect"] == "forbid"]
        ours = {
            "decision": "allow" if satisfied and not forbids else "deny",
            "reason": sorted(forbids or satisfied),
            "errors": sorted(names[index] for index in found.errored),
        }
        wanted = {key: sorted(request[key]) if key != "decision" else request[key] for key in ours}
        yield "" if ours == wanted else f"{case['policies']} {request['description']}: {ours} and not {wanted}"


def test_every_request_of_the_corpus(corpus: dict[str, bytes]) -> None:
    results = [result for case in cases(corpus, STEP) for result in mismatches(corpus, case)]
    assert len(results) * STEP > 60_000, "found too little to test"
    assert [result for result in results if result] == []


def test_a_broken_operator_is_seen(corpus: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "has", lambda _value, _name: True)
    assert any(result for case in cases(corpus, 7) for result in mismatches(corpus, case))
