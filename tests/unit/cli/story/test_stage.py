"""The chapter when the product does NOT do its job: the story stops and says so."""

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story.client import Reply
from brightline.cli.story.stage import refusal_words


def test_a_fact_that_is_not_so_stops_the_story(stage) -> None:
    with pytest.raises(StoryError) as caught:
        stage.expect(False, step="s", why="w")
    assert caught.value.code == "cli/story-broken"
    assert str(stage.gateway_log) in caught.value.hint
    stage.expect(True, step="s", why="w")


def test_another_status_is_no_refusal(stage) -> None:
    with pytest.raises(StoryError, match="500"):
        refusal_words(stage, Reply(500, {}, b""), step="s", code="policy/forbidden")
