"""Proving a whole agreement: everything that must not get a certificate, and then one that does."""

import json

import pytest

from brightline.policy import PolicyError
from brightline.policy.proof import prove as proving
from brightline.policy.proof import questions
from brightline.policy.proof.certificate import EVERY_CHART, SIGNED_CHART
from brightline.policy.proof.failures import ProofFailedError
from brightline.policy.proof.prove import prove
from brightline.policy.proof.solver import Limits, Unknown
from brightline.policy.proof.witnesses import Judged

LIMITS = Limits(20.0)
NOTES = '@reason("r") @clause("c") @source("s")'
ANYTHING = "forbid (principal, action, resource)"


def line(condition, *, name="line-1", more=""):
    return f'@id("{name}") {NOTES} {more}\n{ANYTHING} when {{ {condition} }};\n'


def law(condition, more=""):
    return f'@id("law-1") {NOTES} {more}\n{ANYTHING} when {{ {condition} }};\n'


def failures(draft):
    steps = []
    with pytest.raises(ProofFailedError) as caught:
        prove(draft, limits=LIMITS, progress=steps.append)
    assert steps
    return caught.value.failures


def certificate(draft):
    return prove(draft, limits=LIMITS, progress=lambda step: None)


def test_nothing_to_prove(draft):
    with pytest.raises(PolicyError) as caught:
        certificate(draft({"redlines/lines.cedar": "// none yet\n"}))
    assert caught.value.code == "policy/no-red-lines"


def test_a_hole_is_a_request_that_both_engines_decided(draft):
    found = failures(draft({"law/law.cedar": law('context.fact.effects.contains(Effect::"kinetic")')}))
    assert {failure.code for failure in found} == {"policy/red-line-crossed"}
    first = found[0]
    assert first.words["effect"] == "permitted"
    assert first.reasons == ("operator-1", "vendor-1")
    assert first.request["principal"] == {"type": "Unit", "id": "org/unit"}
    effects = first.request["context"]["fact"]["effects"]
    assert {"__entity": {"type": "Effect", "id": "surveil"}} in effects
    assert "line-1" in first.text
    assert "operator-1" in first.hint


def test_a_line_whose_condition_errors_is_crossed_and_told(draft):
    found = failures(draft({"redlines/lines.cedar": line("context.fact.input_bytes * 4096 > 10")}))
    assert {failure.code for failure in found} == {"policy/red-line-crossed", "policy/red-line-errors"}
    errors = [failure for failure in found if failure.code == "policy/red-line-errors"]
    assert {failure.words["policy"] for failure in errors} == {"line-1"}


def test_a_prohibition_of_the_law_that_errors_is_named(draft):
    more = '@id("law-2") forbid (principal, action, resource) when { context.fact.message_count * 9 > 10 };\n'
    read = draft({"law/more.cedar": more})
    assert {(failure.code, failure.words["policy"]) for failure in failures(read)} == {
        ("policy/red-line-errors", "law-2")
    }


def test_an_empty_agreement(draft):
    never = "context.fact.input_bytes < context.fact.input_bytes"
    only = f'@id("operator-1") permit (principal, action, resource) when {{ {never} }};'
    [failure] = failures(draft({"operator/operator.cedar": only}))
    assert failure.code == "policy/empty-agreement"


def test_a_line_that_no_request_can_cross(draft):
    condition = "context.fact.input_bytes > 10 && context.fact.input_bytes < 5"
    [failure] = failures(draft({"redlines/lines.cedar": line(condition)}))
    assert (failure.code, failure.words["red_line"]) == ("policy/vacuous-red-line", "line-1")


@pytest.mark.parametrize(("word", "near"), [("Surveil", "; did you mean `surveil`"), ("interrogators", "")])
def test_a_misspelt_trigger(draft, manifest, word, near):
    """Nobody may call for the mission `n`, so the line holds, whatever it asks for besides."""
    listed = {"name": "n", "purpose": "general", "individual_basis": False, "constrained": True}
    manifest["missions"].append(listed)
    text = line(f'context.fact.mission == "n" && context.fact.roles.contains("{word}")')
    changes = {"manifest.json": json.dumps(manifest), "redlines/lines.cedar": text}
    [failure] = failures(draft(changes))
    assert failure.code == "policy/misspelt-trigger"
    assert (failure.words["word"], failure.words["near"]) == (word, near)


@pytest.mark.parametrize("why", ["timeout", "unconfirmed", "disagreement"])
def test_what_nobody_knows_is_not_proved(draft, monkeypatch, why):
    read = draft()
    monkeypatch.setattr(questions, "solve", lambda *_, **__: Unknown(why))
    found = failures(read)
    assert [(failure.code, failure.words["why"]) for failure in found] == [("policy/not-proved", why)]


