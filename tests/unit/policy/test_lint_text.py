"""What words seem to be for may hold, and never decides otherwise: the lint that signers and gateways see."""

import json
from dataclasses import replace

import pytest

from brightline.domain.decision import Effect
from brightline.domain.description import Bands, TextReading
from brightline.policy import load_agreement
from brightline.policy.draft import examine, joint_schema, own_schema, read_draft
from brightline.policy.proof.registers import register_differences

DIGEST, TEXTS = "ab" * 32, "cd" * 32
NOTES = '@reason("r") @hint("h") @clause("4") @source("test")'
HELD = 'context.text.held.contains("surveillance.bulk")'


def files(manifest, policy="", where="law/words.cedar", **describer):
    return {
        "manifest.json": json.dumps({**manifest, "describer": {"digest": DIGEST, **describer}}),
        "schema.json": own_schema(text=True),
        where: policy,
    }


def told(directory, manifest, policy, where="law/words.cedar"):
    """Each `policy/text-decides` that is told, with why."""
    found = examine(directory(files(manifest, policy, where))).faults
    return [fault.text for fault in found if fault.code == "policy/text-decides"]


def forbids(condition, hold='@hold("officer, 1")', kind="when"):
    head = f'@id("words") {hold} {NOTES}\nforbid (principal, action, resource)'
    return f"{head} {kind} {{ {condition} }};\n"


@pytest.mark.parametrize(
    "condition",
    [
        HELD,
        'context.text.advised.containsAny(["surveillance.bulk", "surveillance.person"]) && context.fact.stream',
        'context.text.held.containsAll(["cyber.intrusion"]) || context.text.unknown',
        "context.text.uncalibrated",
        f"!(!({HELD}))",
        f"!(context.fact.stream && !({HELD}))",
        "!(context.fact.stream)",
    ],
)
def test_a_hold_may_ask_what_words_score_for(directory, manifest, condition):
    assert told(directory, manifest, forbids(condition)) == []


@pytest.mark.parametrize("condition", ["context.text.unknown", "context.text.unknown || context.text.uncalibrated"])
def test_what_nobody_knows_may_be_refused(directory, manifest, condition):
    assert told(directory, manifest, forbids(condition, hold="")) == []


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (forbids(HELD, hold=""), "may read `unknown` and `uncalibrated` alone"),
        (forbids(f"context.text.unknown || {HELD}", hold=""), "may read `unknown` and `uncalibrated` alone"),
        (forbids(f"!({HELD})"), "must hold more the more"),
        (forbids(HELD, kind="unless"), "must hold more the more"),
        (forbids("context.text.held == context.text.advised"), "must hold more the more"),
        (forbids("context.text.held.isEmpty()"), "must hold more the more"),
        (forbids(f"if {HELD} then context.fact.stream else true"), "must hold more the more"),
        (forbids("context.fact.roles.containsAll(context.text.held)"), "must hold more the more"),
        (forbids("context.text.held.containsAll(context.text.advised)"), "must hold more the more"),
        (forbids("context.text == {unknown: true, uncalibrated: true, held: [], advised: []}"), "must hold more"),
        (forbids("!(context.text.unknown)", hold=""), "must hold more the more"),
        (forbids("context has text && context.text.unknown == true", hold=""), "must hold more the more"),
    ],
)
def test_nothing_else_may(directory, manifest, policy, why):
    (found,) = told(directory, manifest, policy)
    assert why in found


def test_no_permit_and_no_red_line_reads_words(directory, manifest):
    permit = f'@id("words") {NOTES}\npermit (principal, action, resource) when {{ {HELD} }};\n'
    assert "nothing is permitted" in told(directory, manifest, permit, "operator/words.cedar")[0]
    line = f'@id("line-1") {NOTES}\nforbid (principal, action, resource) when {{ context.text.unknown }};\n'
    assert any("a red line rests on facts" in each for each in told(directory, manifest, line, "redlines/words.cedar"))


def test_a_leaf_that_there_is_not_is_a_fault(directory, manifest):
    codes = [each.code for each in examine(directory(files(manifest, forbids(HELD.replace("bulk", "hulk"))))).faults]
    assert codes == ["policy/unlisted-word"]


def test_the_schema_has_words_only_where_they_are_described(directory, manifest):
    plain = {**files(manifest), "schema.json": own_schema()}
    assert "policy/schema-differs" in [fault.code for fault in read_draft(directory(plain))[1]]
    draft, _ = read_draft(directory(files(manifest)))
    assert draft is not None
    assert joint_schema(draft) == own_schema(text=True)


def test_words_are_decided_on(directory, manifest, a_use):
    agreement = load_agreement(
        directory(files(manifest, forbids(HELD), apps={"app": {"hold": 9, "advise": 3, "texts": TEXTS}})), "field"
    )
    assert (agreement.describer, agreement.bands("app"), agreement.bands("else")) == (DIGEST, Bands(9, 3), None)
    for held, effect in ((frozenset(), Effect.PERMIT), (frozenset({"surveillance.bulk"}), Effect.HOLD)):
        assert agreement.decide(a_use(text=TextReading(uncalibrated=False, held=held))).effect is effect


def test_a_new_version_says_what_of_the_words_changed(directory, manifest):
    old, _ = read_draft(directory(files(manifest, apps={"app": {"hold": 9, "advise": 3, "texts": TEXTS}})))
    new, _ = read_draft(directory(files(manifest, apps={"app": {"hold": 20, "advise": 3, "texts": TEXTS}})))
    assert old is not None
    assert new is not None
    (row,) = register_differences(old, new, ("old", "new"))
    assert "calibrated app `app`" in row.sentence
    assert "20" in row.sentence
    other = replace(new, manifest=replace(new.manifest, describer="cd" * 32))
    sentences = [row.sentence for row in register_differences(new, other, ("old", "new"))]
    assert ["cdcd" in sentence and "abab" in sentence for sentence in sentences] == [True]
