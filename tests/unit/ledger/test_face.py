"""The room's face: what it names loads on first use, and nothing else is there."""

import pytest

import brightline.ledger as ledger
from brightline.ledger import verify


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute"):
        _ = ledger.anything  # type: ignore[attr-defined]


def test_every_name_of_the_face_loads() -> None:
    for name in ledger._FACE:
        assert getattr(ledger, name) is not None
    assert ledger.verify_directory is verify.verify_directory  # type: ignore[attr-defined]
