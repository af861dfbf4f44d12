"""Who may sign, and what counts: each refusal by its own code, the attacks of the sign-off among them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from brightline.crypto.signatures import sign
from brightline.domain.sign_off.assertion import SignedAssertion
from brightline.domain.sign_off.binding import BoundRule, Demand, Rendering
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.statement import Signature, SignedStatement
from brightline.domain.sign_off.trust import RelyingParty
from brightline.oversight.directory import Directory, entries_of
from brightline.oversight.people import CLOCK_SKEW_MS, Approver, People, roles_asked
from brightline.testing.sign_off import (
    ANNA,
    BERT,
    CLEO,
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    NOW_MS,
    ORIGIN,
    ROLE,
    RP_ID,
    Person,
    Scene,
    key_of,
    make_scene,
    sign_statement,
)

ALL_WAYS = ("file", "hardware", "webauthn-uv")
GLASS = BoundRule("operator-release-signed", "4.2", "house", "why", ROLE, 2, Demand("watch-commander", 1))
SCENE = make_scene((ANNA, BERT, CLEO), rules=(GLASS,))
DIRECTORY = Directory(
    keys=entries_of([SCENE.directory.public]), assurances=ALL_WAYS, webauthn=RelyingParty(RP_ID, (ORIGIN,))
)
COMMANDER = Person("dora", roles=("watch-commander",), serial=9)


def people(
    *known: SignedAssertion, directory: Directory = DIRECTORY, scene: Scene = SCENE, **revoked: object
) -> People:
    return People(
        directory,
        assertions=[signed.canonical for signed in known],
        revocations=scene.revoke(**revoked).canonical,
    )


def refused(
    signed: SignedStatement, *, within: People | None = None, scene: Scene = SCENE, now_ms: int = NOW_MS
) -> SignOffError:
    with pytest.raises(SignOffError) as caught:
        (within or people()).verify_statement(signed, scene.binding, now_ms=now_ms)
    return caught.value


def signed_by(person: Person, assertion: SignedAssertion, **changes: object) -> SignedStatement:
    """What `person` signs under `assertion`, instead of the scene's."""
    return sign_statement(SCENE.unsigned(person, **changes), person, assertion)


def test_who_allows_has_opened_all_evidence_and_nothing_else() -> None:
    assert refused(SCENE.statement(BERT, evidence=())).code == "signoff/evidence-unopened"
    assert refused(SCENE.statement(BERT, evidence=("0" * 64,))).code == "signoff/other-evidence"
    assert people().verify_statement(SCENE.statement(BERT, "deny", evidence=()), SCENE.binding, now_ms=NOW_MS)


def test_a_statement_on_another_action_is_refused() -> None:
    other = make_scene(arguments={"latitude": 52.0908, "longitude": 5.1214, "payload": "parcel 7"}, rules=(GLASS,))
    assert refused(other.statement(BERT)).code == "signoff/other-binding"


def test_a_binding_that_shows_something_else_is_refused() -> None:
    lying = replace(SCENE, binding=replace(SCENE.binding, rendering=Rendering(sha256="0" * 64)))
    assert refused(lying.statement(BERT), scene=lying).code == "signoff/rendering-differs"


def test_a_person_who_was_shown_something_else_is_refused() -> None:
    assert refused(SCENE.statement(BERT, rendering="0" * 64)).code == "signoff/rendering-differs"


def test_an_assertion_by_another_directory_key_is_refused() -> None:
    strange = replace(SCENE, directory=key_of("another directory"))
    assert refused(strange.statement(BERT)).code == "signoff/unknown-directory"
    claimed = replace(strange.assertion(BERT), directory_key=SCENE.directory.public.id)
    assert refused(signed_by(BERT, claimed)).code == "signoff/directory-signature"


