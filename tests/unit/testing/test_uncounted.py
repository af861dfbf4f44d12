from pathlib import Path

from brightline.policy import load_agreement
from brightline.policy.draft import read_draft
from brightline.sample import ENCLAVE
from brightline.testing.parties import write_files
from brightline.testing.uncounted import uncounted_sample


def test_the_sample_without_meters_is_whole(tmp_path: Path) -> None:
    place = write_files(tmp_path / "agreement", uncounted_sample())
    draft, faults = read_draft(place)
    assert draft is not None, faults
    assert draft.manifest.meters == ()
    assert load_agreement(place, ENCLAVE).meter_limits == ()
