"""What a signer is shown of a version: everything that differs, by name."""

from brightline.policy.signing import changes_between
from tests.benchmarks.attack_scene import ADDED, LAYERS, WIDER, Scene, party


def test_nothing(scene: Scene):
    assert changes_between(scene.first, scene.first) == ()


def test_every_kind_of_change(scene: Scene):
    def bend(whole: dict) -> None:
        whole |= {"expires": "2031-01-01T00:00:00Z", "aliases": {"small": ["smollm2-local"]}}
        whole["enclaves"][0]["current_days"] = 7
        whole["deployments"].reverse()
        whole["missions"].append({"name": "x", "purpose": "general", "individual_basis": True, "constrained": True})
        del whole["organisations"][1]
        whole["current_by"] = [whole["vendor"]]
        party(0, keys=[])(whole)

    law = LAYERS["law/law.cedar"]
    files = {
        **ADDED,
        **WIDER,
        "law/law.cedar": law[: law.rindex("@id(")],
        "redlines/red-lines.cedar": _without_last(scene),
        "effectors.json": '{"format": 2, "tools": {}}',
    }
    changes = changes_between(scene.first, scene.draft(bend=bend, files=files))
    assert changes[:3] == (
        "manifest: `version` from 1 to 2",
        f"manifest: `previous` from nothing to {scene.first.digest.hex()}",
        "manifest: `expires` from 2036-01-01T00:00:00Z to 2031-01-01T00:00:00Z",
    )
    for line in (
        "manifest: `parties` changes `Example Operations Command`",
        "manifest: `current_by` gains `Example Model Laboratory`",
        "manifest: `current_by` loses `Example Operations Command`",
        "manifest: `deployments` in another order",
        "manifest: `enclaves` changes `demo`",
        "manifest: `aliases` changed",
        "manifest: `organisations` loses `example-partner`",
        "manifest: `missions` gains `x`",
        "policy `vendor-added` added (forbid, vendor/vendor.cedar:13)",
        "policy `operator-general` changed (permit, operator/operator.cedar:1)",
        "policy `law-kinetic` removed",
        "file `effectors.json` changed",
        "file `certificate.json` changed",
    ):
        assert line in changes, changes
    assert any(change.startswith("red line `") and change.endswith("removed") for change in changes)


def _without_last(scene: Scene) -> str:
    text = scene.first.texts["redlines/red-lines.cedar"]
    return text[: text.rindex("@id(")]
