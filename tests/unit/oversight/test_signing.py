import json
from dataclasses import replace

import pytest

from brightline.crypto.signatures import sign
from brightline.domain.sign_off.binding import BoundRule, Demand
from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.statement import ShownLog
from brightline.domain.sign_off.trust import RelyingParty
from brightline.oversight.directory import Directory, entries_of
from brightline.oversight.people import People
from brightline.oversight.signing import (
    MAX_REQUEST_BYTES,
    ApprovalRequest,
    Asked,
    Vote,
    make_statement,
    role_for,
    sign_statement,
)
from brightline.testing.sign_off import ANNA, BERT, CLEO, NOW_MS, PHOTO, ROLE, Person, make_scene

RULES = (
    BoundRule("a", "1", "house", "why", ROLE, 2, None),
    BoundRule("b", "2", "house", "why", ROLE, 3, Demand("watch-commander", 1)),
    BoundRule("c", "3", "house", "why", "duty-officer", 1, Demand("watch-commander", 2)),
)
SCENE = make_scene((BERT,), rules=RULES)
REQUEST = ApprovalRequest(SCENE.binding, ShownLog("origin.example", 7, bytes(32)))
VOTE = Vote(decision="allow", role=ROLE, evidence=(PHOTO,), own_machine=True)
BOTH = Person("bert", roles=("duty-officer", ROLE), serial=2)


def changed(**fields: object) -> bytes:
    return canonical({**json.loads(REQUEST.canonical), **fields})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "signoff/not-json"),
        (REQUEST.canonical + b"\n", "signoff/not-canonical"),
        (b" " * (MAX_REQUEST_BYTES + 1), "signoff/too-large"),
        (changed(format="brightline/approval-request/2"), "signoff/bad-field"),
        (changed(more=1), "signoff/bad-field"),
        (changed(log={"origin": "x", "size": 1}), "signoff/bad-field"),
        (changed(binding={}), "signoff/bad-field"),
        (changed(binding={**SCENE.binding.to_json(), "tool": "other"}), "signoff/rendering-differs"),
        (changed(demands=[]), "signoff/other-demands"),
        (changed(demands=[{"path": "quorum", "role": ROLE, "quorum": 1}]), "signoff/other-demands"),
        (changed(demands=[{"path": "always", "role": ROLE, "quorum": 1}]), "signoff/bad-field"),
        (changed(demands=[{"path": "quorum", "role": ROLE, "quorum": 99}]), "signoff/bad-field"),
        (changed(demands=[each.to_json() for each in reversed(REQUEST.demands)]), "signoff/other-demands"),
    ],
)
def test_refuses_a_file_that_is_not_what_the_gateway_gave_out(data: bytes, code: str) -> None:
    with pytest.raises(SignOffError) as caught:
        ApprovalRequest.parse(data)
    assert caught.value.code == code


def test_reads_what_it_writes_and_asks_for_the_most_that_any_rule_does() -> None:
    assert ApprovalRequest.parse(REQUEST.canonical) == REQUEST
    assert REQUEST.demands == (
        Asked("break-glass", "watch-commander", 2),
        Asked("quorum", "duty-officer", 1),
        Asked("quorum", ROLE, 3),
    )


def role(person: Person, decision: str = "allow", chosen: str = "") -> str:
    return role_for(SCENE.binding, SCENE.assertion(person), decision=decision, chosen=chosen)


def test_the_role_is_the_one_that_is_asserted_and_asked_for() -> None:
    assert role(BERT) == ROLE
    assert role(BERT, "deny") == ROLE
    assert role(BOTH, chosen="duty-officer") == "duty-officer"
    with pytest.raises(SignOffError) as caught:
        role(BOTH)
    assert caught.value.code == "signoff/several-roles"
    assert "duty-officer, release-officer" in str(caught.value)
    for person, decision, chosen in (
        (BERT, "allow", "cook"),
        (BERT, "break-glass", ""),
        (BERT, "allow", "duty-officer"),
    ):
        with pytest.raises(SignOffError) as caught:
            role(person, decision, chosen)
        assert caught.value.code == "signoff/role"
    with pytest.raises(SignOffError) as caught:
        role(replace(BERT, roles=("policy-author",)))
    assert caught.value.code == "signoff/policy-author"
    absolute = make_scene((BERT,))
    with pytest.raises(SignOffError) as caught:
        role_for(absolute.binding, absolute.assertion(BERT), decision="break-glass")
    assert caught.value.code == "signoff/no-break-glass"


