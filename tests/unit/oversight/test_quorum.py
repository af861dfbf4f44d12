"""What people said, counted: by rule, by role, by person, by path."""

import pytest

from brightline.domain.sign_off.binding import BoundRule, Demand
from brightline.domain.sign_off.statement import ALLOW, BREAK_GLASS, DENY, REVOKE, SignedStatement
from brightline.oversight.quorum import Tally, tally
from brightline.testing.sign_off import ROLE, Person, Scene, make_binding

NAMES = ("ana", "ben", "cleo")
ANA, BEN, CLEO = (Person(name, serial=serial) for serial, name in enumerate(NAMES, start=1))
GLASS = Demand("watch-commander", 1)


def rule(name: str, role: str = ROLE, quorum: int = 2, glass: Demand | None = None) -> BoundRule:
    return BoundRule(name, "", "", "", role, quorum, glass)


def counted(rules: tuple[BoundRule, ...], *said: tuple[Person, str, str], **changes: object) -> Tally:
    scene = Scene(make_binding(rules=rules, **changes))
    statements = [scene.statement(person, decision, role=role) for person, decision, role in said]
    return tally(scene.binding, statements)


def test_nobody_lifts_nothing() -> None:
    found = counted((rule("r"),))
    assert (found.path, found.counted, found.sign_offs) == ("", (), {})


def test_one_person_is_one_whatever_he_signs_and_with_whichever_key() -> None:
    again = Person("ana", key_name="ana's other key", serial=9)
    assert counted((rule("r"),), (ANA, ALLOW, ROLE), (again, ALLOW, ROLE)).path == ""


def test_one_key_is_one_whoever_signs_with_it() -> None:
    shared = Person("ben", key_name="ana", serial=9)
    assert counted((rule("r"),), (ANA, ALLOW, ROLE), (shared, ALLOW, ROLE)).path == ""


def test_a_quorum_in_its_role_lifts() -> None:
    found = counted((rule("r"),), (ANA, ALLOW, ROLE), (BEN, ALLOW, ROLE))
    assert (found.path, found.sign_offs, len(found.counted)) == ("quorum", {ROLE: 2}, 2)
    assert counted((rule("r"),), (ANA, ALLOW, ROLE), (BEN, ALLOW, "duty-officer")).path == ""


def test_every_rule_is_to_be_lifted() -> None:
    rules = (rule("a", quorum=1), rule("b", "duty-officer", 1))
    assert counted(rules, (ANA, ALLOW, ROLE)).path == ""
    assert counted(rules, (ANA, ALLOW, ROLE), (BEN, ALLOW, "duty-officer")).path == "quorum"


@pytest.mark.parametrize("decision", [DENY, REVOKE])
def test_one_veto_and_one_revocation_lift_nothing(decision: str) -> None:
    found = counted((rule("r"),), (ANA, ALLOW, ROLE), (BEN, ALLOW, ROLE), (CLEO, decision, ROLE))
    assert (found.path, found.counted) == ("", ())
    assert (found.denied, found.revoked) == (decision == DENY, decision == REVOKE)


def test_broken_glass_lifts_what_has_such_a_path_and_nothing_else() -> None:
    broken = (ANA, BREAK_GLASS, "watch-commander")
    found = counted((rule("r", glass=GLASS),), broken)
    assert (found.path, found.break_glass, len(found.counted)) == ("break-glass", {"watch-commander": 1}, 1)
    assert counted((rule("absolute"),), broken).path == ""
    assert counted((rule("a", glass=GLASS), rule("b")), broken).path == ""
    mixed = counted((rule("a", glass=GLASS), rule("b", quorum=1)), broken, (BEN, ALLOW, ROLE))
    assert (mixed.path, len(mixed.counted)) == ("break-glass", 2)
    assert counted((rule("r", glass=Demand("watch-commander", 2)),), broken).path == ""


def test_where_the_quorum_is_there_broken_glass_does_not_go_along() -> None:
    found = counted(
        (rule("r", glass=GLASS),), (CLEO, BREAK_GLASS, "watch-commander"), (ANA, ALLOW, ROLE), (BEN, ALLOW, ROLE)
    )
    assert (found.path, [one.statement.person for one in found.counted]) == ("quorum", ["ana", "ben"])


@pytest.mark.parametrize(("decision", "path"), [(ALLOW, "quorum"), (BREAK_GLASS, "break-glass")])
def test_an_own_machine_is_asked_of_one_on_either_path(decision: str, path: str) -> None:
    scene = Scene(make_binding(rules=(rule("r", quorum=1, glass=Demand(ROLE, 1)),), own_machine=True))

    def said(*, own: bool) -> list[SignedStatement]:
        return [scene.statement(ANA, decision, own_machine=own)]

    assert tally(scene.binding, said(own=False)).path == ""
    assert tally(scene.binding, said(own=True)).path == path
