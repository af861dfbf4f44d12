import pytest

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.encode import Chart
from brightline.policy.proof.encode_entities import Entities, constant
from brightline.policy.proof.encode_values import Address, Fields, One, Written
from brightline.policy.proof.schema_model import BOOLEAN, LONG, STRING, Attribute, EntityOf, RecordOf, Scalar, SetOf
from brightline.policy.proof.terms import TRUE, entity
from tests.unit.policy.proof.encoded import ENTITIES, MODEL, REQUESTS, by_engine, by_terms, extn, policy, problem, uid

LISTED = Chart(ENTITIES)
TEXTS = [
    'principal in Team::"t2"',
    "principal in principal.boss",
    'User::"ann" in Team::"t1"',
    "principal in context.teams",
    "principal has boss",
    'principal.name == "ann"',
    "principal.point == {x: 1}",
    'principal.ip == ip("10.0.0.1")',
    "principal.roles.contains(context.s)",
    'context.kind == Kind::"red"',
    "resource.owner.age > 3",
    'User::"nobody" has name',
    'User::"nobody".age == 3',
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_listed_chart_agrees_with_the_evaluator(text: str) -> None:
    written, about = policy(text), problem(LISTED)
    for asked in REQUESTS[:3]:
        assert by_terms(written, asked, about) == by_engine(written, asked)


def test_tags_of_a_listed_chart_are_refused() -> None:
    with pytest.raises(UnsupportedError):
        problem(LISTED).satisfied(policy('principal.hasTag("level")'))


def test_every_entity_of_an_open_chart_exists() -> None:
    ann = One(EntityOf("User"), entity(("User", "ann")))
    assert Entities(MODEL, Chart.OPEN).exists(ann) == TRUE
    assert Entities(MODEL, Chart.PARTIAL).exists(ann).op == "app"
    assert Entities(MODEL, LISTED).exists(ann) == TRUE


def test_domains() -> None:
    for chart in (Chart.OPEN, LISTED):
        assert Entities(MODEL, chart).domain("Kind") == ("red", "green", "blue")
    assert Entities(MODEL, Chart.OPEN).domain("User") is None
    assert Entities(MODEL, LISTED).domain("User") == ("ann", "bob")
    assert Entities(MODEL, LISTED).domain("Box") == ()


def test_a_circle_of_parents_ends() -> None:
    around = [
        {"uid": {"type": "Team", "id": one}, "attrs": {}, "parents": [{"type": "Team", "id": other}]}
        for one, other in ("ab", "ba")
    ]
    listed = Chart(around).listed
    assert listed is not None
    assert listed["Team", "a"].ancestors == {("Team", "b")}


def test_constants() -> None:
    record = RecordOf((("x", Attribute(LONG)),))
    assert isinstance(constant({"x": 1}, record), Fields)
    assert isinstance(constant([1], SetOf(LONG)), Written)
    assert isinstance(constant(extn("ip", "::1"), Scalar("ipaddr")), Address)
    assert constant("1.5", Scalar("decimal")) == constant(extn("decimal", "1.5"), Scalar("decimal"))
    assert constant({"type": "User", "id": "a"}, EntityOf("User")) == constant(uid("User", "a"), EntityOf("User"))


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        (uid("Team", "a"), EntityOf("User")),
        (1, BOOLEAN),
        (True, LONG),
        (1, STRING),
        ({"y": 1}, RecordOf((("x", Attribute(LONG)),))),
        (1, SetOf(LONG)),
        (1, RecordOf()),
    ],
)
def test_values_of_other_types_are_refused(node: object, kind: object) -> None:
    with pytest.raises(UnsupportedError):
        constant(node, kind)


def test_only_a_set_of_entities_can_hold_an_ancestor() -> None:
    found = Entities(MODEL, Chart.OPEN)
    ann = One(EntityOf("User"), entity(("User", "ann")))
    assert found.within_any(ann, Fields({})) is None
