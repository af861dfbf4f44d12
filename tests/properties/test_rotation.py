"""Whoever rotates account, key, app, mission, purpose, authority, model, dialect, session and wording is counted once.

`nox -s bench -- rotation` plays more of the same stories, with 200 accounts too.
"""

from pathlib import Path

import pytest

from brightline.domain.data_subjects import Found
from brightline.gateway import tallying
from brightline.use.identifiers import identify
from tests.rotations import play


@pytest.mark.parametrize("seed", range(16))
def test_the_count_does_not_change(tmp_path: Path, seed: int) -> None:
    told = play(tmp_path, seed, 25)
    assert told.people == told.operator == told.named


def test_a_reader_of_plain_words_alone_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallying, "find_in_text", lambda text, **how: Found(identify(text)))
    with pytest.raises(AssertionError, match="were named"):
        play(tmp_path, 0, 60)
