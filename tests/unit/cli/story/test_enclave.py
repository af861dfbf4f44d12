"""The chapter when the product does NOT do its job: the story stops and says so."""

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import enclave


@pytest.mark.parametrize("code", ["", "policy/unknown-model"])
def test_what_must_be_refused_and_is_not(stage, ok, refused, code) -> None:
    stage.client.chat = lambda model, text, **more: refused(code) if code else ok
    with pytest.raises(StoryError):
        enclave.CHAPTER.tell(stage)


def test_a_refusal(stage, refused) -> None:
    stage.client.chat = lambda model, text, **more: refused("policy/deployment-not-authorised")
    assert enclave.CHAPTER.tell(stage) == "REFUSED  why not"
