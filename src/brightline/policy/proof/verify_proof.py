"""Checks a certificate without believing it: formulas are made again from the agreement, compared, and solved again.

INVARIANT: nothing that the certificate says is ever given to a solver or taken for an answer; what it says is compared
with what is found here. `check_certificate` needs no solver and leaves out what only solvers can do.
"""

from collections.abc import Mapping

from brightline.policy.draft import Draft
from brightline.policy.entities import store_of
from brightline.policy.errors import PolicyError
from brightline.policy.layers import Rule
from brightline.policy.normaliser import Normaliser
from brightline.policy.proof.certificate import (
    ASSUMPTIONS,
    PERMITTED,
    REFUSED,
    Certificate,
    ProvedClaim,
    Witness,
    digest_of_text,
    read_certificate,
)
from brightline.policy.proof.properties import Claim, claims_of
from brightline.policy.proof.prove import Progress, Step
from brightline.policy.proof.questions import Proved, Questions, Undecided
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.smtlib import Strings
from brightline.policy.proof.solver import Limits, SolverPool
from brightline.policy.proof.subject import Subject, subject_digest, subject_of
from brightline.policy.proof.witnesses import from_json, judged
from brightline.policy.written import WrittenRequest


def check_certificate(draft: Draft, text: str | None) -> Certificate:
    """The certificate that `text` (of `certificate.json`) holds, when it is for `draft` and makes every claim it needs.

    Needs no solver, so it can be done wherever an agreement is signed or taken over. Raises `PolicyError`:
    `policy/no-certificate`, `policy/no-red-lines`, `policy/bad-certificate`, `policy/foreign-certificate`,
    `policy/certificate-claims`.
    """
    if text is None:
        raise PolicyError("policy/no-certificate")
    certificate = read_certificate(text)
    if not draft.red_lines:
        raise PolicyError("policy/no-red-lines")
    wanted = subject_digest(draft)
    if certificate.subject != wanted:
        raise PolicyError("policy/foreign-certificate", found=certificate.subject[:16], wanted=wanted[:16])
    subject = subject_of(draft)
    _same_claims(claims_of(subject, read_schema(subject.schema)), certificate)
    _same_witnesses(subject.red_lines, certificate)
    return certificate


def verify_proof(draft: Draft, text: str | None, *, limits: Limits, progress: Progress) -> Certificate:
    """The certificate that `text` holds, when both solvers and both engines confirm all that it says about `draft`.

    Raises `PolicyError` as `check_certificate` does, and `policy/certificate-formula`, `policy/certificate-verdict`,
    `policy/certificate-witness`, `policy/not-proved`, `policy/no-solver`.
    """
    certificate = check_certificate(draft, text)
    subject = subject_of(draft)
    with SolverPool() as pool:
        questions = Questions(subject, limits, pool)
        # Every formula is compared before any is solved: a swapped one is not worth the solver's time.
        claims = claims_of(subject, questions.model)
        for claim, row in zip(claims, certificate.claims, strict=True):
            _same_formula(questions, claim, row, certificate.texts)
        for claim, row in zip(claims, certificate.claims, strict=True):
            _holds(questions, claim, row)
            progress(Step(claim.id, "confirmed by both solvers"))
    lines = {rule.reason.policy_id: rule for rule in subject.red_lines}
    # What the certificate calls a request may be anything: it is held to the schema like a live one.
    normaliser = Normaliser(questions.model, store_of(subject.entities))
    for witness in certificate.witnesses:
        _shows(witness, lines[witness.red_line], subject, normaliser)
        progress(Step(f"{witness.red_line}/witness/{witness.kind}", "decided again by both engines"))
    return certificate


def _same_claims(claims: tuple[Claim, ...], certificate: Certificate) -> None:
    made = [(row.claim, row.red_line, row.words) for row in certificate.claims]
    needed = [(claim.id, claim.red_line.reason.policy_id if claim.red_line else "", claim.words) for claim in claims]
    if made != needed:
        raise PolicyError("policy/certificate-claims", what=_difference([row[0] for row in made], needed, made))
    if certificate.assumptions != ASSUMPTIONS:
        raise PolicyError("policy/certificate-claims", what="it assumes other things")
    named = {digest for row in certificate.claims for digest in row.formulas.values()}
    if not named.issuperset(certificate.texts):
        raise PolicyError("policy/certificate-claims", what="it holds a formula of no claim")


def _difference(ids: list[str], needed: list[tuple[str, str, str]], made: list[tuple[str, str, str]]) -> str:
    wanted = [row[0] for row in needed]
    for name in wanted:
        if name not in ids:
            return f"missing `{name}`"
    for name in ids:
        if name not in wanted:
            return f"`{name}` is none of them"
    if sorted(ids) == sorted(wanted):
        other = next(mine[0] for mine, theirs in zip(made, needed, strict=True) if mine != theirs)
        return f"`{other}` stands in another place or in other words"
    return "one stands twice"


def _same_witnesses(red_lines: tuple[Rule, ...], certificate: Certificate) -> None:
    needed = [(rule.reason.policy_id, kind) for rule in red_lines for kind in (REFUSED, PERMITTED)]
    if [(witness.red_line, witness.kind) for witness in certificate.witnesses] != needed:
        what = "each red line needs a witness that is refused and one that is permitted, and no other"
        raise PolicyError("policy/certificate-claims", what=what)


def _same_formula(questions: Questions, claim: Claim, row: ProvedClaim, texts: Mapping[str, str]) -> None:
    strings: Strings = "native" if row.strings == "native" else "interned"
    for solver, text in questions.texts(claim, row.chart, strings).items():
        digest = digest_of_text(text)
        if row.formulas[solver] != digest or texts.get(digest, text) != text:
            raise PolicyError("policy/certificate-formula", claim=claim.id)


def _holds(questions: Questions, claim: Claim, row: ProvedClaim) -> None:
    answer = questions.settle_for(claim, row.chart)
    if isinstance(answer, Undecided):
        raise PolicyError("policy/not-proved", claim=claim.id, why=answer.why)
    if not isinstance(answer, Proved):
        raise PolicyError("policy/certificate-verdict", claim=claim.id, why="a solver finds a request against it")
    if answer.strings != row.strings:
        raise PolicyError("policy/certificate-verdict", claim=claim.id, why=f"it took {answer.strings} strings")


def _shows(witness: Witness, red_line: Rule, subject: Subject, normaliser: Normaliser) -> None:
    claim = f"{witness.red_line}/witness/{witness.kind}"
    request = from_json(dict(witness.request), subject)
    if request is None:
        raise PolicyError("policy/certificate-witness", claim=claim, why="it is no request")
    try:
        normaliser.request(WrittenRequest(request.principal, request.action, request.resource, request.context))
        shows = judged(witness.kind, red_line, request, subject)
    except PolicyError as error:
        raise PolicyError("policy/certificate-witness", claim=claim, why=error.message) from error
    if shows.lacks or shows.decision != witness.decision:
        raise PolicyError("policy/certificate-witness", claim=claim, why=shows.lacks or f"it is {shows.decision}")
