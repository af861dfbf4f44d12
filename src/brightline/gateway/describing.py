"""Describes the words of a call and of its answer, where the agreement names a describer; facts are described in `use`.

A conversation sends its earlier turns again with every turn: what a piece was described as is remembered under the
digest of its text, and the text is not.
INVARIANT: no describer but the one that the agreement names describes.
"""

from collections import OrderedDict
from hashlib import blake2b

from brightline.domain.call import Call, PieceKind
from brightline.domain.description import TextDescription
from brightline.policy import AgreementPort
from brightline.use import NOTHING, DescriberError, describing, together

_REMEMBERED = 4096
_DIGEST_BYTES = 16
# A turn of fewer characters says little by itself.
_SHORT = 40
# Characters of what was asked that an answer is read with.
_ASKED = 400
_OPAQUE, _BESIDE = PieceKind.OPAQUE, PieceKind.BESIDE


class Describing:
    """The describer at work, with what it described last."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, TextDescription] = OrderedDict()

    def admit(self, agreement: AgreementPort) -> None:
        """Raises `DescriberError` (`use/other-describer`) for an agreement that names another describer."""
        if agreement.describer and agreement.describer != describing().digest:
            raise DescriberError("use/other-describer", wanted=agreement.describer, found=describing().digest)

    def call(self, agreement: AgreementPort, call: Call) -> TextDescription | None:
        """What the words of `call` are for, all of its pieces together; none where `agreement` names no describer.

        Definitions of tools are not read: the register says what tools do. An image, a sound or a document is unknown.
        Raises `DescriberError`.
        """
        if not agreement.describer:
            return None
        self.admit(agreement)
        return self.words(call)

    def words(self, call: Call) -> TextDescription:
        """What the words of `call` are for, whatever agreement it was made under; raises `DescriberError`."""
        return together([NOTHING if text is None else self._text(text) for text in texts_of(call)])

    def answer(self, call: Call, words: str) -> TextDescription:
        """What the words of an answer are for, read behind the end of what was asked: an answer alone may say little.

        Raises `DescriberError`.
        """
        return self._text(asked_and_answered(call, words))

    def _text(self, text: str) -> TextDescription:
        key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
        known = self._known
        found = known.get(key)
        if found is not None:
            known.move_to_end(key)
            return found
        found = known[key] = describing().describe(text)
        if len(known) > _REMEMBERED:
            known.popitem(last=False)
        return found


def asked_and_answered(call: Call, words: str) -> str:
    """The text that an answer of `words` is described as: behind the end of what `call` asked."""
    asked = next((text for text in reversed(texts_of(call)) if text is not None), "")
    return f"{asked[-_ASKED:]}\n{words}"


def texts_of(call: Call) -> list[str | None]:
    """The texts to describe: a short piece goes with the one before it, and what nobody reads is none."""
    texts: list[str | None] = []
    for piece in call.pieces:
        if piece.kind is _OPAQUE:
            texts.append(None)
        elif piece.kind is not _BESIDE and piece.text:
            last = texts[-1] if texts else None
            if last is not None and len(piece.text) < _SHORT:
                texts[-1] = f"{last}\n{piece.text}"
            else:
                texts.append(piece.text)
    return texts
