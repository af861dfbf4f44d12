"""Decoys: wrong proposals made on purpose from real ones, to measure whether people look before they allow.

A decoy is a binding like any other, in the same template and the style of the one that it was made from: same fields,
same lines, numbers with as many digits. One thing in it contradicts the rest: a value of its arguments, or its mission.
It is made out to nobody: to `null`, or to an effector id that the agreement reserves for that and that looks like the
real one; what names the machine elsewhere in it is changed alike. Its hold is in the log before anybody votes, and says
in public only what every hold says; after the vote the `Opening` shows that it was a decoy all along.

INVARIANT: pure; a decoy's audience is a null audience of the very version of the agreement that its binding names. No
machine has it in that version, and no bundle for it trusts that version, so nothing that comes of a decoy is ever done.
LIMIT: whoever knows the null audiences knows a decoy by them: they stand in the effector register, which the parties
read. Without a reserved id that looks like the real one, the audience tells, and `told_by` says so.
LIMIT: the state in it is what the machine said when its original was held, and may be known to be another by now.
"""

import dataclasses
import hashlib
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from brightline.domain.sign_off.binding import NULL_AUDIENCE, TOOL_CALL, ActionBinding, Rendering
from brightline.domain.sign_off.canonical import MAX_NUMBER, Json, JsonObject
from brightline.domain.sign_off.encoded import Encoded
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import Fields, refuse
from brightline.oversight.disguise import Machine, alike, other_audience, renewed

FORMAT = "brightline/decoy-opening/1"
MAX_OPENING_BYTES = 1 << 21
_MAX_WRONG = 500
_FIELDS = frozenset(("format", "binding", "wrong"))
_DIGITS = "0123456789"
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
    """A decoy, what is `wrong` with it in words, and the fields that tell it from its kind (`told_by`).

    `content` is its evidence.
    """

    binding: ActionBinding
    wrong: str
    told_by: tuple[str, ...]
    content: bytes = dataclasses.field(default=b"", repr=False)

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
        """The opening that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        binding = ActionBinding.read(fields.raw("binding"), fields.path("binding"))
        binding.check_rendering()
        return cls(binding, fields.text("wrong", _MAX_WRONG))

    def to_json(self) -> JsonObject:
        """The opening as JSON."""
        return {"format": FORMAT, "binding": self.binding.to_json(), "wrong": self.wrong}

    def check(self, *, hold: bytes, commitment: bytes, null_audiences: Collection[str]) -> None:
        """Check it against the hold's entry: id (16 bytes) and commitment (32).

        `null_audiences` are those of the agreement that the binding names. Raises `SignOffError`: `signoff/other-hold`
        where the entry is of another binding, `signoff/bad-field` where a machine might have the audience.
        """
        if self.binding.audience not in (NULL_AUDIENCE, *null_audiences):
            refuse("binding.audience", "is no null audience of the agreement")
        if bytes.fromhex(self.binding.hold) != hold or self.binding.digest != commitment:
            raise SignOffError("signoff/other-hold")


def is_due(chance: random.Random, share: float) -> bool:
    """Whether a decoy goes with the next hold, when `share` (0 to 1) of the holds bring one."""
    return chance.random() < share


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a decoy is made of: `original`, a real call of a tool, and its `content`, the evidence.

    `others` are further real bindings, from which values and missions may be taken; all of them should be of holds that
    are settled, since two that are nearly alike at once would tell. `null_audiences` are those of the version of the
    agreement that `original` names.
    """

    original: ActionBinding
    others: Sequence[ActionBinding] = ()
    content: bytes = dataclasses.field(default=b"", repr=False)
    null_audiences: Sequence[str] = ()


def make_decoy(material: Material, identity: Identity, chance: random.Random) -> Decoy | None:
    """A decoy; none where nothing in its original can be made wrong. `chance` must be one that nobody can foresee."""
    if material.original.kind != TOOL_CALL:
        return None
    audience, told_by = other_audience(material.original.audience, material.null_audiences, chance)
    machine = Machine.between(material.original.audience, audience)
    original = machine.renamed(material.original)
    kin = [machine.renamed(other) for other in material.others if other.kind == TOOL_CALL]
    wrongs = [*_wrong_arguments(original, kin, chance), *_wrong_missions(original, kin)]
    if not wrongs:
        return None
    changed, wrong = chance.choice(wrongs)
    call_id = alike(original.call_id, chance)
    shift_s = (identity.not_before_ms - original.not_before_ms) // 1000
    # What the action is about stays: an id among its arguments is no id of the answer.
    ids = {text: text for _, text in _leaves(original.arguments) if isinstance(text, str)}
    content = renewed(machine.in_bytes(material.content), {**ids, original.call_id: call_id}, shift_s, chance)
    was, now = (hashlib.sha256(each).hexdigest() for each in (material.content, content))
    binding = dataclasses.replace(
        changed,
        audience=audience,
        hold=identity.hold,
        nonce=identity.nonce,
        call_id=call_id,
        evidence=tuple(
            dataclasses.replace(item, sha256=now) if item.sha256 == was else item for item in original.evidence
        ),
        not_before_ms=identity.not_before_ms,
        not_after_ms=identity.not_after_ms,
        rendering=Rendering(),
    ).checked()
    return Decoy(binding, wrong[:_MAX_WRONG], told_by, content)


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
