"""What the real adapters must be able to do; mypy compares the signatures, this the presence."""

import pytest

from brightline.gateway.admin_ports import AdminLedger, BackupWriter, SeedFile
from brightline.gateway.backups import DirectoryBackups
from brightline.gateway.log_seed import LogSeed
from brightline.ledger.service import Ledger


@pytest.mark.parametrize(
    ("port", "adapter"), [(AdminLedger, Ledger), (BackupWriter, DirectoryBackups), (SeedFile, LogSeed)]
)
def test_an_adapter_has_every_method_of_its_port(port: type, adapter: type) -> None:
    names = [name for name in vars(port) if not name.startswith("_") or name == "__call__"]
    assert names
    assert [name for name in names if not hasattr(adapter, name)] == []
