"""How many people one call of a registered tool touches: the member `persons` of an entry of the effector register.

{"arguments": [{"path": "$.people[*].passport", "kind": "passport"}],
 "results": [{"path": "$.rows[*].email", "kind": "email"}],
 "count": {"argument": "$.limit"}, "most": 500, "unreadable": "most"}
"""

import re

from brightline.domain.data_subjects import KindedPath, PersonRule
from brightline.domain.json_path import JsonPathError, parse_path
from brightline.policy.fields import Fields
from brightline.policy.strict_json import Node

MOST_PEOPLE = 1_000_000
MOST_PATHS = 16
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")
_PLACES = ("arguments", "results", "count")
_COUNTS = ("argument", "result", "rows")
_MOST, _REFUSE = "most", "refuse"


def read_person_rule(fields: Fields, node: Node | None) -> PersonRule | None:
    """The rule that `node` holds; none without one. What is wrong goes to the faults of `fields`."""
    if node is None:
        return None
    members = fields.members(node, "persons", ("most", "unreadable"), optional=_PLACES)
    if isinstance(node.value, dict) and not any(name in members for name in _PLACES):
        fields.bad(node.at, "persons", "must say where people stand, or how many: arguments, results or count")
    count = members.get("count")
    told = fields.members(count, "count", (), optional=_COUNTS) if count is not None else {}
    if count is not None and len(told) != 1:
        fields.bad(count.at, "count", f"must have exactly one of {', '.join(_COUNTS)}")
    argument, result, rows = (_path(fields, told.get(name), name) for name in _COUNTS)
    return PersonRule(
        most=fields.number(members.get("most"), "most", 1, MOST_PEOPLE),
        arguments=_paths(fields, members.get("arguments"), "arguments"),
        results=_paths(fields, members.get("results"), "results"),
        count_argument=argument,
        count_result=result,
        count_rows=rows,
        refuses=fields.one_of(members.get("unreadable"), "unreadable", (_MOST, _REFUSE)) == _REFUSE,
    )


def _paths(fields: Fields, node: Node | None, name: str) -> tuple[KindedPath, ...]:
    items = fields.items(node, name)
    if node is not None and len(items) > MOST_PATHS:
        fields.bad(node.at, name, f"must list at most {MOST_PATHS} paths")
    found = []
    for item in items:
        members = fields.members(item, name, ("path", "kind"))
        kind = fields.text(members.get("kind"), "kind", _KIND)
        found.append(KindedPath(_path(fields, members.get("path"), "path"), kind))
    return tuple(found)


def _path(fields: Fields, node: Node | None, name: str) -> str:
    """The path that `node` is; empty for none, and for a bad one, which becomes a fault."""
    if node is None:
        return ""
    if not isinstance(node.value, str):
        fields.bad(node.at, name, "must be a path, such as `$.people[*].id`")
        return ""
    try:
        parse_path(node.value)
    except JsonPathError as error:
        fields.bad(node.at, name, f"{error}: it is to be a path, such as `$.people[*].id`")
        return ""
    return node.value
