"""The chapter when the product does NOT do its job: the story stops and says so."""

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import verification


def test_a_log_without_the_story_in_it(stage, monkeypatch, verified) -> None:
    monkeypatch.setattr(verification, "verified_log", lambda stage, step: verified(3, intent=1, outcome=1))
    with pytest.raises(StoryError) as caught:
        verification.CHAPTER.tell(stage)
    assert "no refusal entry" in caught.value.message
    monkeypatch.setattr(verification, "verified_log", lambda stage, step: verified(3, intent=1, outcome=1, refusal=1))
    assert "1 refusal" in verification.CHAPTER.tell(stage)
