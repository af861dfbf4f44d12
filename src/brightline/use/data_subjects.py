"""Whom a call of a registered tool touches, and whom a text names.

What a tool's register says where people stand is exact; the count that the call or its result tells stands beside it,
and the larger of the two counts. Prose around a call changes nothing of that.
"""

import orjson

from brightline.domain.data_subjects import Found, Identifier, KindedPath, PersonRule
from brightline.domain.json_path import Json, parse_path, select
from brightline.use.errors import CountError
from brightline.use.gazetteer import NOBODY, Gazetteer
from brightline.use.hidden import views
from brightline.use.identifiers import identify, normal
from brightline.use.lists import count_rows


def find_in_arguments(rule: PersonRule, arguments: Json) -> Found:
    """Whom a call with `arguments` touches, as far as they say; raises `CountError` where the register wants that."""
    identified = _identified(rule.arguments, arguments)
    if rule.count_argument:
        return _counted(rule, identified, _told(arguments, rule.count_argument))
    if rule.arguments:
        return Found(identified) if identified else _unreadable(rule, identified)
    # The result alone will tell.
    return Found(identified, unnamed=rule.most)


def find_in_result(rule: PersonRule, result: str) -> Found:
    """Whom what a tool gave back touches; raises `CountError` where the register wants that."""
    value = _parsed(result)
    identified = _identified(rule.results, value)
    if rule.count_result:
        return _counted(rule, identified, _told(value, rule.count_result))
    if rule.count_rows:
        return _counted(rule, identified, _rows(value, rule.count_rows))
    return Found(identified)


def find_in_text(text: str, *, defines: bool = False, listed: Gazetteer = NOBODY) -> Found:
    """Whom `text` names: by strong identifiers anywhere in it, also encoded, by lists of others, and who is `listed`.

    A JSON text that `defines` is one of tools and schemas, whose members called `name` are nobody's.
    """
    if not text:
        return Found()
    found, unreadable = views(text)
    identified = frozenset[Identifier]().union(*[identify(each) for each in found], *map(listed.find, found))
    return Found(identified, sum([count_rows(each, defines=defines) for each in found]), unreadable)


def _identified(paths: tuple[KindedPath, ...], value: Json) -> frozenset[Identifier]:
    found = set[Identifier]()
    for path, kind in paths:
        for each in select(value, parse_path(path)):
            items = each if isinstance(each, list) else [each]
            found.update([normal(kind, _plain(item)) for item in items if item not in (None, "")])
    return frozenset(found)


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _told(value: Json, path: str) -> int | None:
    """The number that stands at `path`; none where there is not exactly one."""
    found = select(value, parse_path(path))
    if len(found) != 1 or type(found[0]) is not int or found[0] < 0:
        return None
    return found[0]


def _rows(value: Json, path: str) -> int | None:
    """How many items stand at `path`; none where there is no list."""
    found = select(value, parse_path(path))
    lists = [each for each in found if isinstance(each, list)]
    return sum(map(len, lists)) if lists and len(lists) == len(found) else None


def _counted(rule: PersonRule, identified: frozenset[Identifier], told: int | None) -> Found:
    if told is None or told > rule.most:
        return _unreadable(rule, identified)
    return Found(identified, unnamed=max(0, told - len(identified)))


def _unreadable(rule: PersonRule, identified: frozenset[Identifier]) -> Found:
    """What counts where a count cannot be read, or is more than may be."""
    if rule.refuses:
        raise CountError("use/unreadable-count", most=rule.most)
    return Found(identified, unnamed=max(0, rule.most - len(identified)))


def _parsed(text: str) -> Json:
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value
