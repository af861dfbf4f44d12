import pytest

from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof.encode_values import (
    NOTHING,
    Address,
    Either,
    Fields,
    One,
    Refused,
    Unknown,
    Written,
    choose,
    default_of,
    empty,
    equal,
    finite,
    holds,
    holds_all,
    holds_any,
    packed_as,
    sort_of,
    unknown,
    usable,
)
from brightline.policy.proof.schema_model import BOOLEAN, LONG, STRING, Attribute, EntityOf, RecordOf, Scalar, SetOf
from brightline.policy.proof.terms import (
    BOOL,
    FALSE,
    INT,
    TRUE,
    Symbol,
    apply,
    entity,
    integer,
    pack,
    text,
)

POINT = RecordOf((("x", Attribute(LONG)), ("y", Attribute(LONG, required=False))))
NESTED = RecordOf((("p", Attribute(POINT, required=False)), ("s", Attribute(SetOf(LONG)))))
P = apply(Symbol("context", path=("p",)), BOOL)
ONE, TWO = One(LONG, integer(1)), One(LONG, integer(2))


def none(_kind: str) -> None:
    return None


def some(name: str, kind: object) -> object:
    return unknown(kind, Symbol("context", path=(name,)))


def test_sorts_of_elements() -> None:
    assert sort_of(EntityOf("T")) == ("Entity", "T")
    assert sort_of(Scalar("datetime")) == INT
    assert sort_of(Scalar("ipaddr")) == ("Tuple", BOOL, INT, INT)
    assert sort_of(POINT) == ("Tuple", INT, BOOL, INT)
    assert sort_of(RecordOf((("x", Attribute(LONG)),))) == INT
    for kind in (SetOf(LONG), NESTED):
        with pytest.raises(UnsupportedError):
            sort_of(kind)


def test_a_set_of_sets_is_refused_where_it_is_looked_at() -> None:
    for kind in (SetOf(SetOf(LONG)), SetOf(NESTED)):
        refused = some("n", kind)
        assert isinstance(refused, Refused)
        for look in (lambda one=refused: equal(one, ONE, none), lambda one=refused: choose(P, one, ONE)):
            with pytest.raises(UnsupportedError):
                look()
        with pytest.raises(UnsupportedError):
            packed_as(refused, LONG)
    usable(ONE, TWO)


def test_values_of_different_types_are_not_equal() -> None:
    assert equal(ONE, One(STRING, text("1")), none) == FALSE
    assert equal(ONE, Fields({}), none) == FALSE
    assert equal(ONE, One(LONG, integer(1)), none) == TRUE


def test_sets_of_different_types_have_nothing_in_common() -> None:
    longs, strings = some("l", SetOf(LONG)), some("s", SetOf(STRING))
    assert holds_any(longs, strings, none) == FALSE
    assert holds(longs, One(STRING, text("a")), none) == FALSE
    assert holds_all(strings, longs, none) == empty(longs, none)
    assert holds_all(ONE, longs, none).op == "subset"
    assert holds_all(longs, ONE, none) == FALSE
    assert holds(ONE, ONE, none) == FALSE


def test_either_set() -> None:
    either = Either(P, Written((ONE,)), Written((TWO,)))
    assert holds(either, ONE, none) == P
    assert holds_all(Written((ONE, TWO)), either, none) == TRUE
    assert holds_any(either, Written((ONE,)), none) == P
    longs = some("l", SetOf(LONG))
    assert holds_all(either, longs, none).op == "ite" or holds_all(either, longs, none).op in ("and", "or")
    assert isinstance(choose(P, longs, either), Either)


def test_choices() -> None:
    assert choose(TRUE, ONE, TWO) == ONE
    assert choose(FALSE, ONE, TWO) == TWO
    assert choose(P, NOTHING, TWO) == TWO
    assert choose(P, ONE, NOTHING) == ONE
    chosen = choose(P, Fields({"a": (TRUE, ONE)}), Fields({"b": (TRUE, TWO)}))
    assert isinstance(chosen, Fields)
    assert chosen.items["a"] == (P, ONE)
    address = some("i", Scalar("ipaddr"))
    assert isinstance(choose(P, address, address), Address)
    with pytest.raises(UnsupportedError):
        choose(P, ONE, Fields({}))


def test_finite_types() -> None:
    def two(_kind: str) -> tuple[str, ...]:
        return ("a", "b")

    assert finite(EntityOf("T"), none) is None
    assert finite(EntityOf("T"), two) == [One(EntityOf("T"), entity(("T", name))) for name in "ab"]
    assert len(finite(BOOLEAN, none) or ()) == 2
    assert finite(LONG, none) is None
    kinds = Unknown(EntityOf("T"), apply(Symbol("context"), ("Set", ("Entity", "T"))))
    others = Unknown(EntityOf("T"), apply(Symbol("context", path=("o",)), ("Set", ("Entity", "T"))))
    assert holds_any(kinds, others, two).op == "or"
    assert holds_any(kinds, others, none).op == "meets"


def test_records_as_elements() -> None:
    assert packed_as(Fields({"x": (TRUE, ONE)}), POINT) == pack((integer(1), FALSE, integer(0)))
    assert packed_as(Fields({"x": (TRUE, ONE), "y": (TRUE, TWO)}), POINT) == pack((integer(1), TRUE, integer(2)))
    maybe = packed_as(Fields({"x": (TRUE, ONE), "y": (P, TWO)}), POINT)
    assert maybe is not None
    assert maybe.args[1] == P
    for fields in ({}, {"x": (TRUE, ONE), "z": (TRUE, ONE)}, {"x": (FALSE, ONE)}, {"x": (TRUE, One(STRING, text("")))}):
        assert packed_as(Fields(fields), POINT) is None
    assert packed_as(Fields({"x": (TRUE, ONE), "z": (FALSE, ONE)}), POINT) is not None
    assert packed_as(Written(()), POINT) is None
    assert packed_as(some("i", Scalar("ipaddr")), LONG) is None
    for fields in ({"x": (P, ONE)}, {"x": (TRUE, ONE), "z": (P, ONE)}):
        with pytest.raises(UnsupportedError):
            packed_as(Fields(fields), POINT)


def test_a_record_that_may_be_absent_inside_another() -> None:
    outer = RecordOf((("p", Attribute(POINT, required=False)),))
    inner = Fields({"x": (TRUE, ONE)})
    found = packed_as(Fields({"p": (P, inner)}), outer)
    assert found is not None
    assert [part.sort for part in found.args] == [BOOL, sort_of(POINT)]


def test_defaults() -> None:
    assert default_of(EntityOf("T")) == entity(("T", ""))
    assert default_of(Scalar("ipaddr")) == pack((FALSE, integer(0), integer(0)))
    assert default_of(BOOLEAN) == FALSE
    assert default_of(STRING) == text("")
    assert default_of(POINT) == pack((integer(0), FALSE, integer(0)))
    with pytest.raises(UnsupportedError):
        default_of(SetOf(LONG))


def test_a_set_is_compared_without_what_cannot_be_in_it() -> None:
    longs = some("l", SetOf(LONG))
    mixed = holds_all(Written((ONE, One(STRING, text("a")))), longs, none)
    assert mixed.op == "subset"
    assert len(mixed.args[1].args) == 1
