"""Decoys: wrong proposals made on purpose from real ones, to measure whether people look before they allow.

A decoy is a binding like any other, in the same template and the style of the one that it was made from: same fields,
same lines, numbers with as many digits. One thing in it contradicts the rest: a value of its arguments, or its mission.
It is made out to the audience `null`, which no effector has. Its hold is in the log before anybody votes, and says in
public only what every hold says; after the vote the `Opening` shows that it was a decoy all along.

INVARIANT: pure; a decoy's binding has the audience `null`, so nothing that comes of it is ever done.
LIMIT: the audience stands among the lines that an approver reads. A decoy made from an action of an effector shows
`null` where such actions show the effector's id, and `told_by` says so; one made from an action that no effector
checks, which is bound to `null` as well, shows no difference.
"""

import dataclasses
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from brightline.domain.sign_off.binding import NULL_AUDIENCE, TOOL_CALL, ActionBinding, Rendering
from brightline.domain.sign_off.canonical import MAX_NUMBER, Json, JsonObject
from brightline.domain.sign_off.encoded import Encoded
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import Fields, refuse

FORMAT = "brightline/decoy-opening/1"
MAX_OPENING_BYTES = 1 << 21
_MAX_WRONG = 500
_FIELDS = frozenset(("format", "binding", "wrong"))
_DIGITS = "0123456789"
_SMALL, _LARGE = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# A change further right is one that a careful person may overlook, and that harms nobody.
_LEADING = 2
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """What is new in every hold: ids of 16 bytes in hexadecimal, and the window in UTC milliseconds."""

    hold: str
    nonce: str
    not_before_ms: int
    not_after_ms: int


@dataclass(frozen=True, slots=True)
class Decoy:
    """A decoy, what is `wrong` with it in words, and the fields that tell it from its kind (`told_by`)."""

    binding: ActionBinding
    wrong: str
    told_by: tuple[str, ...]

    @property
    def opening(self) -> "Opening":
        """What is shown of it after the vote."""
        return Opening(self.binding, self.wrong)


