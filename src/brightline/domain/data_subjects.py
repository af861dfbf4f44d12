"""People as a piece of a call names them: by a strong identifier, or by a mention that may be anybody."""

from dataclasses import dataclass
from typing import NamedTuple


class Identifier(NamedTuple):
    """A strong identifier of one person: its kind (`email`, `phone`, …), and its value in that kind's one form."""

    kind: str
    value: str

    def __repr__(self) -> str:
        return f"Identifier({self.kind})"


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a piece names.

    `unnamed` counts mentions without a strong identifier, each of them another person; `unreadable` counts parts that
    nobody can read.
    """

    identified: frozenset[Identifier] = frozenset()
    unnamed: int = 0
    unreadable: int = 0


class KindedPath(NamedTuple):
    """Where identifiers of one kind stand in a JSON value: a path (RFC 9535), and the kind."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRule:
    """How many people one call of a registered tool touches.

    `arguments` and `results` are where identifiers stand. The count is what stands at `count_argument` in the arguments
    or at `count_result` in the result, or how many rows stand at `count_rows` there; never fewer than the paths find,
    and `most` where none of them can be read, or, with `refuses`, nothing runs then.
    """

    most: int
    arguments: tuple[KindedPath, ...] = ()
    results: tuple[KindedPath, ...] = ()
    count_argument: str = ""
    count_result: str = ""
    count_rows: str = ""
    refuses: bool = False
