"""The chapter when the product does NOT do its job: the story stops and says so."""

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import law


@pytest.mark.parametrize("code", ["", "policy/not-permitted"])
def test_what_must_be_refused_and_is_not(stage, ok, refused, code) -> None:
    stage.client.chat = lambda model, text, **more: refused(code) if code else ok
    with pytest.raises(StoryError):
        law.CHAPTER.tell(stage)


def test_a_refusal_names_layer_and_rule(stage, refused) -> None:
    reason = {"policy": "rule-1", "layer": "law", "text": "it watches people"}
    stage.client.chat = lambda model, text, **more: refused("policy/forbidden", [reason])
    assert law.CHAPTER.tell(stage) == "REFUSED  by the law layer, rule `rule-1`: it watches people"
