"""The labelled uses that lie beside the project: which of them a test may train on, and which it measures on."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from brightline.use.training_data import LabelledText, read_uses

XSTEST = "xstest"
_LEAST_RESTRICTED, _LEAST_BENIGN = 40, 60


def labelled_uses(shared: Path) -> list[LabelledText]:
    """Every labelled English text of `../shared/data/uses`."""
    found = [each for path in sorted((shared / "data" / "uses").glob("*.jsonl")) for each in read_uses(path)]
    return [each for each in found if each.language == "en"]


def sources(uses: Sequence[LabelledText], *, attended: bool) -> list[str]:
    """The sources with texts of one side enough to measure on; XSTest is measured by itself."""
    counts = Counter(each.example.source for each in uses if each.example.attended is attended)
    least = _LEAST_RESTRICTED if attended else _LEAST_BENIGN
    return sorted(name for name, count in counts.items() if count >= least and name != XSTEST)