@dataclass(frozen=True)
class Opening(Encoded):
    """What opens a decoy: its binding, which the hold committed to, and what is wrong with it in words."""

    FREE: ClassVar[bool] = True
    LIMIT: ClassVar[int] = MAX_OPENING_BYTES
    LABEL: ClassVar[str] = "opening"

    binding: ActionBinding
    wrong: str

    @classmethod
    def read(cls, value: Json, path: str) -> "Opening":
        """The opening that `value` is; raises `SignOffError`, also for a binding that some effector might have."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        binding = ActionBinding.read(fields.raw("binding"), fields.path("binding"))
        if binding.audience != NULL_AUDIENCE:
            refuse(f"{fields.path('binding')}.audience", f"is not `{NULL_AUDIENCE}`")
        binding.check_rendering()
        return cls(binding, fields.text("wrong", _MAX_WRONG))

    def to_json(self) -> JsonObject:
        """The opening as JSON."""
        return {"format": FORMAT, "binding": self.binding.to_json(), "wrong": self.wrong}

    def check(self, *, hold: bytes, commitment: bytes) -> None:
        """Check it against the hold's entry: id (16 bytes) and commitment (32).

        Raises `SignOffError` (`signoff/other-hold`) where the entry is of another binding.
        """
        if bytes.fromhex(self.binding.hold) != hold or self.binding.digest != commitment:
            raise SignOffError("signoff/other-hold")


def is_due(chance: random.Random, share: float) -> bool:
    """Whether a decoy goes with the next hold, when `share` (0 to 1) of the holds bring one."""
    return chance.random() < share


def make_decoy(
    original: ActionBinding, others: Sequence[ActionBinding], identity: Identity, chance: random.Random
) -> Decoy | None:
    """A decoy made from `original`, a real call of a tool; none where nothing in it can be made wrong.

    `others` are further real bindings, from which values and missions may be taken. All of them should be of holds that
    are settled, since two that are nearly alike at once would tell, and of the agreement in force. `chance` must be one
    that approvers cannot foresee.
    """
    if original.kind != TOOL_CALL:
        return None
    kin = [other for other in others if other.kind == TOOL_CALL]
    wrongs = [*_wrong_arguments(original, kin, chance), *_wrong_missions(original, kin)]
    if not wrongs:
        return None
    changed, wrong = chance.choice(wrongs)
    binding = dataclasses.replace(
        changed,
        audience=NULL_AUDIENCE,
        hold=identity.hold,
        nonce=identity.nonce,
        call_id=_alike(original.call_id, chance),
        not_before_ms=identity.not_before_ms,
        not_after_ms=identity.not_after_ms,
        rendering=Rendering(),
    ).checked()
    return Decoy(binding, wrong[:_MAX_WRONG], () if original.audience == NULL_AUDIENCE else ("audience",))


def _wrong_missions(original: ActionBinding, others: Sequence[ActionBinding]) -> Iterator[tuple[ActionBinding, str]]:
    """The same action in a mission of other actions, with the words and orders that go with it."""
    for other in others:
        if other.mission != original.mission and other.tool != original.tool:
            moved = dataclasses.replace(
                original, mission=other.mission, purpose=other.purpose, authority=other.authority
            )
            yield moved, f"the mission is `{other.mission}`, where the action is of `{original.mission}`"


def _wrong_arguments(
    original: ActionBinding, others: Sequence[ActionBinding], chance: random.Random
) -> Iterator[tuple[ActionBinding, str]]:
    """The same action with one value of its arguments changed; everything beside it speaks of the value as it was."""
    for path, value in _leaves(original.arguments):
        seen = [found for other in others if other.tool == original.tool for found in _at(other.arguments, path)]
        for wrong in _wrong_values(value, seen, chance):
            arguments = cast("JsonObject", _put(original.arguments, path, wrong))
            words = f"{'/'.join(map(str, path))} is {wrong!r}, where the real action had {value!r}"
            yield dataclasses.replace(original, arguments=arguments), words


def _wrong_values(value: Json, seen: Sequence[Json], chance: random.Random) -> Iterator[Json]:
    """Other values for `value`, as long as it and of its type; texts only from what was `seen` in its place."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        other = _other_number(value, chance)
        if other is not None:
            yield other
    elif isinstance(value, str):
        yield from sorted({text for text in seen if isinstance(text, str) and text != value})


def _other_number(value: float, chance: random.Random) -> float | None:
    """A number as long as `value` that differs in one of its first digits; none where there is none."""
    text = repr(value)
    if "e" in text or "n" in text:
        return None
    significant = [index for index, letter in enumerate(text) if letter in "123456789"]
    places = [index for index in range(len(text)) if text[index] in _DIGITS and significant and index >= significant[0]]
    found = []
    for place in places[:_LEADING]:
        for digit in _DIGITS[1:]:
            changed = text[:place] + digit + text[place + 1 :]
            number = float(changed) if isinstance(value, float) else int(changed)
            if digit != text[place] and repr(number) == changed and abs(number) <= MAX_NUMBER:
                found.append(number)
    return chance.choice(found) if found else None


def _leaves(node: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Every value without parts, with the names that lead to it."""
    if isinstance(node, dict):
        for name in sorted(node):
            yield from _leaves(node[name], (*path, name))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _leaves(item, (*path, index))
    else:
        yield path, node


def _at(node: Json, path: Path) -> Iterator[Json]:
    """The value at `path`, if there is one."""
    return (value for found, value in _leaves(node) if found == path)


def _put(node: Json, path: Path, value: Json) -> Json:
    """`node` with `value` at `path`, which leads to a value in it."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(node, dict):
        return {name: _put(item, rest, value) if name == first else item for name, item in node.items()}
    items = cast("list[Json]", node)
    return [_put(item, rest, value) if index == first else item for index, item in enumerate(items)]


def _alike(text: str, chance: random.Random) -> str:
    """Another text of the same look: a new digit for each digit and letter for each letter after the first mark."""
    start = max(text.rfind("_"), text.rfind("-")) + 1
    kinds = {**dict.fromkeys(_DIGITS, _DIGITS), **dict.fromkeys(_SMALL, _SMALL), **dict.fromkeys(_LARGE, _LARGE)}
    return text[:start] + "".join([chance.choice(kinds.get(letter, letter)) for letter in text[start:]])
