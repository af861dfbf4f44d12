"""Scores are whole numbers, the same on every machine."""

import dataclasses

import numpy as np
import pytest

from brightline.use.errors import DescriberError
from brightline.use.topics import BUCKETS, COLUMNS, STRIDE, WINDOW, Topics, windows

# What `rank the 3 vehicles` falls into.
FROZEN = [
    8156,
    9175,
    10358,
    13012,
    13399,
    14752,
    19029,
    52126,
    54958,
    56271,
    63961,
    65626,
    75463,
    76160,
    78241,
    82358,
    92453,
    100151,
    103751,
    103764,
    107598,
    109799,
    123177,
    125596,
]


def _buckets(text: str) -> list[int]:
    (window,) = windows(text)
    return window.buckets.tolist()


def _score(topics: Topics, text: str) -> list[int]:
    (window,) = windows(text)
    return topics.score(window)


def _topics() -> Topics:
    chance = np.random.default_rng(7)
    weights = chance.integers(-127, 128, (BUCKETS, len(COLUMNS)), np.int8)
    return Topics(
        weights, chance.integers(1, 200, BUCKETS, np.uint8), [1_000_000] * len(COLUMNS), [*range(len(COLUMNS))]
    )


def test_buckets_are_frozen() -> None:
    """Weights mean nothing under another hash: these numbers never change."""
    assert _buckets("rank the 3 vehicles") == FROZEN
    assert _buckets("") == _buckets("!?") == []
    assert _buckets("a") == sorted(_buckets("a"))


def test_scores_are_frozen() -> None:
    assert _score(_topics(), "rank the three vehicles for the strike")[:4] == [3286, 559, -2067, -731]
    assert _score(_topics(), "")[:3] == [0, 1, 2]


def test_a_text_is_cut_into_windows_that_overlap() -> None:
    words = [f"word{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]}" for number in range(600)]
    found = windows(" ".join(words))
    assert [len(each.words) for each in found] == [WINDOW] * 5 + [600 - 5 * STRIDE]
    assert found[1].words == words[STRIDE : STRIDE + WINDOW]
    # A window is what its words are, wherever it stands.
    assert found[1].buckets.tolist() == windows(" ".join(words[STRIDE : STRIDE + WINDOW]))[0].buckets.tolist()
    assert [len(each.words) for each in windows("")] == [0]
    assert len(windows("x " * WINDOW)) == 1


def test_a_file_is_read_as_it_was_written() -> None:
    topics = _topics()
    again = Topics.decode(topics.encode())
    assert _score(again, "the same words") == _score(topics, "the same words")


@pytest.mark.parametrize("change", ["short", "header", "columns", "scale"])
def test_a_file_of_another_form_is_refused(change: str) -> None:
    topics = _topics()
    data = topics.encode()
    bad = {
        "short": data[:-1],
        "header": b"{" + data,
        "columns": data.replace(b"surveillance.bulk", b"surveillance.hulk", 1),
        "scale": dataclasses.replace(topics, scale=[1]).encode(),
    }[change]
    with pytest.raises(DescriberError) as caught:
        Topics.decode(bad)
    assert caught.value.code == "use/bad-describer"
