"""The skeleton's files are sound for every name that its author may give."""

from brightline.cli.agreement_skeleton import Skeleton, skeleton_files
from brightline.policy.draft import examine
from tests.benchmarks.attack_scene import put


def test_the_files_have_neither_faults_nor_warnings(tmp_path) -> None:
    for name, text in skeleton_files(Skeleton("pact", "Operator", 'The "Vendor"', "2026-01-01", "2027-01-01")).items():
        put(tmp_path, name, text)
    found = examine(tmp_path)
    assert (found.faults, found.warnings) == ((), ())
    assert found.draft is not None
    assert found.draft.manifest.vendor == 'The "Vendor"'