def test_every_claim_and_witness_that_nobody_knows_is_named(draft, monkeypatch):
    read, real = draft(), questions.solve
    asked = []

    def solve(problem, assertion, **more):
        asked.append(assertion)
        return real(problem, assertion, **more) if len(asked) == 1 else Unknown("timeout")

    monkeypatch.setattr(questions, "solve", solve)
    found = failures(read)
    assert {failure.code for failure in found} == {"policy/not-proved"}
    claims = [failure.words["claim"] for failure in found]
    assert len(claims) == 6 + 2
    assert claims[-2:] == ["line-1/witness/refused", "line-1/witness/permitted"]


def test_a_witness_that_the_engines_do_not_confirm_is_none(draft, monkeypatch):
    read = draft()
    monkeypatch.setattr(proving, "judged", lambda *_: Judged("permit", "it is not refused"))
    found = failures(read)
    assert [(failure.code, failure.words["why"]) for failure in found] == [("policy/not-proved", "it is not refused")]


def test_a_hold_that_asks_for_less_is_a_hole(draft):
    condition = 'context.fact.effects.contains(Effect::"surveil")'
    changes = {
        "redlines/lines.cedar": line(condition, more='@hold("officer, 2")'),
        "law/law.cedar": law(condition, more='@hold("officer, 1")'),
    }
    found = failures(draft(changes))
    assert found[0].code == "policy/red-line-crossed"
    assert found[0].words["effect"] == "held for less than it asks, or may be released by breaking the glass"
    changes["law/law.cedar"] = law(condition, more='@hold("clerk, 5")')
    assert failures(draft(changes))[0].code == "policy/red-line-crossed"


def test_a_hold_that_asks_for_enough(draft):
    condition = 'context.fact.effects.contains(Effect::"surveil")'
    changes = {
        "redlines/lines.cedar": line(condition, more='@hold("officer, 2")'),
        "law/law.cedar": law(condition, more='@hold("officer, 3")'),
    }
    made = certificate(draft(changes))
    assert [(each.kind, each.decision) for each in made.witnesses] == [("refused", "hold"), ("permitted", "hold")]
    assert made.claims[0].words.endswith(
        "or held for at least 2 of the role officer, and breaking the glass does not lift that hold"
    )


def test_a_way_around_the_sign_off_is_a_hole(draft):
    condition = 'context.fact.effects.contains(Effect::"surveil")'
    held, glass = '@hold("officer, 2")', '@hold("officer, 2") @break_glass("chief, 1")'
    changes = {
        "redlines/lines.cedar": line(condition, more=held),
        "law/law.cedar": law(condition, more=glass),
    }
    found = failures(draft(changes))
    assert found[0].code == "policy/red-line-crossed"
    assert found[0].words["effect"] == "held for less than it asks, or may be released by breaking the glass"
    changes["redlines/lines.cedar"] = line(condition, more=glass)
    assert "who break the glass" in certificate(draft(changes)).claims[0].words
    for easier in ("chief, 2", "captain, 1"):
        changes["redlines/lines.cedar"] = line(condition, more=f'@hold("officer, 2") @break_glass("{easier}")')
        assert failures(draft(changes))[0].code == "policy/red-line-crossed"


def test_an_absolute_line_has_no_way_around_it(draft):
    condition = 'context.fact.effects.contains(Effect::"surveil")'
    words = certificate(draft()).claims[0].words
    assert words.endswith("is refused, and neither a sign-off nor breaking the glass lifts that")
    changes = {
        "redlines/lines.cedar": line(condition),
        "law/law.cedar": law(condition, more='@hold("officer, 16") @break_glass("chief, 16")'),
    }
    assert failures(draft(changes))[0].code == "policy/red-line-crossed"


def test_what_holds_for_the_chart_as_signed_alone_says_so(draft):
    """Only `org` exists, and it is kept out of the far deployment; another chart might let others in."""
    changes = {
        "redlines/lines.cedar": line('resource == Deployment::"far" && context.fact.stream'),
        "law/law.cedar": f'@id("law-1") {NOTES}\n'
        'forbid (principal in Organisation::"org", action, resource == Deployment::"far");',
        "operator/operator.cedar": f'@id("operator-1") {NOTES}\n'
        'permit (principal, action, resource) when { context.fact.mission == "m" };',
    }
    made = certificate(draft(changes))
    assert {row.chart for row in made.claims if "never-passes" in row.claim} == {SIGNED_CHART}


def test_a_certificate(draft):
    steps = []
    made = prove(draft(), limits=LIMITS, progress=steps.append)
    assert {row.chart for row in made.claims} == {EVERY_CHART}
    assert len(made.claims) == 6
    assert [each.kind for each in made.witnesses] == ["refused", "permitted"]
    assert "vendor and operator both permit" in made.witnesses[0].words
    assert set(made.solvers) == {"z3", "cvc5"}
    assert all(digest in made.texts for row in made.claims for digest in row.formulas.values())
    assert len(steps) == 1 + 6 + 2
