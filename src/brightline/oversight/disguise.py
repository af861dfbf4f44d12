"""What of a decoy must differ from its original and must not tell: to whom it is made out, ids, and times.

INVARIANT: pure; what is put in place of something has its look: letters for letters, digits for digits, as many.
"""

import dataclasses
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from brightline.domain.sign_off.binding import NULL_AUDIENCE, ActionBinding, Change
from brightline.domain.sign_off.canonical import Json, JsonObject

_DIGITS = "0123456789"
_SMALL, _LARGE = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEX = "abcdef"
_HEXADECIMAL = re.compile("[0-9a-f]{8,}|[0-9A-F]{8,}")
# Kept where they stand; what is between words has no letters of its own.
_MARKS = re.compile("([_-])")
_WORD = re.compile("[a-z]+|[_-]|")
# Shorter ones would be found in words that name no machine.
_SHORTEST_MACHINE = 3
# As providers write them: the ids of an answer and of its parts, and when it was made (UTC seconds).
_IDS = re.compile(rb'("id"\s*:\s*")([A-Za-z0-9_:.-]{1,200})(")')
_CREATED = re.compile(rb'("created"\s*:\s*)([0-9]{1,12})(?![0-9.])')


def other_audience(real: str, reserved: Sequence[str], chance: random.Random) -> tuple[str, tuple[str, ...]]:
    """To whom a decoy is made out instead of to `real`, and whether that tells it."""
    if real == NULL_AUDIENCE:
        return NULL_AUDIENCE, ()
    like = [name for name in reserved if _look(name) == _look(real) and name != real]
    if like:
        return chance.choice(like), ()
    others = [name for name in reserved if name != real]
    return chance.choice(others) if others else NULL_AUDIENCE, ("audience",)


def _look(name: str) -> str:
    return re.sub("[0-9]", "9", name)


@dataclass(frozen=True, slots=True)
class Machine:
    """How a machine is named where it is not the audience: by the first part of its id. Empty where nothing changes."""

    was: str = ""
    now: str = ""

    @classmethod
    def between(cls, real: str, decoy: str) -> "Machine":
        """Of `real` and `decoy`, two ids of effectors."""
        was, now = real.partition(".")[0], decoy.partition(".")[0]
        told = decoy != NULL_AUDIENCE and len(was) >= _SHORTEST_MACHINE
        return cls(was, now) if told and was != now else cls()

    def renamed(self, binding: ActionBinding) -> ActionBinding:
        """The binding with the other machine's name in its arguments, state, change and purpose."""
        if not self.was:
            return binding
        return dataclasses.replace(
            binding,
            arguments=cast("JsonObject", self._in_json(binding.arguments)),
            preconditions={self._in_text(name): self._in_text(text) for name, text in binding.preconditions.items()},
            diff=tuple(
                Change(self._in_text(one.name), self._in_text(one.before), self._in_text(one.after))
                for one in binding.diff
            ),
            purpose=self._in_text(binding.purpose),
        )

    def in_bytes(self, content: bytes) -> bytes:
        """The same for evidence."""
        if not self.was:
            return content
        found = rb"(?<![A-Za-z0-9])" + re.escape(self.was.encode()) + rb"(?![A-Za-z0-9])"
        return re.sub(found, lambda _: self.now.encode(), content)

    def _in_text(self, text: str) -> str:
        return self.in_bytes(text.encode()).decode()

    def _in_json(self, node: Json) -> Json:
        if isinstance(node, dict):
            return {self._in_text(name): self._in_json(item) for name, item in node.items()}
        if isinstance(node, list):
            return [self._in_json(item) for item in node]
        return self._in_text(node) if isinstance(node, str) else node


def renewed(content: bytes, ids: dict[str, str], shift_s: int, chance: random.Random) -> bytes:
    """Evidence with other ids of the same look, those of `ids` given, and made so many seconds later.

    Else an id that stood in earlier evidence, or a moment long before the window, would tell.
    """

    def other_id(found: re.Match[bytes]) -> bytes:
        name = found[2].decode()
        if name not in ids:
            ids[name] = alike(name, chance)
        return found[1] + ids[name].encode() + found[3]

    def later(found: re.Match[bytes]) -> bytes:
        return found[1] + str(int(found[2]) + shift_s).encode()

    return _CREATED.sub(later, _IDS.sub(other_id, content))


def alike(text: str, chance: random.Random) -> str:
    """Another id of the same look: a new digit for each digit and letter for each letter, but for the words in it."""
    parts = _MARKS.split(text)
    # A part in small letters alone is a word, such as the prefix; unless there is no other.
    free = [at for at, part in enumerate(parts) if not _WORD.fullmatch(part)] or [len(parts) - 1]
    drawn = "".join([parts[at] for at in free])
    small, large = (_HEX, _HEX.upper()) if _HEXADECIMAL.fullmatch(drawn) else (_SMALL, _LARGE)
    kinds = {**dict.fromkeys(_DIGITS, _DIGITS), **dict.fromkeys(_SMALL, small), **dict.fromkeys(_LARGE, large)}
    for at in free:
        parts[at] = "".join([chance.choice(kinds.get(letter, letter)) for letter in parts[at]])
    return "".join(parts)
