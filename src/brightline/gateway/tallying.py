"""From a call, or from one act of a tool, to what it adds to meters: keyed hashes, and nothing of the content.

A piece that is sent again, as every turn of a conversation sends the turns before, is the same occurrence and adds
nothing; what was found in it is remembered under its keyed hash.
"""

from collections import OrderedDict
from collections.abc import Callable

import orjson

from brightline.domain.call import Call, Piece, PieceKind
from brightline.domain.data_subjects import Found, PersonRule
from brightline.domain.metering import Tally
from brightline.domain.use import ToolEffect
from brightline.metering import data_subject_hash, occurrence_hash
from brightline.use import NOBODY, Gazetteer, count_rows, find_in_arguments, find_in_result, find_in_text

EffectOf = Callable[[str], ToolEffect]
_REMEMBERED = 4096
_ACT = b"act"
_ARGUMENTS, _RESULT, _OPAQUE = PieceKind.ARGUMENTS, PieceKind.RESULT, PieceKind.OPAQUE


class Tallying:
    """Makes tallies; `key` (32 secret bytes) hides people, and who is `listed` is found by his name."""

    def __init__(self, key: bytes, listed: Gazetteer = NOBODY) -> None:
        self._key = key
        self._listed = listed
        self._known: OrderedDict[int, Tally] = OrderedDict()

    def call(self, call: Call, effect_of: EffectOf) -> list[Tally]:
        """What the content of `call` adds; raises `CountError`."""
        given: dict[str, bytes] = {}
        tallies = []
        for piece in call.pieces:
            if piece.kind is _ARGUMENTS:
                given[piece.call_id] = canonical(piece.text)
            tally = self._piece(piece, given.get(piece.call_id, b""), effect_of)
            if not tally.empty:
                tallies.append(tally)
        return tallies

    def act(self, effect: ToolEffect, call_id: str, arguments: bytes, once: bytes) -> Tally:
        """What one call of a tool adds that is about to run; raises `CountError`.

        `once` is no other's: whoever makes the same call again, under the same id, touches others for all we know.
        LIMIT: a call that its result settles is known by its id, so two of one id count once until one has its result.
        """
        occurrence = self._act(effect.name, call_id, canonical(arguments))
        if not _settles(effect.persons):
            occurrence = occurrence_hash(self._key, _ACT, occurrence.to_bytes(8, "big"), once)
        found = self._found_in_act(effect.persons, arguments.decode())
        return self._tally(occurrence, found, effects={effect.effect: 1})

    def answer(self, text: str) -> Tally:
        """What the words of an answer add."""
        occurrence = occurrence_hash(self._key, b"answer", text.encode())
        return self._remembered(occurrence, lambda: self._tally(occurrence, self._find(text)))

    def streamed(self, use_id: bytes, text: str, late: str) -> Tally:
        """What the words of a streamed answer add so far: those in all of `text`, identifiers in its `late` part."""
        found = self._find(late)
        rows = count_rows(text)
        occurrence = occurrence_hash(self._key, b"streamed", use_id)
        return self._tally(occurrence, Found(found.identified, rows, found.unreadable))

    def _piece(self, piece: Piece, arguments: bytes, effect_of: EffectOf) -> Tally:
        kind = piece.kind
        if kind is _ARGUMENTS:
            # It was counted when it was let go; what its result told of it since stands beside the result.
            occurrence = self._act(piece.tool, piece.call_id, arguments)
            return self._remembered(
                occurrence,
                lambda: self._tally(
                    occurrence, Found(self._found_in_act(effect_of(piece.tool).persons, piece.text).identified)
                ),
            )
        said = (kind.value.encode(), piece.tool.encode(), piece.call_id.encode(), arguments, piece.text.encode())
        occurrence = occurrence_hash(self._key, *said)
        if kind is _OPAQUE:
            return Tally(unreadable={occurrence: 1})
        if kind is _RESULT:
            act = self._act(piece.tool, piece.call_id, arguments)
            return self._remembered(
                occurrence, lambda: self._result(occurrence, act, effect_of(piece.tool), piece.text)
            )
        defines = kind is PieceKind.BESIDE
        return self._remembered(occurrence, lambda: self._tally(occurrence, self._find(piece.text, defines=defines)))

    def _result(self, occurrence: int, act: int, effect: ToolEffect, text: str) -> Tally:
        words, rule = self._find(text), effect.persons
        if rule is None:
            return self._tally(occurrence, words)
        found = find_in_result(rule, text)
        identified = found.identified | words.identified
        more = max(0, found.unnamed - len(words.identified - found.identified))
        whole = Found(identified, more, words.unreadable)
        return self._tally(occurrence, whole, settled={act: 0} if _settles(rule) else None)

    def _tally(
        self,
        occurrence: int,
        found: Found,
        *,
        effects: dict[str, int] | None = None,
        settled: dict[int, int] | None = None,
    ) -> Tally:
        key = self._key
        return Tally(
            data_subjects=frozenset([data_subject_hash(key, *each) for each in found.identified]),
            mentions={occurrence: found.unnamed} if found.unnamed else {},
            settled=settled or {},
            unreadable={occurrence: found.unreadable} if found.unreadable else {},
            effects=effects or {},
        )

    def _find(self, text: str, *, defines: bool = False) -> Found:
        return find_in_text(text, defines=defines, listed=self._listed)

    def _found_in_act(self, rule: PersonRule | None, arguments: str) -> Found:
        """Whom a call of a tool touches: by its register, and by what its arguments hold besides."""
        words = self._find(arguments)
        if rule is None:
            return words
        try:
            found = find_in_arguments(rule, orjson.loads(arguments))
        except orjson.JSONDecodeError:
            found = find_in_arguments(rule, None)
        more = max(0, found.unnamed - len(words.identified - found.identified))
        return Found(found.identified | words.identified, more, words.unreadable)

    def _act(self, tool: str, call_id: str, arguments: bytes) -> int:
        return occurrence_hash(self._key, _ACT, tool.encode(), call_id.encode(), arguments)

    def _remembered(self, occurrence: int, make: Callable[[], Tally]) -> Tally:
        known = self._known
        tally = known.get(occurrence)
        if tally is not None:
            known.move_to_end(occurrence)
            return tally
        tally = known[occurrence] = make()
        if len(known) > _REMEMBERED:
            known.popitem(last=False)
        return tally


def _settles(rule: PersonRule | None) -> bool:
    """Whether only the result of a call tells whom it touched."""
    return rule is not None and not rule.arguments and not rule.count_argument


def canonical(arguments: str | bytes) -> bytes:
    """Arguments in one form, however they were written; what is no JSON stays as it is."""
    try:
        return orjson.dumps(orjson.loads(arguments), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        return arguments.encode() if isinstance(arguments, str) else arguments
