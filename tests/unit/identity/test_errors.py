from brightline.domain.messages.identity import MESSAGES
from brightline.identity.errors import (
    CredentialError,
    IdentityError,
    KeyRefusedError,
    MissionError,
    TooManyFailuresError,
)


def test_all_errors_of_the_room_have_one_root() -> None:
    for kind in (CredentialError, KeyRefusedError, MissionError, TooManyFailuresError):
        assert issubclass(kind, IdentityError)


def test_every_message_has_words_for_a_person() -> None:
    assert MESSAGES
    for code, message in MESSAGES.items():
        assert code.startswith("identity/")
        assert message.text[0].islower() or message.text[0] == "`"
        assert not message.text.endswith(".")
        assert message.hint
