"""Values are frozen, know what they mean, and do not show what they hold of a person."""

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from brightline.domain import agreement, call, credential, decision, event, leaf, principal, record, tiles, use
from brightline.domain.call import Call, Claimed, Dialect, Operation, ToolOffer
from brightline.domain.event import AnswerEvent, EventKind
from brightline.domain.record import Entry, Group, IdempotencyClaim, SealedRecord

MODULES = [agreement, call, credential, decision, event, leaf, principal, record, tiles, use]
VALUES = sorted(
    {value for module in MODULES for value in vars(module).values() if isinstance(value, type) and is_dataclass(value)},
    key=lambda value: value.__name__,
)


def test_there_are_values() -> None:
    assert len(VALUES) > 15


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_a_value_is_frozen(value: type) -> None:
    blank = value.__new__(value)
    with pytest.raises(FrozenInstanceError):
        setattr(blank, fields(value)[0].name, None)
    assert "__dict__" not in dir(blank)


def test_contents_are_not_shown() -> None:
    secret = b"what the person wrote"
    made = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "m", stream=False, body=secret, tools=(ToolOffer("t"),))
    for value in (
        made,
        AnswerEvent(EventKind.DATA, secret),
        SealedRecord(secret, bytes(32), bytes(32)),
        Entry(b"leaf", secret),
    ):
        assert "person wrote" not in repr(value)
    assert Entry(b"leaf", idempotency=IdempotencyClaim(bytes(32), bytes(32))).blob is None


def test_groups_keep_their_numbers() -> None:
    assert [(group.name, group.value) for group in Group] == [
        ("CONTENT", 1),
        ("WHO", 2),
        ("MISSION", 3),
        ("DECISION", 4),
        ("MODEL", 5),
        ("METER", 6),
    ]
    assert Claimed() == Claimed(None, None, None)
