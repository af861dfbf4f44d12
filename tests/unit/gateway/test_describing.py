"""What a call's words are for: all of its pieces together, under the describer that the agreement names."""

from dataclasses import replace

import pytest

from brightline.domain.call import Call, Dialect, Operation, Piece, PieceKind
from brightline.domain.description import TextState
from brightline.gateway import describing as describing_module
from brightline.gateway.describing import Describing
from brightline.testing.rooms import Agreement
from brightline.use import DescriberError, describing

ASKED = "Watch her phone and tell me each night where she was and whom she met."
PLAIN = "Please write a function that sorts a list of dates and removes the doubles."


class Named(Agreement):
    describer = describing().digest


def call(*pieces: Piece) -> Call:
    empty = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "any", stream=False, body=b"{}")
    return replace(empty, pieces=pieces)


def said(text: str, kind: PieceKind = PieceKind.TEXT) -> Piece:
    return Piece(kind, text)


def test_an_agreement_that_names_no_describer_has_nothing_described() -> None:
    assert Describing().call(Agreement(), call(said(ASKED))) is None


def test_the_pieces_of_a_call_are_described_together() -> None:
    found = Describing().call(Named(), call(said(PLAIN), said(ASKED), said("")))
    assert found is not None
    assert found.leaf == "surveillance.person"
    alone = describing().describe(ASKED)
    assert found.attention == alone.attention
    assert all(found.scores[leaf] >= score for leaf, score in alone.scores.items())


@pytest.mark.parametrize("kind", [PieceKind.ARGUMENTS, PieceKind.RESULT])
def test_what_tools_were_given_and_gave_back_is_read(kind: PieceKind) -> None:
    found = Describing().call(Named(), call(said(PLAIN), said(ASKED, kind)))
    assert found is not None
    assert found.leaf == "surveillance.person"


def test_an_answer_is_read_behind_the_end_of_what_was_asked() -> None:
    one, asking = Describing(), call(said("x" * 900 + PLAIN), said("", PieceKind.OPAQUE))
    found = one.answer(asking, ASKED)
    assert found == describing().describe(f"{(chr(120) * 900 + PLAIN)[-400:]}\n{ASKED}")
    assert one.answer(call(), ASKED) == describing().describe(f"\n{ASKED}")


def test_definitions_of_tools_are_not() -> None:
    found = Describing().call(Named(), call(said(PLAIN), said(ASKED, PieceKind.BESIDE)))
    assert found is not None
    assert found.leaf == "work.office_software"


def test_an_image_makes_a_call_unknown_and_its_words_still_score() -> None:
    found = Describing().call(Named(), call(said(ASKED), said("", PieceKind.OPAQUE)))
    assert found is not None
    assert (found.state, found.leaf) == (TextState.UNKNOWN, "")
    assert found.attention > 0
    nothing = Describing().call(Named(), call())
    assert nothing is not None
    assert (nothing.state, nothing.scores) == (TextState.UNKNOWN, {})


def test_a_turn_that_is_sent_again_is_not_described_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Counted:
        digest = describing().digest

        def describe(self, text: str) -> object:
            asked.append(text)
            return describing().describe(text)

    monkeypatch.setattr(describing_module, "describing", Counted)
    monkeypatch.setattr(describing_module, "_REMEMBERED", 2)
    one = Describing()
    first, second = said(PLAIN), said(ASKED)
    for pieces in ((first,), (first, second), (first, second)):
        one.call(Named(), call(*pieces))
    assert asked == [PLAIN, ASKED]
    one.call(Named(), call(said("a third text that pushes the oldest out")))
    one.call(Named(), call(first))
    assert asked.count(PLAIN) == 2


def test_another_describer_than_the_one_agreed_describes_nothing() -> None:
    agreement = Named()
    agreement.describer = "0" * 64  # type: ignore[misc]
    for step in (lambda: Describing().call(agreement, call(said(ASKED))), lambda: Describing().admit(agreement)):
        with pytest.raises(DescriberError) as caught:
            step()
        assert (caught.value.code, caught.value.status) == ("use/other-describer", 503)
        assert describing().digest in caught.value.message
    Describing().admit(Agreement())
