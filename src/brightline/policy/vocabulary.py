"""The strings and numbers that policies compare with: what is worth trying in a request."""

from collections.abc import Iterable, Sequence

from brightline.policy.layers import Rule
from brightline.policy.lint import literals
from brightline.policy.values import LONG_MAX, LONG_MIN


def vocabulary(first: Iterable[Rule], rest: Iterable[Rule]) -> tuple[Sequence[str], Sequence[int]]:
    """The strings and numbers that policies compare with, those of `first` first; numbers with their neighbours."""
    words: dict[str, None] = {}
    numbers: dict[int, None] = {}
    for rule in (*first, *rest):
        for value in sorted(literals(rule.policy), key=repr):
            if isinstance(value, str):
                words[value] = None
            else:
                near = (value - 1, value, value + 1)
                numbers |= dict.fromkeys(number for number in near if LONG_MIN <= number <= LONG_MAX)
    return list(words), list(numbers)
