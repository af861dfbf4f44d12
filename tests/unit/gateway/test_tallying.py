"""What calls and acts add to meters: the same piece once, and more than the register says where the words say more."""

import json

import pytest

from brightline.domain.call import Call, Dialect, Operation, Piece, PieceKind
from brightline.domain.data_subjects import KindedPath, PersonRule
from brightline.domain.metering import Tally
from brightline.domain.use import ToolEffect
from brightline.gateway import tallying
from brightline.gateway.tallying import Tallying, canonical

ROWS = PersonRule(most=9, results=(KindedPath("$[*].email", "email"),), count_rows="$")
TOLD = PersonRule(most=9, count_argument="$.n")
ONCE = b"once"


def effect_of(tool: str) -> ToolEffect:
    rule = {"rows": ROWS, "told": TOLD}.get(tool)
    return ToolEffect(tool, "read", persons=rule)


def call(*pieces: Piece) -> Call:
    return Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "any", False, b"{}", pieces=pieces)


def tallies(*pieces: Piece, by: Tallying | None = None) -> list[Tally]:
    return (by or Tallying(bytes(32))).call(call(*pieces), effect_of)


def text(words: str) -> Piece:
    return Piece(PieceKind.TEXT, words)


def people(found: list[Tally]) -> int:
    return len(frozenset[int]().union(*(tally.data_subjects for tally in found)))


def rows(*emails: str) -> str:
    return json.dumps([{"email": email} for email in emails])


def test_text_names_people_once_however_often_it_is_sent() -> None:
    found = tallies(text("a@x.example"), text("A@X.example, hello"), text("nothing"))
    assert (len(found), people(found)) == (2, 1)


def test_what_nobody_reads_is_one_unreadable_piece() -> None:
    first, second = tallies(Piece(PieceKind.OPAQUE, "picture"), Piece(PieceKind.OPAQUE, "picture"))
    assert list(first.unreadable.values()) == [1]
    assert first == second
    blob, *_ = tallies(text("aGVsbG8" + "//79/f7+" * 40))
    assert list(blob.unreadable.values()) == [1]


def test_a_list_is_one_mention_of_many() -> None:
    (found,) = tallies(text("Anna Beck\nCarl Dorn\nEva Falk"))
    assert list(found.mentions.values()) == [3]


def test_a_result_tells_what_the_act_could_not() -> None:
    by = Tallying(bytes(32))
    act = by.act(effect_of("rows"), "c1", b'{"q": 1, "a": 2}', ONCE)
    assert (list(act.mentions.values()), act.effects) == ([9], {"read": 1})
    asked = Piece(PieceKind.ARGUMENTS, '{"a":2,"q":1}', "rows", "c1")
    (found,) = tallies(asked, Piece(PieceKind.RESULT, rows("a@x.example", ""), "rows", "c1"), by=by)
    assert found.settled == dict.fromkeys(act.mentions, 0)
    assert (len(found.data_subjects), list(found.mentions.values())) == (1, [1])


def test_a_count_in_the_arguments_is_not_settled_by_a_result() -> None:
    by = Tallying(bytes(32))
    act = by.act(effect_of("told"), "c1", b'{"n": 4}', ONCE)
    assert list(act.mentions.values()) == [4]
    found = tallies(
        Piece(PieceKind.ARGUMENTS, '{"n": 4}', "told", "c1"),
        Piece(PieceKind.RESULT, "a@x.example", "told", "c1"),
        by=by,
    )
    assert [tally.settled for tally in found] == [{}]


def test_words_that_name_more_than_the_register_count() -> None:
    by = Tallying(bytes(32))
    act = by.act(effect_of("told"), "c1", b'{"n": 1, "note": "a@x.example, b@x.example"}', ONCE)
    assert (len(act.data_subjects), act.mentions) == (2, {})
    assert list(by.act(effect_of("told"), "c2", b"no JSON", ONCE).mentions.values()) == [9]
    assert len(by.act(effect_of("other"), "c3", b'{"to": "a@x.example"}', ONCE).data_subjects) == 1


def test_a_result_of_an_unregistered_tool_is_read_as_words() -> None:
    (found,) = tallies(Piece(PieceKind.RESULT, rows("a@x.example"), "other", "c1"))
    assert len(found.data_subjects) == 1


def test_earlier_calls_name_people_in_their_arguments() -> None:
    (found,) = tallies(Piece(PieceKind.ARGUMENTS, '{"to": "a@x.example"}', "other", "c1"))
    assert (len(found.data_subjects), found.effects) == (1, {})


def test_the_words_of_an_answer_count() -> None:
    by = Tallying(bytes(32))
    assert by.answer("a@x.example") == by.answer("a@x.example")
    assert len(by.answer("a@x.example").data_subjects) == 1


def test_no_more_is_remembered_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallying, "_REMEMBERED", 2)
    by = Tallying(bytes(32))
    for _ in range(2):
        assert people(tallies(*(text(f"p{number}@x.example") for number in range(4)), by=by)) == 4


def test_arguments_have_one_form() -> None:
    assert canonical('{"b": 1, "a": 2}') == canonical(b'{"a":2,"b":1}')
    assert (canonical("no JSON"), canonical(b"no JSON")) == (b"no JSON", b"no JSON")


def test_the_same_call_made_again_touches_others() -> None:
    by = Tallying(bytes(32))
    first, again = (by.act(effect_of("told"), "c1", b'{"n": 4}', once) for once in (b"1", b"2"))
    assert first.mentions.keys().isdisjoint(again.mentions)
    # What its result settles is known by its id.
    first, again = (by.act(effect_of("rows"), "c1", b"{}", once) for once in (b"1", b"2"))
    assert first.mentions == again.mentions
