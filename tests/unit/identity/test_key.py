from dataclasses import replace

import pytest

from brightline.identity.errors import KeyRefusedError
from brightline.identity.key import NewKey, Secret, fresh_key_id, fresh_secret, imported_secret


@pytest.mark.parametrize("text", ["", "with space" * 4, "tab\t" * 10, "é" * 40, "line\n" * 10, "x" * 257])
def test_refuses_a_secret_that_no_header_carries(text: str) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        imported_secret(text, weak=True)
    assert caught.value.code == "identity/bad-secret"


@pytest.mark.parametrize("text", ["short-0123456789-abcdefghijklmn", "abcabcabc" * 10, "0" * 64])
def test_refuses_a_weak_secret_unless_meant(text: str) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        imported_secret(text, weak=False)
    assert caught.value.code == "identity/weak-secret"
    assert text not in str(caught.value)
    assert imported_secret(text, weak=True).weak


def test_meaning_weak_does_not_make_a_strong_secret_weak() -> None:
    assert not imported_secret("q7Zp0rT4mX9sLk2Vb8Nc6Wd1Fg5Hj3Ya", weak=True).weak


@pytest.mark.parametrize("field", ["name", "organisation", "unit", "app"])
def test_refuses_a_grant_with_a_bad_name(grant: NewKey, field: str) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        replace(grant, **{field: "no good"}).principal("00000001")
    assert caught.value.code == "identity/bad-name"


@pytest.mark.parametrize("field", ["roles", "missions"])
def test_refuses_a_grant_with_a_bad_name_in_a_list(grant: NewKey, field: str) -> None:
    with pytest.raises(KeyRefusedError):
        replace(grant, default_mission=None, **{field: frozenset({"no good"})}).principal("00000001")


def test_refuses_a_default_mission_outside_the_missions(grant: NewKey) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        replace(grant, default_mission="other").principal("00000001")
    assert caught.value.code == "identity/default-mission-not-allowed"
    with pytest.raises(KeyRefusedError) as caught:
        replace(grant, default_mission="no\nname").principal("00000001")
    assert caught.value.code == "identity/bad-name"


@pytest.mark.parametrize("owner", ["no good", "ana;b", "-ana", "a" * 129])
def test_refuses_an_owner_who_could_not_stand_in_a_binding(grant: NewKey, owner: str) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        replace(grant, owner=owner).principal("00000001")
    assert caught.value.code == "identity/bad-person"


def test_an_owner_is_a_person_or_nobody(grant: NewKey) -> None:
    assert grant.principal("00000001").owner == ""
    assert replace(grant, owner="ana").principal("00000001").owner == "ana"


def test_a_grant_becomes_a_principal(grant: NewKey) -> None:
    principal = grant.principal("00000001")
    assert principal.key_id == "00000001"
    assert principal.missions == grant.missions
    assert replace(grant, default_mission=None).principal("00000001").default_mission is None


def test_a_fresh_secret_names_its_key_and_hides_from_reprs() -> None:
    secret = fresh_secret(fresh_key_id(lambda count: b"\x0a" * count), lambda count: bytes(range(count)))
    assert secret.text == "bl_0a0a0a0a_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert not secret.weak
    assert secret.text not in repr(secret)
    assert repr(Secret("x")) == "Secret()"
