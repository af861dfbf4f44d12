from brightline.policy.proof.encode_values import NOTHING, One
from brightline.policy.proof.outcome import ERROR, Outcome, bounded, of_type, yields
from brightline.policy.proof.schema_model import BOOLEAN, LONG
from brightline.policy.proof.terms import FALSE, TRUE, integer


def test_a_bool_without_an_error() -> None:
    assert yields(TRUE) == Outcome(TRUE, One(BOOLEAN, TRUE))
    assert yields(TRUE).term == TRUE


def test_what_always_errors_has_no_value() -> None:
    assert ERROR.value == NOTHING
    assert ERROR.term == FALSE


def test_numbers_beyond_64_bits_are_errors() -> None:
    fines = [bounded(integer(number), LONG).fine for number in (-(2**63) - 1, -(2**63), 2**63 - 1, 2**63)]
    assert fines == [FALSE, TRUE, TRUE, FALSE]


def test_types() -> None:
    assert of_type(One(LONG, integer(1)), LONG)
    assert not of_type(One(LONG, integer(1)), BOOLEAN)
    assert not of_type(NOTHING, LONG)
