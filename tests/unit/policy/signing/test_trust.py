"""The trust that is read out of band."""

import json

import pytest

from brightline.policy.errors import PolicyError
from brightline.policy.signing import GenesisTrust, TrustedParty, read_trust, trust_in, trust_text
from brightline.policy.signing.trust import MAX_TRUST_CHARACTERS
from tests.benchmarks.attack_scene import Scene

ONE, TWO, THREE = "1" * 64, "2" * 64, "3" * 64
TRUST = GenesisTrust(
    (
        TrustedParty("Operator", "operator", frozenset({ONE}), 1),
        TrustedParty("Vendor", "vendor", frozenset({TWO, THREE}), 2),
    )
)


def bent(change) -> str:
    whole = json.loads(trust_text(TRUST))
    change(whole)
    return json.dumps(whole)


def test_a_trust_survives_its_file(scene: Scene):
    assert read_trust(trust_text(TRUST)) == TRUST
    assert set(read_trust(trust_text(trust_in(scene.first.manifest))).parties) == set(scene.trust.parties)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "trust.json` states no trust: 1:2"),
        (" " * (MAX_TRUST_CHARACTERS + 1), "longer than"),
        (bent(lambda it: it.update(more=1)), "not a field of trust"),
        (bent(lambda it: it.update(format=2)), "`format` must be"),
        (bent(lambda it: it["parties"][0].update(role="vendor")), "one party must have the role"),
        (bent(lambda it: it["parties"].pop()), "one party must have the role"),
        (bent(lambda it: it["parties"][0].update(name="Vendor")), "a party stands twice"),
        (bent(lambda it: it["parties"][0].update(keys=[TWO])), "listed for two parties"),
        (bent(lambda it: it["parties"][0].update(keys=[])), "must list 1 to 8"),
        (bent(lambda it: it["parties"][1].update(keys=[TWO])), "must list 2 to 8"),
        (bent(lambda it: it["parties"][1].update(keys=[TWO, TWO])), "stands twice"),
        (bent(lambda it: it["parties"][1].pop("keys")), "`keys` is missing"),
        (bent(lambda it: it["parties"].extend(it["parties"] * 4)), "at most 8 parties"),
    ],
)
def test_what_is_no_trust(text, why):
    with pytest.raises(PolicyError) as refused:
        read_trust(text, "trust.json")
    assert refused.value.code == "policy/bad-trust"
    assert why in refused.value.message