@pytest.mark.parametrize("change", [{"person": "cleo"}, {"key": CLEO.key.public.id}])
def test_a_statement_in_anothers_name_is_refused(change: dict[str, object]) -> None:
    statement = replace(SCENE.unsigned(BERT), **change)
    signed = sign_statement(statement, BERT, SCENE.assertion(BERT))
    assert refused(signed).code == "signoff/other-person"


def test_an_assertion_counts_in_its_time_only() -> None:
    late = SCENE.assertion(BERT, not_before_ms=NOW_MS + 1)
    assert refused(signed_by(BERT, late)).code == "signoff/assertion-not-yet"
    over = SCENE.assertion(BERT, not_after_ms=NOW_MS)
    assert refused(signed_by(BERT, over)).code == "signoff/assertion-expired"
    people().verify_statement(signed_by(BERT, over), SCENE.binding, now_ms=NOW_MS - 1)


def test_without_a_fresh_list_nobody_signs() -> None:
    nobody = People(DIRECTORY, assertions=[], revocations=None)
    assert "there is none" in str(refused(SCENE.statement(BERT), within=nobody))
    # A role was revoked after the list was made, and the list is too old to tell.
    old = people(issued_ms=NOW_MS - DAY_MS - 1)
    error = refused(SCENE.statement(BERT), within=old)
    assert error.code == "signoff/revocations-stale"
    assert "too old" in str(error)
    ahead = people(issued_ms=NOW_MS + CLOCK_SKEW_MS + 1)
    assert "later time" in str(refused(SCENE.statement(BERT), within=ahead))
    people(issued_ms=NOW_MS - DAY_MS).verify_statement(SCENE.statement(BERT), SCENE.binding, now_ms=NOW_MS)
    people(issued_ms=NOW_MS + CLOCK_SKEW_MS).verify_statement(SCENE.statement(BERT), SCENE.binding, now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("revoked", "words"),
    [
        ({"keys": (BERT.key.public.id,)}, "the key of `bert`"),
        ({"persons": ("bert",)}, "`bert`"),
        ({"serials": (BERT.serial,)}, "the assertion 2 of `bert`"),
        ({"bindings": (SCENE.binding.digest.hex(),)}, "this action"),
    ],
)
def test_what_is_revoked_does_not_sign_even_when_it_signed_before(revoked: dict[str, object], words: str) -> None:
    before = SCENE.statement(BERT, signed_at_ms=NOW_MS - MINUTE_MS)
    error = refused(before, within=people(**revoked))
    assert error.code == "signoff/revoked"
    assert str(error).startswith(words)
    people().verify_statement(before, SCENE.binding, now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("person", "algorithms"),
    [(BERT, ("ecdsa-p256", "webauthn-es256")), (CLEO, ("ed25519", "webauthn-es256")), (ANNA, ("ecdsa-p256",))],
)
def test_an_algorithm_that_the_profile_does_not_allow_is_refused(person: Person, algorithms: Sequence[str]) -> None:
    narrow = people(directory=replace(DIRECTORY, algorithms=tuple(algorithms)))
    assert refused(SCENE.statement(person), within=narrow).code == "signoff/algorithm"


def test_a_passkeys_key_does_not_sign_without_the_passkey() -> None:
    statement = SCENE.unsigned(ANNA)
    # The same key, used as if it lay in a file: nobody was verified.
    bare = Signature("ecdsa-p256", sign(ANNA.key, statement.tagged))
    assert refused(SignedStatement(statement, bare, SCENE.assertion(ANNA))).code == "signoff/algorithm"


def test_a_signature_of_another_algorithm_than_the_keys_is_refused() -> None:
    signed = SCENE.statement(BERT)
    lying = replace(signed, signature=replace(signed.signature, algorithm="ecdsa-p256"))
    assert refused(lying).code == "signoff/algorithm"


