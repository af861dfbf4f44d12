import json

import pytest

from brightline.packs import agreement_around, packs, placed

LAYERS = ("law", "vendor", "operator")


def test_refuses_an_unknown_pack() -> None:
    with pytest.raises(KeyError):
        agreement_around("s-4114")


def test_without_a_pack_the_agreement_permits_all_but_a_large_call() -> None:
    files = agreement_around()
    assert set(files) == {"manifest.json", "effectors.json", *(f"{layer}/around.cedar" for layer in LAYERS)}


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.name)
def test_a_pack_stands_in_its_own_layer(pack) -> None:
    files = agreement_around(pack.name)
    assert f"{pack.layers[0]}/{pack.name}.cedar" in files
    assert f"redlines/{pack.name}.cedar" in files
    # Where a pack speaks for the vendor, nothing else does.
    assert ("vendor/around.cedar" in files) == (pack.kind != "vendor")
    for layer in LAYERS:
        assert any(path.startswith(f"{layer}/") for path in files)


def test_a_wording_and_a_bill_stand_together() -> None:
    files = agreement_around("defence-clause-2026-03-02", "s-4113")
    assert {"vendor/defence-clause-2026-03-02.cedar", "law/s-4113.cedar"} <= set(files)


def test_rules_go_into_a_layer_and_red_lines_stay_beside() -> None:
    assert placed("rules/a.cedar", "vendor") == "vendor/a.cedar"
    assert placed("redlines/a.cedar", "vendor") == "redlines/a.cedar"


def test_the_registers_know_every_kind_that_the_packs_ask_for() -> None:
    manifest = json.loads(agreement_around()["manifest.json"])
    assert {"defence", "intelligence"} <= {organisation["agency"] for organisation in manifest["organisations"]}
    assert {"cloud", "edge"} == {deployment["location"] for deployment in manifest["deployments"]}
    assert {(mission["individual_basis"], mission["constrained"]) for mission in manifest["missions"]} == {
        (basis, bounds) for basis in (False, True) for bounds in (False, True)
    }
