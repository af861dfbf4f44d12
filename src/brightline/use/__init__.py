"""Describes a call as a use: exact facts that a decision can rest on, derived and never taken on trust.

Face: `describe`, and `describe_action` for one tool about to run; `find_in_text`, `find_in_arguments` and
`find_in_result`, whom pieces of a call name; `count_rows`, how many a text lists; `normal`, the one form of an
identifier; `Gazetteer`, the names that an operator lists. Text scoring has its place here and comes later.

INVARIANT: pure; what the caller stated stays in `Use.claimed` and nowhere else.
"""

from brightline.use.data_subjects import find_in_arguments, find_in_result, find_in_text
from brightline.use.describe import describe, describe_action
from brightline.use.errors import CountError, GazetteerError
from brightline.use.gazetteer import NOBODY, Gazetteer
from brightline.use.identifiers import normal
from brightline.use.lists import count_rows

__all__ = [
    "NOBODY",
    "CountError",
    "Gazetteer",
    "GazetteerError",
    "count_rows",
    "describe",
    "describe_action",
    "find_in_arguments",
    "find_in_result",
    "find_in_text",
    "normal",
]
