import pytest

from brightline.cli.errors import CliError, PlaceError, ProofError, StoryError, TalkError
from brightline.domain.messages.cli import MESSAGES


@pytest.mark.parametrize("kind", [PlaceError, ProofError, StoryError, TalkError])
def test_all_errors_of_the_room_have_one_root(kind) -> None:
    assert issubclass(kind, CliError)


def test_every_message_has_words_and_a_next_step() -> None:
    assert MESSAGES
    for code, message in MESSAGES.items():
        assert code.startswith("cli/")
        assert not message.text.endswith(".")
        assert message.hint
