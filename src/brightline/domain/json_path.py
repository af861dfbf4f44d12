"""Paths into JSON values: the part of RFC 9535 that names places, without filters, slices and functions.

    $.people[*].passport    $['case file'].subjects[0]    $..person_id

INVARIANT: selecting visits every part of a value at most once for each segment; with one `..` at most, that is linear.
"""

import re
from typing import NamedTuple, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MOST_SEGMENTS = 16
MOST_SELECTED = 1_000_000
_SEGMENT = re.compile(
    r"(?P<deep>\.\.)?(?:"
    r"(?(deep)|\.)(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?(deep)|\.)(?P<any>\*)"
    r"|\[(?:'(?P<quoted>[^'\\\x00-\x1f]+)'|(?P<index>0|[1-9][0-9]{0,8})|(?P<every>\*))\])"
)


class Segment(NamedTuple):
    """One step: to the member `name`, to the item `item`, or to all children; `deep` begins at every descendant."""

    name: str | None
    item: int | None
    deep: bool


Path = tuple[Segment, ...]


class JsonPathError(ValueError):
    """A path that is none of this part of RFC 9535."""


def parse_path(text: str) -> Path:
    """The path that `text` is; raises `JsonPathError`."""
    if not text.startswith("$"):
        raise JsonPathError("must begin with `$`")
    segments, at = list[Segment](), 1
    while at < len(text):
        found = _SEGMENT.match(text, at)
        if found is None:
            raise JsonPathError(f"cannot be read from character {at + 1} on")
        index = found["index"]
        name = found["name"] or found["quoted"]
        segments.append(Segment(name, None if index is None else int(index), found["deep"] is not None))
        at = found.end()
    if len(segments) > MOST_SEGMENTS or sum(segment.deep for segment in segments) > 1:
        raise JsonPathError(f"must have at most {MOST_SEGMENTS} segments, one of them `..`")
    return tuple(segments)


def select(value: Json, path: Path) -> list[Json]:
    """What stands at `path` in `value`, in order; at most `MOST_SELECTED` values."""
    found = [value]
    for segment in path:
        begun = [part for each in found for part in _descendants(each)] if segment.deep else found
        found = [child for each in begun for child in _children(each, segment)][:MOST_SELECTED]
    return found


def _children(value: Json, segment: Segment) -> list[Json]:
    if segment.name is not None:
        return [value[segment.name]] if isinstance(value, dict) and segment.name in value else []
    if segment.item is not None:
        return [value[segment.item]] if isinstance(value, list) and segment.item < len(value) else []
    return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []


def _descendants(value: Json) -> list[Json]:
    """`value` and all that is in it, in order."""
    found, waiting = list[Json](), [value]
    while waiting:
        each = waiting.pop()
        found.append(each)
        children = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        waiting += reversed(list(children))
    return found