@pytest.mark.parametrize(
    ("vote", "person", "now_ms", "code"),
    [
        (VOTE, BERT, SCENE.binding.not_after_ms, "signoff/window-over"),
        (VOTE, replace(BERT, name="requester-1"), NOW_MS, "signoff/own-approval"),
        (replace(VOTE, role="cook"), BERT, NOW_MS, "signoff/role"),
        (replace(VOTE, evidence=()), BERT, NOW_MS, "signoff/evidence-unopened"),
        (replace(VOTE, evidence=("0" * 64,)), BERT, NOW_MS, "signoff/other-evidence"),
        (replace(VOTE, reason="x" * 501), BERT, NOW_MS, "signoff/bad-field"),
        (
            Vote(decision="break-glass", role="watch-commander", reason=" "),
            replace(BERT, roles=("watch-commander",)),
            NOW_MS,
            "signoff/no-reason",
        ),
    ],
)
def test_makes_no_statement_that_could_never_count(vote: Vote, person: Person, now_ms: int, code: str) -> None:
    with pytest.raises(SignOffError) as caught:
        make_statement(REQUEST, vote, SCENE.assertion(person), now_ms=now_ms)
    assert caught.value.code == code


def test_makes_no_statement_outside_of_the_assertions_time() -> None:
    late = SCENE.assertion(BERT, not_before_ms=NOW_MS + 1)
    over = SCENE.assertion(BERT, not_after_ms=NOW_MS)
    for signed, code in ((late, "signoff/assertion-not-yet"), (over, "signoff/assertion-expired")):
        with pytest.raises(SignOffError) as caught:
            make_statement(REQUEST, VOTE, signed, now_ms=NOW_MS)
        assert caught.value.code == code


def test_another_key_than_the_asserted_one_signs_nothing() -> None:
    signed = SCENE.assertion(BERT)
    statement = make_statement(REQUEST, VOTE, signed, now_ms=NOW_MS)
    with pytest.raises(SignOffError) as caught:
        sign_statement(statement, signed, lambda message: sign(CLEO.key, message))
    assert caught.value.code == "signoff/other-key"


@pytest.mark.parametrize("person", [BERT, CLEO])
def test_what_is_signed_offline_counts_at_the_gateway(person: Person) -> None:
    signed = SCENE.assertion(person)
    vote = replace(VOTE, evidence=(PHOTO, PHOTO), reason="seen", dwell_ms=5)
    statement = make_statement(REQUEST, vote, signed, now_ms=NOW_MS)
    assert statement.own_machine
    assert statement.blind
    assert statement.evidence == (PHOTO,)
    assert statement.log == REQUEST.log
    made = sign_statement(statement, signed, lambda message: sign(person.key, message))
    directory = Directory(
        keys=entries_of([SCENE.directory.public]), assurances=("file", "hardware"), webauthn=RelyingParty("", ())
    )
    people = People(directory, assertions=[], revocations=SCENE.revocations.canonical)
    assert people.verify_statement(made, SCENE.binding, now_ms=NOW_MS).person == person.name


def test_a_broken_glass_has_a_reason_in_it() -> None:
    commander = Person("dora", roles=("watch-commander",), serial=9)
    vote = Vote(decision="break-glass", role="watch-commander", reason="the dam is breaking")
    statement = make_statement(REQUEST, vote, SCENE.assertion(commander), now_ms=NOW_MS)
    assert statement.reason == "the dam is breaking"
    assert not statement.own_machine
    assert ANNA.name != statement.person
