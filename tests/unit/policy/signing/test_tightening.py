"""The form of a tightening: prohibitions added, limits lowered, and nothing else."""

import pytest

from brightline.policy.signing.tightening import beyond_tightening
from tests.benchmarks.attack_scene import ADDED, LAYERS, Scene, party, policy

VENDOR = "vendor/vendor.cedar"
N = "context.fact.input_bytes"
M = "context.fact.message_count"


def forbids(scene: Scene, condition: str, version: int = 1):
    """A version in which the vendor's prohibition has another condition; `condition` starts at its `when`."""
    text = LAYERS[VENDOR][: LAYERS[VENDOR].rindex("@id(")]
    whole = policy("forbid", "vendor-size").replace(";\n", f"\n{condition};\n")
    return scene.draft(version, files={VENDOR: text + whole})


def when(text: str) -> str:
    return f"when {{ {text} }}"


def unless(text: str) -> str:
    return f"unless {{ {text} }}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (when(f"{N} > 9"), when(f"{N} > 8")),
        (when(f"{N} >= 9"), when(f"{N} >= 8")),
        (when(f"{N} < 9"), when(f"{N} < 10")),
        (when(f"{N} <= 9"), when(f"{N} <= 10")),
        (when(f"9 < {N}"), when(f"8 < {N}")),
        (when(f"9 >= {N}"), when(f"10 >= {N}")),
        (when(f"{N} > 9 && {M} > 9"), when(f"{N} > 8 && {M} > 7")),
        (when(f"{N} > 9 || {M} > 9"), when(f"{N} > 8 || {M} > 9")),
        (when(f"!({N} < 9)"), when(f"!({N} < 8)")),
        (unless(f"{N} < 9"), unless(f"{N} < 8")),
        (unless(f"!({N} > 9)"), unless(f"!({N} > 8)")),
        (f"{when(f'{N} > 9')} {unless(f'{M} < 9')}", f"{when(f'{N} > 8')} {unless(f'{M} < 8')}"),
    ],
)
def test_limits_that_are_lowered_and_raised(scene: Scene, old, new):
    one, other = forbids(scene, old), forbids(scene, new, 2)
    assert beyond_tightening(one, other) == ""
    assert beyond_tightening(other, one) == "policy `vendor-size`"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (when(f"{N} > 9"), when(f"{N} >= 9")),
        (when(f"{N} > 9"), when(f"{M} > 9")),
        (when(f"{N} > 9"), when("9 < 10")),
        (when(f"{N} > 9"), when("true")),
        (when(f"{N} > 9"), unless(f"{N} > 9")),
        (when(f"{N} > 9"), f"{when(f'{N} > 9')} {when(f'{M} > 1')}"),
        (when(f"{N} > 9"), ""),
        (when(f"{N} == 9"), when(f"{N} == 8")),
        (when(f"{N} + 1 > 9"), when(f"{N} + 2 > 9")),
        (when(f"if {N} > 9 then true else false"), when(f"if {N} > 8 then true else false")),
        (when('context.fact.mission == "a"'), when('context.fact.mission == "b"')),
        (when(f"{N} > 9"), when(f"{N} > {M}")),
        (when(f"{N} > {M}"), when(f"{M} > {N}")),
        (when(f"{N} > 9 && context.fact.stream"), when(f"{N} > 9 && context.fact.remote_urls")),
        (when(f"!({N} > 9)"), when("!context.fact.stream")),
        (when("context.fact.stream"), when("true")),
    ],
)
def test_other_changes_of_a_prohibition(scene: Scene, old, new):
    assert beyond_tightening(forbids(scene, old), forbids(scene, new, 2)) == "policy `vendor-size`"


def test_added_prohibitions(scene: Scene):
    assert beyond_tightening(scene.first, scene.draft(files=ADDED)) == ""
    law = {"law/more.cedar": policy("forbid", "law-more", f"{N} > 1")}
    assert beyond_tightening(scene.first, scene.draft(files=law)) == ""


def test_comments_and_the_places_of_policies_do_not_matter(scene: Scene):
    cut = LAYERS[VENDOR].rindex("@id(")
    moved = {VENDOR: "// nothing\n" + LAYERS[VENDOR][:cut], "vendor/second.cedar": LAYERS[VENDOR][cut:]}
    assert beyond_tightening(scene.first, scene.draft(files=moved)) == ""


def test_a_policy_that_changes_its_layer(scene: Scene):
    law = LAYERS["law/law.cedar"]
    cut = law.rindex("@id(")
    moved = {"law/law.cedar": law[:cut], VENDOR: LAYERS[VENDOR] + law[cut:]}
    assert beyond_tightening(scene.first, scene.draft(files=moved)) == "the layer of policy `law-kinetic`"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"bend": lambda whole: whole.update(expires="2040-01-01T00:00:00Z")}, "`expires` of the manifest"),
        ({"bend": lambda whole: whole.update(aliases={})}, "`aliases` of the manifest"),
        ({"bend": party(0, may_tighten=True)}, "`parties` of the manifest"),
        ({"files": {"effectors.json": '{"format": 2, "tools": {}}'}}, "the file `effectors.json`"),
        ({"files": {"redlines/more.cedar": policy("forbid", "more", f"{N} > 9")}}, "the file `redlines/more.cedar`"),
        ({"files": {"operator/more.cedar": policy("permit", "more", f"{N} > 9")}}, "policy `more`, an added permit"),
        ({"files": {VENDOR: LAYERS[VENDOR].replace("2000000", "1")}}, "policy `vendor-general`"),
        (
            {"files": {VENDOR: LAYERS[VENDOR].replace('size")\n@clause("1")', 'size")\n@clause("2")')}},
            "policy `vendor-size`",
        ),
    ],
)
def test_anything_else(scene: Scene, changes, what):
    assert beyond_tightening(scene.first, scene.draft(**changes)) == what


def test_a_prohibition_that_goes(scene: Scene):
    law = LAYERS["law/law.cedar"]
    cut = {"law/law.cedar": law[: law.rindex("@id(")]}
    assert beyond_tightening(scene.first, scene.draft(files=cut)) == "policy `law-kinetic`, which it drops"
