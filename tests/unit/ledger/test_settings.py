"""Where shards lie."""

from dataclasses import replace
from pathlib import Path

import pytest

from brightline.ledger.errors import OpenRefusedError
from brightline.ledger.settings import LedgerSettings, Machine
from tests.unit.ledger.conftest import AGREEMENT


def test_an_odd_name_never_becomes_a_path() -> None:
    settings = LedgerSettings(operator="acme", agreement=replace(AGREEMENT, enclave="../x"), log_dir=Path("log"))
    with pytest.raises(OpenRefusedError):
        assert settings.shards_dir


def test_shards_lie_under_agreement_and_enclave() -> None:
    settings = LedgerSettings(operator="acme", agreement=AGREEMENT, log_dir=Path("log"))
    assert settings.shards_dir == Path("log/pilot/field")
    assert Machine().clock.wall_ms() > 0
