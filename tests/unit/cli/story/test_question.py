"""The chapter when the product does NOT do its job: the story stops and says so."""

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import question
from brightline.cli.story.client import Reply


def cut():
    yield "a"
    raise ValueError("cut")


def hear(stage, reply, pieces) -> str:
    stage.client.stream = lambda model, text: (reply, iter(pieces))
    return question.CHAPTER.tell(stage)


def test_a_refusal(stage, refused) -> None:
    with pytest.raises(StoryError, match="403 policy/forbidden"):
        hear(stage, refused("policy/forbidden"), [])


def test_silence(stage, ok) -> None:
    with pytest.raises(StoryError, match="said nothing"):
        hear(stage, ok, [])


def test_an_answer_that_breaks_off(stage, ok) -> None:
    with pytest.raises(StoryError, match="cut"):
        hear(stage, ok, cut())


def test_an_answer_without_receipt(stage) -> None:
    with pytest.raises(StoryError, match="no receipt"):
        hear(stage, Reply(200, {}, b""), ["a"])


def test_a_question_with_an_answer(stage, said, ok) -> None:
    assert hear(stage, ok, ["a\nb", "c"]).startswith("PERMITTED")
    assert "a bc" in "".join(said)