def test_an_assurance_lower_than_the_profile_allows_is_refused() -> None:
    strict = people(directory=replace(DIRECTORY, assurances=("hardware", "webauthn-uv")))
    assert refused(SCENE.statement(BERT), within=strict).code == "signoff/assurance"
    strict.verify_statement(SCENE.statement(CLEO), SCENE.binding, now_ms=NOW_MS)
    # Claiming more than the directory asserts does not help.
    assert refused(SCENE.statement(BERT, assurance="hardware"), within=strict).code == "signoff/assurance"


def test_a_role_that_is_not_asserted_or_not_asked_for_is_refused() -> None:
    assert refused(SCENE.statement(BERT, role="watch-commander")).code == "signoff/role"
    cook = replace(BERT, roles=("cook",))
    assert refused(SCENE.statement(cook)).code == "signoff/role"


def test_each_path_has_its_own_roles() -> None:
    both = (ROLE, "watch-commander")
    assert refused(SCENE.statement(COMMANDER)).code == "signoff/role"
    assert refused(SCENE.statement(BERT, "break-glass")).code == "signoff/role"
    for decision in ("deny", "revoke"):
        assert roles_asked(SCENE.binding, decision) == frozenset(both)
        people().verify_statement(SCENE.statement(COMMANDER, decision), SCENE.binding, now_ms=NOW_MS)
        people().verify_statement(SCENE.statement(BERT, decision), SCENE.binding, now_ms=NOW_MS)
    people().verify_statement(SCENE.statement(COMMANDER, "break-glass"), SCENE.binding, now_ms=NOW_MS)


def test_an_absolute_rule_has_no_glass_to_break() -> None:
    absolute = make_scene((COMMANDER,))
    assert refused(absolute.statement(COMMANDER, "break-glass"), scene=absolute).code == "signoff/no-break-glass"


@pytest.mark.parametrize(("name", "why"), [("requester-1", "asked for it"), ("owner-1", "answers for the agent")])
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_whoever_asked_or_answers_for_the_agent_has_no_vote(name: str, why: str, decision: str) -> None:
    error = refused(SCENE.statement(replace(BERT, name=name), decision))
    assert error.code == "signoff/own-approval"
    assert why in str(error)


def test_a_policy_author_approves_nothing_under_any_assertion() -> None:
    both = replace(BERT, roles=(ROLE, "policy-author"))
    assert refused(SCENE.statement(both)).code == "signoff/policy-author"
    author = SCENE.assertion(replace(BERT, roles=("policy-author",), key_name="another key", serial=77))
    assert refused(SCENE.statement(BERT), within=people(author)).code == "signoff/policy-author"
    people(author, serials=(77,)).verify_statement(SCENE.statement(BERT), SCENE.binding, now_ms=NOW_MS)
    former = SCENE.assertion(replace(BERT, roles=("policy-author",), serial=78), not_after_ms=NOW_MS)
    people(former).verify_statement(SCENE.statement(BERT), SCENE.binding, now_ms=NOW_MS)
    of_another = SCENE.assertion(replace(CLEO, roles=("policy-author",), serial=79))
    people(of_another).verify_statement(SCENE.statement(BERT), SCENE.binding, now_ms=NOW_MS)


@pytest.mark.parametrize(
    "signed_at_ms",
    [
        SCENE.binding.not_before_ms - CLOCK_SKEW_MS - 1,
        SCENE.binding.not_after_ms + 1,
        NOW_MS + CLOCK_SKEW_MS + 1,
    ],
)
def test_a_statement_of_another_time_is_refused(signed_at_ms: int) -> None:
    assert refused(SCENE.statement(BERT, signed_at_ms=signed_at_ms)).code == "signoff/signed-at"


def test_a_statement_from_before_the_assertion_is_refused() -> None:
    young = SCENE.assertion(BERT, not_before_ms=NOW_MS)
    early = signed_by(BERT, young, signed_at_ms=NOW_MS - CLOCK_SKEW_MS - 1)
    assert refused(early).code == "signoff/signed-at"


