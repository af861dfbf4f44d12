"""A statement with one byte changed anywhere counts for nothing, in any way of signing; nor do parts of several."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.statement import SignedStatement
from brightline.domain.sign_off.trust import RelyingParty
from brightline.oversight.directory import Directory, entries_of
from brightline.oversight.people import People
from brightline.testing.sign_off import ANNA, BERT, CLEO, NOW_MS, ORIGIN, RP_ID, make_scene

SCENE = make_scene((ANNA, BERT, CLEO))
DIRECTORY = Directory(
    keys=entries_of([SCENE.directory.public]),
    assurances=("file", "hardware", "webauthn-uv"),
    webauthn=RelyingParty(RP_ID, (ORIGIN,)),
)
PEOPLE = People(DIRECTORY, assertions=[], revocations=SCENE.revocations.canonical)
SIGNED = {person.name: SCENE.statement(person) for person in (ANNA, BERT, CLEO)}
PARTS = ("statement", "signature", "assertion")


def counts(data: bytes) -> bool:
    try:
        PEOPLE.verify_statement(SignedStatement.parse(data), SCENE.binding, now_ms=NOW_MS)
    except SignOffError:
        return False
    return True


@pytest.mark.parametrize("name", SIGNED)
@given(place=st.integers(0), value=st.integers(1, 255))
def test_a_changed_byte_is_refused(name: str, place: int, value: int) -> None:
    data = bytearray(SIGNED[name].canonical)
    data[place % len(data)] ^= value
    assert not counts(bytes(data))


@given(names=st.tuples(*[st.sampled_from(sorted(SIGNED))] * 3))
def test_parts_of_several_statements_count_only_where_they_belong_together(names: tuple[str, str, str]) -> None:
    parts = {part: getattr(SIGNED[name], part) for part, name in zip(PARTS, names, strict=True)}
    assert counts(replace(SIGNED["anna"], **parts).canonical) == (len(set(names)) == 1)
