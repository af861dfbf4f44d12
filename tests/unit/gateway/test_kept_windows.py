"""A file of windows holds for the rules and the ledger that it was counted by; counting itself is in test_counting."""

from dataclasses import replace
from pathlib import Path

from brightline.gateway.kept_windows import KeptWindows
from brightline.storage import WindowFile
from tests.unit.gateway.counting_rig import ACTS, PEOPLE, Rig


def test_a_file_fits_its_own_rules_and_ledger_only(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.use("ann")
    rig.counting.close()
    windows = WindowFile.open(tmp_path)
    assert KeptWindows(windows, rig.store.meter_journal, (PEOPLE, ACTS)).start == 3 + (rig.log.shard.id << 40)
    for rules in ((PEOPLE,), (replace(PEOPLE, parts=7), ACTS), (PEOPLE, replace(ACTS, effects=frozenset({"write"})))):
        assert KeptWindows(windows, rig.store.meter_journal, rules).start is None
    with rig.store.database.transaction():
        rig.store.database.write("DELETE FROM leaves WHERE leaf >= X'010C'")
    assert KeptWindows(windows, rig.store.meter_journal, (PEOPLE, ACTS)).start is None
    windows.close()
