"""Thresholds hold what they promise, and a poisoned set does not raise them once a person read it."""

import random
from statistics import mean

import pytest

from brightline.use.calibration import calibrated, confidence, covered, set_digest, to_review


def _scores(chance: random.Random, count: int) -> list[int]:
    return [int(chance.gauss(-1000, 600)) for _ in range(count)]


def test_alarms_are_at_the_agreed_rates_on_average() -> None:
    chance, holds, advises = random.Random(3), [], []
    later = _scores(chance, 20_000)
    for _ in range(200):
        bands = calibrated(_scores(chance, 300)).bands
        holds.append(mean(score > bands.hold for score in later))
        advises.append(mean(score > bands.advise for score in later))
    assert 0.007 < mean(holds) < 0.0115
    assert 0.04 < mean(advises) < 0.055


def test_the_confidence_is_the_share_of_sets_that_keep_the_rate() -> None:
    chance, kept = random.Random(4), []
    later = sorted(_scores(chance, 50_000))
    allowed = later[int(0.99 * len(later))]
    for _ in range(600):
        kept.append(calibrated(_scores(chance, 300)).bands.hold >= allowed)
    assert calibrated(_scores(chance, 300)).hold_confidence == pytest.approx(mean(kept), abs=0.06)
    assert confidence(1, 299, 0.01) == pytest.approx(0.95, abs=0.001)


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_what_was_slipped_in_is_read_and_raises_nothing(share: float) -> None:
    chance = random.Random(5)
    clean = _scores(chance, 400)
    slipped = [int(chance.gauss(2500, 400)) for _ in range(int(share * 400))]
    everything = clean + slipped
    read = {everything[at] for at in to_review(everything)}
    assert set(slipped) <= read
    assert covered(everything, len(slipped))
    honest, poisoned = calibrated(clean).bands, calibrated(everything).bands
    assert calibrated([score for score in everything if score not in slipped]).bands == honest
    # The control: nobody reads, and the poison has the threshold.
    assert poisoned.hold > honest.hold + 500


def test_more_dropped_than_read_covers_is_told() -> None:
    scores = _scores(random.Random(6), 400)
    assert covered(scores, 0)
    assert not covered(scores, 25)


def test_a_set_is_its_texts_in_any_order() -> None:
    assert set_digest(["a", "b"]) == set_digest(["b", "a"]) != set_digest(["a", "c"])
