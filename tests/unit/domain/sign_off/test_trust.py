"""Trust bundles: what the vectors cannot say."""

from brightline.domain.sign_off.binding import Demand
from brightline.domain.sign_off.trust import TrustBundle
from brightline.testing.sign_off import BoundRule, make_scene


def test_a_bundle_demands_what_the_rules_do() -> None:
    glass = Demand("watch-commander", 1)
    scene = make_scene(rules=(BoundRule("a", "", "", "", "duty-officer", 1, glass),), tool="set_valve")
    bundle = TrustBundle.parse(scene.bundle.canonical)
    assert bundle == scene.bundle
    demand = bundle.tools["set_valve"]
    assert (demand.quorum, demand.break_glass) == ((Demand("duty-officer", 1),), glass)
