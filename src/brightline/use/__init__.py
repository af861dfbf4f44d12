"""Describes a call as a use: exact facts that a decision can rest on, derived and never taken on trust.

Face: `describe`, and `describe_action` for one tool about to run; `find_in_text`, `find_in_arguments` and
`find_in_result`, whom pieces of a call name; `count_rows`, how many a text lists; `normal`, the one form of an
identifier; `Gazetteer`, the names that an operator lists; `describing`, the describer of texts that Brightline ships,
`NOTHING`, what is unreadable, and `together`, what several texts are described as, and
`reading`, what policies are told of it; the labels of the taxonomy. What
describes is `brightline.use.describer`, and training `brightline.use.training`; both load libraries of their own.

INVARIANT: pure; what the caller stated stays in `Use.claimed` and nowhere else.
"""

from brightline.domain.taxonomy import DICTIONARY, UNKNOWN_LABEL, label_of, leaf_of
from brightline.use.data_subjects import find_in_arguments, find_in_result, find_in_text
from brightline.use.describe import describe, describe_action
from brightline.use.errors import CountError, DescriberError, GazetteerError
from brightline.use.gazetteer import NOBODY, Gazetteer
from brightline.use.identifiers import normal
from brightline.use.lists import count_rows
from brightline.use.shipped import describing
from brightline.use.together import NOTHING, reading, together

__all__ = [
    "DICTIONARY",
    "NOBODY",
    "NOTHING",
    "UNKNOWN_LABEL",
    "CountError",
    "DescriberError",
    "Gazetteer",
    "GazetteerError",
    "count_rows",
    "describe",
    "describe_action",
    "describing",
    "find_in_arguments",
    "find_in_result",
    "find_in_text",
    "label_of",
    "leaf_of",
    "normal",
    "reading",
    "together",
]
