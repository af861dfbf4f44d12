"""The chapter when the product does NOT do its job: the story stops and says so."""

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import published
from brightline.ledger.verify import FileFaultError


def test_a_log_that_is_never_published_stops_the_story(stage, monkeypatch, verified) -> None:
    monkeypatch.setattr(published, "perform", lambda *words: {"size": 3})
    outcomes = iter([FileFaultError("x", "is missing")] + [verified(2)] * 100)

    def verify(reader, vkey):
        found = next(outcomes)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(published, "verify_directory", verify)
    naps: list[float] = []
    with pytest.raises(StoryError) as caught:
        published.verified_log(stage, step="s", sleep=naps.append)
    assert "2 of 3" in caught.value.message
    assert naps
    monkeypatch.setattr(published, "verify_directory", lambda reader, vkey: verified(3))
    assert published.verified_log(stage, step="s").size == 3
