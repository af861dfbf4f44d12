"""Finds a string that some patterns match and others do not: what an interned string stands for in a request."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from brightline.policy.proof.terms import Pattern, matches

# States of all patterns together that are tried; a proof that needs more is repeated with native strings.
MOST_STATES = 20_000
_PLAIN = "some-text"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_ "


def example(matched: Sequence[Pattern], unmatched: Sequence[Pattern], avoided: Iterable[str]) -> str | None:
    """A short string that every one of `matched` matches, none of `unmatched`, and that is none of `avoided`."""
    # Only an avoided string that would do is in the way.
    fits = [text for text in avoided if _does(text, matched, unmatched)]
    taken = set(fits)
    for plain in (_PLAIN, *(f"{_PLAIN}-{number}" for number in range(2, len(fits) + 3))):
        if plain not in taken and _does(plain, matched, unmatched):
            return plain
    return _searched(matched, [*unmatched, *[(text,) for text in fits]]).text


def apart(one: Pattern, other: Pattern) -> bool:
    """Whether surely no string matches both patterns."""
    for first, second in ((one[0], other[0]), (one[-1] and one[-1][::-1], other[-1] and other[-1][::-1])):
        # What both begin with, or end with, must fit.
        if first and second and not (first.startswith(second) or second.startswith(first)):
            return True
    return _searched([one, other], []) == Searched(None, whole=True)


def implied(one: Pattern, other: Pattern) -> bool:
    """Whether surely every string that matches `one` matches `other`."""
    return _searched([one], [other]) == Searched(None, whole=True)


def _does(text: str, matched: Iterable[Pattern], unmatched: Iterable[Pattern]) -> bool:
    return all(matches(text, one) for one in matched) and not any(matches(text, one) for one in unmatched)


class _Machine:
    """One pattern as a machine: the state is the set of places in it, as bits, where a text may have come to."""

    def __init__(self, pattern: Pattern) -> None:
        self._items: list[str | None] = []
        for part in pattern:
            self._items += [None] if part is None else list(part)
        self.start = self._closed(1)

    def _closed(self, places: int) -> int:
        """A wildcard may stand for nothing."""
        for index, item in enumerate(self._items):
            if item is None and places >> index & 1:
                places |= 1 << index + 1
        return places

    def step(self, places: int, letter: str) -> int:
        """The places after one more letter."""
        after = 0
        for index, item in enumerate(self._items):
            if places >> index & 1:
                after |= (1 << index) if item is None else (item == letter) << index + 1
        return self._closed(after)

    def accepts(self, places: int) -> bool:
        """Whether the whole pattern is matched."""
        return bool(places >> len(self._items) & 1)


class Searched(NamedTuple):
    """A string, or none; `whole` when there is certainly none."""

    text: str | None
    whole: bool = False


def _searched(matched: Sequence[Pattern], unmatched: Sequence[Pattern]) -> Searched:
    """The shortest such string, by trying all letters that patterns name and one that none does."""
    machines = [_Machine(pattern) for pattern in (*matched, *unmatched)]
    named = {letter for pattern in (*matched, *unmatched) for part in pattern for letter in part or ""}
    other = next((letter for letter in _LETTERS if letter not in named), "\u00b7")
    alphabet = sorted({*named, other})
    start = tuple([machine.start for machine in machines])
    seen, waiting = {start}, deque([(start, "")])
    while waiting and len(seen) <= MOST_STATES:
        states, text = waiting.popleft()
        accepted = [machine.accepts(state) for machine, state in zip(machines, states, strict=True)]
        if all(accepted[: len(matched)]) and not any(accepted[len(matched) :]):
            return Searched(text)
        for letter in alphabet:
            after = tuple([machine.step(state, letter) for machine, state in zip(machines, states, strict=True)])
            # What a pattern that must match has lost, it never finds again.
            if after not in seen and all(after[: len(matched)]):
                seen.add(after)
                waiting.append((after, text + letter))
    return Searched(None, whole=not waiting)
