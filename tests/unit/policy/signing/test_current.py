"""Statements that an agreement is current: about one version and enclave, short-lived, never going back."""

import json

import pytest
import rfc8785

from brightline.crypto.dsse import sign as sign_payload
from brightline.crypto.errors import EnvelopeError
from brightline.policy.errors import PolicyError
from brightline.policy.signing import InForce, add_to_current, check_current, make_current
from brightline.policy.signing.current import CLOCK_SLACK_MS, CURRENT_TYPE, DAY_MS
from tests.benchmarks.attack_scene import NOW_MS, OPERATOR, VENDOR, Scene

ENCLAVE = "demo"


def made(scene: Scene, **changes) -> bytes:
    asked = {"issued_ms": NOW_MS, "days": 7, "keys": [scene.operator], **changes}
    return make_current(scene.first, ENCLAVE, **asked)


def code_of(act, *args, **kwargs) -> str:
    with pytest.raises(PolicyError) as refused:
        act(*args, **kwargs)
    return refused.value.code


def test_a_statement_holds_to_its_last_moment(scene: Scene):
    statement = check_current(made(scene), scene.first, ENCLAVE, NOW_MS)
    assert (statement.enclave, statement.issued_ms, statement.until_ms) == (ENCLAVE, NOW_MS, NOW_MS + 7 * DAY_MS)
    assert [signer.party for signer in statement.signers] == [OPERATOR]
    assert len(statement.digest) == 32
    check_current(made(scene), scene.first, ENCLAVE, NOW_MS + 7 * DAY_MS - 1, kept_issued_ms=NOW_MS)
    assert code_of(check_current, made(scene), scene.first, ENCLAVE, NOW_MS + 7 * DAY_MS) == "policy/not-current"


def test_clocks_may_differ_a_little(scene: Scene):
    check_current(made(scene, issued_ms=NOW_MS + CLOCK_SLACK_MS), scene.first, ENCLAVE, NOW_MS)
    ahead = made(scene, issued_ms=NOW_MS + CLOCK_SLACK_MS + 1)
    assert code_of(check_current, ahead, scene.first, ENCLAVE, NOW_MS) == "policy/current-ahead"


@pytest.mark.parametrize("days", [0, 31, -1])
def test_days_that_the_enclave_does_not_allow(scene: Scene, days):
    assert code_of(made, scene, days=days) == "policy/current-too-long"


def test_an_enclave_that_there_is_not(scene: Scene):
    asked = {"issued_ms": NOW_MS, "days": 1, "keys": [scene.operator]}
    assert code_of(make_current, scene.first, "nowhere", **asked) == "policy/unknown-enclave"


def test_a_statement_needs_a_key(scene: Scene):
    assert code_of(made, scene, keys=[]) == "policy/unsigned"


def test_every_named_party_must_sign(scene: Scene):
    draft = scene.draft(bend=lambda whole: whole.update(current_by=[OPERATOR, VENDOR]))
    accepted = scene.both(draft, before=InForce(scene.first)).draft
    asked = {"issued_ms": NOW_MS, "days": 7}
    one = make_current(accepted, ENCLAVE, **asked, keys=[scene.operator, scene.operator_second])
    with pytest.raises(PolicyError, match=f"lacks signatures of: {VENDOR}"):
        check_current(one, accepted, ENCLAVE, NOW_MS)
    both = add_to_current(one, accepted, ENCLAVE, scene.vendor)
    assert len(check_current(both, accepted, ENCLAVE, NOW_MS).signers) == 3
    assert code_of(add_to_current, one, scene.first, ENCLAVE, scene.vendor) == "policy/current-of-another"


def bent(scene: Scene, change) -> bytes:
    payload = {
        "agreement": scene.first.manifest.id,
        "digest": scene.first.digest.hex(),
        "enclave": ENCLAVE,
        "format": 1,
        "issued": NOW_MS,
        "until": NOW_MS + DAY_MS,
    }
    change(payload)
    return sign_payload(rfc8785.dumps(payload), CURRENT_TYPE, scene.operator).to_bytes()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda it: it.update(more=1), "policy/bad-current"),
        (lambda it: it.pop("until"), "policy/bad-current"),
        (lambda it: it.update(format=2), "policy/bad-current"),
        (lambda it: it.update(issued=-1), "policy/bad-current"),
        (lambda it: it.update(agreement="another"), "policy/current-of-another"),
        (lambda it: it.update(digest="00" * 32), "policy/current-of-another"),
        (lambda it: it.update(enclave="outside"), "policy/current-of-another"),
        (lambda it: it.update(until=NOW_MS + 31 * DAY_MS), "policy/current-too-long"),
        (lambda it: it.update(until=NOW_MS), "policy/current-too-long"),
        (lambda it: it.update(until=NOW_MS - DAY_MS), "policy/current-too-long"),
        (lambda it: None, None),
    ],
)
def test_statements_that_say_something_else(scene: Scene, change, code):
    data = bent(scene, change)
    if code is None:
        check_current(data, scene.first, ENCLAVE, NOW_MS)
    else:
        assert code_of(check_current, data, scene.first, ENCLAVE, NOW_MS) == code


@pytest.mark.parametrize("payload", [b"\xff", b"{", b"[]"])
def test_payloads_that_are_no_statement(scene: Scene, payload):
    data = sign_payload(payload, CURRENT_TYPE, scene.operator).to_bytes()
    assert code_of(check_current, data, scene.first, ENCLAVE, NOW_MS) == "policy/bad-current"


def test_an_envelope_of_another_kind(scene: Scene):
    whole = json.loads(made(scene))
    with pytest.raises(EnvelopeError):
        check_current(json.dumps(whole | {"payloadType": "text/plain"}).encode(), scene.first, ENCLAVE, NOW_MS)


def test_an_older_statement(scene: Scene):
    data = made(scene)
    assert code_of(check_current, data, scene.first, ENCLAVE, NOW_MS, kept_issued_ms=NOW_MS + 1) == (
        "policy/current-goes-back"
    )