@pytest.mark.parametrize("person", [ANNA, BERT, CLEO])
@pytest.mark.parametrize(
    "change", [{"decision": "deny"}, {"reason": "another"}, {"dwell_ms": 1}, {"blind": False}, {"own_machine": True}]
)
def test_a_changed_statement_is_refused(person: Person, change: dict[str, object]) -> None:
    signed = SCENE.statement(person)
    lying = replace(signed, statement=replace(signed.statement, **change))
    assert refused(lying).code == "signoff/bad-signature"


@pytest.mark.parametrize("how", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"flags": b"\1"}])
def test_a_passkey_used_elsewhere_or_without_its_person_is_refused(how: dict[str, object]) -> None:
    signed = sign_statement(SCENE.unsigned(ANNA), ANNA, SCENE.assertion(ANNA), **how)
    assert refused(signed).code == "signoff/bad-signature"


def test_one_person_with_two_keys_is_one_person() -> None:
    second = replace(BERT, key_name="second key of bert", serial=12)
    verified = [
        people().verify_statement(SCENE.statement(each), SCENE.binding, now_ms=NOW_MS) for each in (BERT, second)
    ]
    assert {each.person for each in verified} == {"bert"}
    assert len({each.key for each in verified}) == 2


@pytest.mark.parametrize("person", [ANNA, BERT, CLEO])
def test_what_holds_counts(person: Person) -> None:
    approver = people().verify_statement(SCENE.statement(person), SCENE.binding, now_ms=NOW_MS)
    assert approver == Approver(person.name, ROLE, person.key.public.id)


def test_people_are_read_only_from_what_the_directory_signed() -> None:
    strange = replace(SCENE, directory=key_of("another directory"))
    with pytest.raises(SignOffError):
        people(strange.assertion(BERT))
    with pytest.raises(SignOffError):
        people(scene=strange)


def test_who_may_sign_now_and_what_keeps_others_from_it() -> None:
    known = [
        SCENE.assertion(BERT),
        SCENE.assertion(ANNA),
        SCENE.assertion(replace(BERT, serial=5), not_after_ms=NOW_MS + HOUR_MS),
        SCENE.assertion(replace(CLEO, serial=6), not_after_ms=NOW_MS),
        SCENE.assertion(replace(CLEO, name="emil", roles=(ROLE, "policy-author"), key_name="emil", serial=7)),
        SCENE.assertion(Person("fay", serial=8)),
    ]
    within = people(*known, persons=("fay",), directory=replace(DIRECTORY, assurances=("hardware", "file")))
    standing = [(each.assertion.person, each.assertion.serial, each.why) for each in within.holders(now_ms=NOW_MS)]
    assert standing == [
        ("anna", 1, "signoff/assurance"),
        ("bert", 2, ""),
        ("bert", 5, ""),
        ("cleo", 6, "signoff/assertion-expired"),
        ("emil", 7, "signoff/policy-author"),
        ("fay", 8, "signoff/revoked"),
    ]
    assert within.roles(BERT.key.public.id, now_ms=NOW_MS) == {ROLE}
    assert within.roles(CLEO.key.public.id, now_ms=NOW_MS) == frozenset()
    assert within.roles("0" * 64, now_ms=NOW_MS) == frozenset()
    latest = within.assertion_of(BERT.key.public.id, now_ms=NOW_MS)
    assert latest is not None
    assert latest.assertion.serial == 5
    assert within.assertion_of(ANNA.key.public.id, now_ms=NOW_MS) is None
    row = within.holders(now_ms=NOW_MS)[1].row()
    assert row["person"] == "bert"
    assert row["why"] == ""


def test_without_a_list_nobody_is_shown_as_able_to_sign() -> None:
    within = People(DIRECTORY, assertions=[SCENE.assertion(BERT).canonical], revocations=None)
    assert [each.why for each in within.holders(now_ms=NOW_MS)] == ["signoff/revocations-stale"]
    assert within.directory is DIRECTORY
