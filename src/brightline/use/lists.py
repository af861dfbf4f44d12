"""People in a text who have no strong identifier: the rows of a list, a table or a JSON array, each another person."""

import re

import orjson

from brightline.domain.json_path import Json
from brightline.use.identifiers import near_digits

MOST_ROWS = 1_000_000
# Fewer names than these are talk about somebody, and no list.
_LIST_FROM = 3
_NAME = re.compile(
    r"(?:[\W\d_]{0,12}+)(?:[^\W\d_a-z][\w'\u2019.-]{0,30}+[ ,]{1,2}+){1,3}[^\W\d_a-z][\w'\u2019.-]{0,30}+[^\w\n]{0,3}+"
)
_ROWS = re.compile(
    r"(?i:\b(?:rows?|records?|entries|entry|lines?|items?|nos?\.?|numbers?|#)\s?)"
    r"((?:[0-9]{1,9}+[ ,;&-]{0,3}+(?:and |to )?+){1,999})"
)
_BETWEEN = re.compile(r"[;\t|]|,(?=\s?[^\W\d_a-z]\w*\s[^\W\d_a-z])")
_PART = re.compile(r"([0-9]{1,9})\s?(?:-|to )\s?([0-9]{1,9})|([0-9]{1,9})")
_NAMED = frozenset(
    {"name", "full_name", "fullname", "first_name", "last_name", "surname", "given_name", "person", "dob"}
)


def count_rows(text: str, *, defines: bool = False) -> int:
    """How many people `text` lists without a strong identifier.

    A JSON text that `defines` (tools, a schema) has members called `name` that are nobody's; its values count.
    """
    value = _parsed(text)
    return _in_words(text) if value is None else _in_json(value, defines=defines)


def _in_words(text: str) -> int:
    return _list([_is_name(segment) for segment in _segments(text)]) + _numbered(text)


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _list(names: list[bool]) -> int:
    count = sum(names)
    return count if count >= _LIST_FROM else 0


def _segments(text: str) -> list[str]:
    """The lines of `text`, and what stands between semicolons, tabs, bars or commas in a line."""
    segments = list[str]()
    for line in text.splitlines():
        # To look for a character costs a hundredth of what the expression does.
        if "," in line or ";" in line or "|" in line or "\t" in line:
            segments += _BETWEEN.split(line)
        else:
            segments.append(line)
    return segments


def _numbered(text: str) -> int:
    """How many rows, records or entries `text` asks for by their numbers; ranges count whole."""
    count = 0
    for found in _ROWS.findall(near_digits(text)):
        for first, last, alone in _PART.findall(found):
            count += 1 if alone else max(1, min(int(last) - int(first) + 1, MOST_ROWS))
    return min(count, MOST_ROWS) if count >= _LIST_FROM else 0


def _parsed(text: str) -> Json:
    """The object or list that `text` is, or none."""
    if text[:1] not in "[{":
        return None
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value


def _in_json(value: Json, *, defines: bool) -> int:
    """Objects with a member that names somebody, and lists of names among the values of all others."""
    rows, words, waiting = 0, list[str](), [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            words.append(each)
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            named = not defines and not _NAMED.isdisjoint([name.lower() for name in each])
            rows += named
            # Whoever is named here counts as this row.
            waiting += [one for one in each.values() if not (named and isinstance(one, str) and _is_name(one))]
    return rows + _list([_is_name(each) for each in words]) + sum([_in_words(each) for each in words])
