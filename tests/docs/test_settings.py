"""Every setting that an operator may write stands in the operations page with its table."""

from pathlib import Path

import msgspec
import pytest

from brightline.gateway.settings import (
    DeploymentSettings,
    Enclave,
    LedgerSettings,
    LimitSettings,
    Listen,
    SecretSettings,
)

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    line for line in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")
]
TABLES = {
    "[gateway]": Listen,
    "[enclave]": Enclave,
    "[ledger]": LedgerSettings,
    "[limits]": LimitSettings,
    "[[deployment]]": DeploymentSettings,
}
FIELDS = [(table, field.name) for table, of in TABLES.items() for field in msgspec.structs.fields(of)]


@pytest.mark.parametrize(("table", "field"), FIELDS)
def test_a_setting_is_documented(table: str, field: str) -> None:
    assert any(f"`{table}`" in row and f"`{field}`" in row for row in ROWS)


def test_sources_of_a_secret_are_documented() -> None:
    row = next(row for row in ROWS if "`secret`" in row)
    for field in msgspec.structs.fields(SecretSettings):
        assert f"`{field.name}`" in row
