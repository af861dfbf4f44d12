"""The certificate as a file: strict, bounded, and the same for the same value."""

import json

import pytest

from brightline.policy import PolicyError
from brightline.policy.proof import certificate as module
from brightline.policy.proof.certificate import (
    Certificate,
    ProvedClaim,
    Witness,
    digest_of_text,
    kept_texts,
    read_certificate,
)

TEXT = '(set-logic ALL)\n(assert |a"b|)\n'
BOTH = {"z3": digest_of_text(TEXT), "cvc5": digest_of_text(TEXT)}
UNSAT = {"z3": "unsat", "cvc5": "unsat"}
GOOD = Certificate(
    subject="ab" * 32,
    made_by="brightline 1.0",
    solvers={"z3": "5.4.1", "cvc5": "1.4.2"},
    claims=(
        ProvedClaim(
            "line/never-passes/Action::generate",
            "line",
            "it holds",
            "every",
            "interned",
            BOTH,
            {"z3": "unsat", "cvc5": "unsat"},
        ),
    ),
    witnesses=(Witness("line", "refused", "a request", "forbid", {"action": {"type": "Action", "id": "generate"}}),),
    texts={digest_of_text(TEXT): TEXT},
)


def plain():
    return json.loads(GOOD.to_json())


def why(text):
    with pytest.raises(PolicyError) as caught:
        read_certificate(text if isinstance(text, str) else json.dumps(text))
    assert caught.value.code == "policy/bad-certificate"
    return caught.value.message


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda it: it.update(extra=1), "`extra`"),
        (lambda it: it.pop("claims"), "`claims`"),
        (lambda it: it.update(format=2), "`format`"),
        (lambda it: it.update(subject="AB" * 32), "`subject`"),
        (lambda it: it.update(solvers={"z3": "5"}), "`cvc5`"),
        (lambda it: it.pop("solvers"), "`solvers`"),
        (lambda it: it.update(claims={}), "`claims`"),
        (lambda it: it["claims"][0].update(chart="some"), "`chart`"),
        (lambda it: it["claims"][0]["verdicts"].update(z3="sat"), "`z3`"),
        (lambda it: it["claims"][0].update(claim="x" * 999), "`claim`"),
        (lambda it: it["witnesses"][0].update(request=[]), "`request`"),
        (lambda it: it["witnesses"][0].pop("request"), "`request`"),
        (lambda it: it["witnesses"][0].update(decision="maybe"), "`decision`"),
        (lambda it: it.update(texts={"ab": TEXT}), "`texts`"),
        (lambda it: it.update(texts={digest_of_text("x"): 7}), "`texts`"),
    ],
)
def test_what_is_not_of_the_form_is_refused(change, word):
    bent = plain()
    change(bent)
    assert word in why(bent)


def test_what_is_not_strict_json_is_refused():
    assert "1:1" in why("")
    assert "stands twice" in why(GOOD.to_json().replace('"format": 1', '"format": 1, "format": 1'))


def test_a_certificate_reads_back_as_it_was_written():
    assert read_certificate(GOOD.to_json()) == GOOD
    assert read_certificate(GOOD.to_json()).to_json() == GOOD.to_json()


def test_texts_are_kept_once_and_within_a_bound(monkeypatch):
    monkeypatch.setattr(module, "MAX_TEXT_BYTES", 10)
    assert kept_texts(["12345", "12345", "67890", "x"]) == {
        digest_of_text("12345"): "12345",
        digest_of_text("67890"): "67890",
    }
