"""Describes the words of a recorded use again: the same describer must find what the record says, bit by bit.

INVARIANT: that a record was opened is an entry of the ledger, durable before anything of it is told.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from brightline.crypto.seal import WrappingKey, unseal
from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.description import TextDescription
from brightline.domain.leaf import NO_REFERENCE, Kind, Leaf, decode
from brightline.domain.record import Group
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import command_of, user_name, who_of
from brightline.gateway.admin_uses import Opening, Records
from brightline.gateway.describing import Describing, asked_and_answered, texts_of
from brightline.gateway.errors import AdminError
from brightline.gateway.records import label_for, said_of
from brightline.use import DescriberError, describing
from brightline.wire import codec, words_in

_DESCRIBED = (Kind.INTENT, Kind.REFUSAL, Kind.OUTCOME)
_WORDS = 12

Object = Mapping[str, object]


class EntryOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of `uses.describe`: the index of an intent, a refusal or an outcome."""

    index: int


class _Opened(NamedTuple):
    leaf: Leaf
    recorded: Mapping[str, object]
    call: Call
    answer: bytes | None


class AdminDescribed:
    """The command; `commands` gives it by name for the admin socket."""

    def __init__(
        self,
        *,
        records: Records,
        wrapping_key: WrappingKey,
        opening: Opening,
        name_of: Callable[[int], str] = user_name,
    ) -> None:
        self._records = records
        self._wrapping_key = wrapping_key
        self._opening = opening
        self._name_of = name_of

    @property
    def commands(self) -> Mapping[str, Command]:
        """The command by its name."""
        return {"uses.describe": command_of(EntryOf, self.describe)}

    async def describe(self, asked: EntryOf, by: Caller) -> Result:
        """Describe the words of one entry again, and tell them apart from what its record and its leaf say.

        `differing` names what is not the same: it is empty for a record that says what the describer finds. Raises
        `AdminError` (`gateway/nothing-described`) where nobody described the entry, and `DescriberError`
        (`use/other-describer`) where another describer did than the one that is here.
        """
        opened = await asyncio.to_thread(self._open, asked.index)
        said = {"act": "describe-again", "entry": asked.index}
        appended = await self._records.append(self._opening(said, who_of(by, self._name_of)))
        found, words = await asyncio.to_thread(_again, opened)
        again = said_of(found)
        return {
            "entry": asked.index,
            "kind": opened.leaf.kind.name.lower(),
            "describer": again["describer"],
            "recorded": {name: opened.recorded.get(name) for name in again},
            "again": again,
            "differing": _differing(opened, again, label_for(found)),
            "words": [{"word": word, "weight": weight} for word, weight in words],
            "opening": appended.index,
        }

    def _open(self, index: int) -> _Opened:
        leaf, groups = self._entry(index)
        decision = _object(groups.get(Group.DECISION))
        recorded = decision.get("described")
        named = recorded.get("describer") if isinstance(recorded, dict) else None
        if not isinstance(recorded, dict) or not isinstance(named, str):
            raise AdminError("gateway/nothing-described", index=index)
        if named != describing().digest:
            raise DescriberError("use/other-describer", wanted=named, found=describing().digest)
        if leaf.kind is not Kind.OUTCOME:
            return _Opened(leaf, recorded, _call(groups, decision), None)
        asked = self._entry(leaf.reference)[1] if leaf.reference != NO_REFERENCE else groups
        return _Opened(leaf, recorded, _call(asked, _object(asked.get(Group.DECISION))), groups[Group.CONTENT])

    def _entry(self, index: int) -> tuple[Leaf, Mapping[Group, bytes]]:
        """The leaf and the opened record of an entry of a use; raises `AdminError` for any other, `SealError`."""
        found = self._records.leaves(index, index + 1) if 0 <= index < self._records.size else []
        leaf = decode(found[0]) if found else None
        blob = self._records.blob(index) if leaf is not None and leaf.kind in _DESCRIBED else None
        if leaf is None or blob is None:
            raise AdminError("gateway/nothing-described", index=index)
        return leaf, unseal(blob, self._wrapping_key)


def _object(data: bytes | None) -> Object:
    found = json.loads(data) if data is not None else None
    return found if isinstance(found, dict) else {}


def _call(groups: Mapping[Group, bytes], decision: Object) -> Call:
    """The call as it was read when it came: its record keeps the bytes that it was read from."""
    facts, model = decision.get("facts"), _object(groups.get(Group.MODEL))
    operation = Operation(str(facts.get("operation"))) if isinstance(facts, dict) else Operation.GENERATE
    body = groups[Group.CONTENT]
    return codec(Dialect(str(model.get("dialect")))).parse_request(operation, body, {}, limit=len(body))


def _again(opened: _Opened) -> tuple[TextDescription, list[tuple[str, int]]]:
    describer, at_work = describing(), Describing()
    if opened.answer is None:
        found, texts = at_work.words(opened.call), [text for text in texts_of(opened.call) if text is not None]
    else:
        words = words_in(opened.answer)
        found, texts = at_work.answer(opened.call, words), [asked_and_answered(opened.call, words)]
    if not found.leaf:
        return found, []
    loudest = max(texts, key=lambda text: describer.describe(text).attention)
    return found, describer.words(loudest)[:_WORDS]


def _differing(opened: _Opened, again: Object, label: int) -> list[str]:
    differing = [name for name, value in again.items() if opened.recorded.get(name) != value]
    return [*differing, "label"] if opened.leaf.label != label else differing
