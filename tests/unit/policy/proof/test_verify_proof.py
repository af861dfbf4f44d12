"""Checking a certificate: each forgery is refused under its own code, and the honest one is confirmed."""

import json
from dataclasses import replace

import pytest

from brightline.policy import PolicyError
from brightline.policy.proof.certificate import digest_of_text
from brightline.policy.proof.properties import claims_of
from brightline.policy.proof.prove import prove
from brightline.policy.proof.questions import Proved, Questions, Undecided
from brightline.policy.proof.solver import Limits, SolverPool
from brightline.policy.proof.subject import subject_digest, subject_of
from brightline.policy.proof.verify_proof import check_certificate, verify_proof

LIMITS = Limits(20.0)
WIDER = (
    '@id("law-1") @clause("c") @source("s") forbid (principal, action, resource)\n'
    'when { context.fact.effects.containsAny([Effect::"surveil", Effect::"kinetic"]) };\n'
)


@pytest.fixture
def proved(draft):
    """The small agreement with a prohibition wider than its red line, so that there is something to solve."""
    read = draft({"law/law.cedar": WIDER})
    return read, prove(read, limits=LIMITS, progress=lambda step: None)


def code(read, text, *, solve=True):
    with pytest.raises(PolicyError) as caught:
        _check(read, text, solve=solve)
    return caught.value.code


def _check(read, text, *, solve):
    if solve:
        verify_proof(read, text, limits=LIMITS, progress=lambda step: None)
    else:
        check_certificate(read, text)


def bent(certificate, **changes):
    first, *rest = certificate.claims
    return replace(certificate, claims=(replace(first, **changes), *rest)).to_json()


def test_no_certificate_and_no_red_lines(proved, draft):
    read, made = proved
    assert code(read, None) == "policy/no-certificate"
    assert code(read, "{}") == "policy/bad-certificate"
    without = draft({"redlines/lines.cedar": "// none"})
    assert code(without, made.to_json(), solve=False) == "policy/no-red-lines"


@pytest.mark.parametrize(
    "change",
    [
        {"operator/more.cedar": '@id("more") permit (principal, action, resource);\n'},
        {"law/law.cedar": '@id("law-1") forbid (principal, action, resource) when { context.fact.stream };\n'},
    ],
)
def test_a_certificate_for_other_policies(proved, draft, change):
    made = proved[1]
    assert code(draft(change), made.to_json(), solve=False) == "policy/foreign-certificate"


def test_a_certificate_of_another_agreement_with_the_same_policies(proved, draft, manifest):
    """The entities that the manifest lists are part of what was proved; its parties and dates are not."""
    made = proved[1]
    manifest["version"] = 4
    manifest["expires"] = "2026-12-01T00:00:00Z"
    check_certificate(draft({"law/law.cedar": WIDER, "manifest.json": json.dumps(manifest)}), made.to_json())
    manifest["organisations"][0]["units"].append("another")
    other = draft({"law/law.cedar": WIDER, "manifest.json": json.dumps(manifest)})
    assert code(other, made.to_json(), solve=False) == "policy/foreign-certificate"


def test_an_unrelated_formula_that_is_unsatisfiable(proved):
    read, made = proved
    unrelated = "(set-logic ALL)\n(assert false)\n"
    digest = digest_of_text(unrelated)
    changed = replace(
        made,
        claims=tuple(replace(row, formulas=dict.fromkeys(row.formulas, digest)) for row in made.claims),
        texts={digest: unrelated},
    )
    assert code(read, changed.to_json()) == "policy/certificate-formula"


def test_the_formula_of_another_claim(proved):
    read, made = proved
    assert made.claims[0].formulas != made.claims[1].formulas
    assert code(read, bent(made, formulas=made.claims[1].formulas)) == "policy/certificate-formula"


def test_formulas_that_are_right_by_digest_and_left_out_as_text(proved):
    read, made = proved
    verify_proof(read, replace(made, texts={}).to_json(), limits=LIMITS, progress=lambda step: None)


def test_claims_that_are_missing_doubled_moved_or_in_other_words(proved):
    read, made = proved
    first, second, *rest = made.claims
    for claims in (
        (second, *rest),
        (first, first, second, *rest),
        (second, first, *rest),
        (replace(first, words="it is very safe"), second, *rest),
        (replace(first, claim="other/never-passes/x"), second, *rest),
        (first, second, *rest, replace(first, claim="other/never-passes/x")),
    ):
        assert code(read, replace(made, claims=claims).to_json(), solve=False) == "policy/certificate-claims"


def test_other_assumptions_and_formulas_of_no_claim(proved):
    read, made = proved
    assert code(read, replace(made, assumptions=("none",)).to_json(), solve=False) == "policy/certificate-claims"
    more = {**made.texts, digest_of_text("x"): "x"}
    assert code(read, replace(made, texts=more).to_json(), solve=False) == "policy/certificate-claims"


def test_a_verdict_that_no_solver_confirms(proved):
    """A certificate forged with care: every formula is the right one, and the claim does not hold."""
    read, made = proved
    hollow = without_law(read)
    claims = formulas_of(hollow, made)
    forged = replace(made, claims=claims, texts={}, subject=subject_digest(hollow))
    assert code(hollow, forged.to_json()) == "policy/certificate-verdict"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Undecided("timeout"), "policy/not-proved"),
        (Proved("every", "native"), "policy/certificate-verdict"),
    ],
)
def test_what_the_solvers_say_now_counts(proved, monkeypatch, answer, expected):
    read, made = proved
    monkeypatch.setattr(Questions, "settle_for", lambda *_: answer)
    assert code(read, made.to_json()) == expected


def test_other_strings_than_the_solvers_needed(proved):
    read, made = proved
    assert code(read, bent(made, strings="native")) in ("policy/certificate-formula", "policy/certificate-verdict")


def test_witnesses_that_are_missing_or_show_nothing(proved):
    read, made = proved
    refused, permitted = made.witnesses
    assert code(read, replace(made, witnesses=(refused,)).to_json(), solve=False) == "policy/certificate-claims"
    for witnesses in (
        (replace(refused, request=permitted.request), permitted),
        (refused, replace(permitted, request=refused.request)),
        (replace(refused, decision="permit"), permitted),
        (replace(refused, request={}), permitted),
        (replace(refused, request={**refused.request, "context": {}}), permitted),
        (replace(refused, request={**refused.request, "context": {"fact": None}}), permitted),
        (replace(refused, request={**refused.request, "principal": {"type": "Unit", "id": "no/body"}}), permitted),
    ):
        assert code(read, replace(made, witnesses=witnesses).to_json()) == "policy/certificate-witness"


def test_an_honest_certificate(proved):
    read, made = proved
    steps = []
    assert verify_proof(read, made.to_json(), limits=LIMITS, progress=steps.append) == made
    assert len(steps) == len(made.claims) + len(made.witnesses)


def without_law(read):
    kept = tuple(rule for rule in read.rules if rule.reason.policy_id != "law-1")
    return replace(read, rules=kept)


def formulas_of(read, made):
    """The rows of `made` with the formulas that `read` gives."""
    with SolverPool() as pool:
        questions = Questions(subject_of(read), LIMITS, pool)
        rows = []
        for claim, row in zip(claims_of(questions.subject, questions.model), made.claims, strict=True):
            texts = questions.texts(claim, row.chart, "interned")
            rows.append(replace(row, formulas={solver: digest_of_text(text) for solver, text in texts.items()}))
        return tuple(rows)
