"""The meters of a manifest: what each counts, for whom, over how long; policies read them as `context.meter.<id>`.

{"id": "people", "measure": "data-subjects", "per": ["agreement", "unit"], "seconds": 2592000, "parts": 30,
 "exact_to": 10000, "unreadable": 100}
"""

import re

from brightline.domain.metering import CHOSEN, Measure, MeterRule, Per
from brightline.policy.closed_sets import EFFECTS
from brightline.policy.fields import Fields, near
from brightline.policy.strict_json import Node

# Each costs every use some microseconds, and each of its windows memory.
MOST_METERS = 16
LONGEST_SECONDS = 366 * 86_400
MOST_PARTS = 366
# Twelve bytes a data subject: a window that counts more of them one by one takes megabytes.
MOST_EXACT = 1_000_000
MOST_UNREADABLE = 1_000_000
MOST_UNLIMITED = 10_000_000
# A name as a policy writes it after a dot, and none of Cedar's own words.
_METER = re.compile(r"(?!(?:true|false|if|then|else|in|is|like|has)\Z)[a-z][a-z0-9_]{0,63}")
_ENTRY = ("id", "measure", "per", "seconds", "parts")
_MEASURES = {measure.value: measure for measure in Measure if measure is not Measure.COVERED}
_PLACES = {per.value: per for per in Per}


def read_meters(fields: Fields, node: Node | None) -> tuple[MeterRule, ...]:
    """The meters that the list `node` holds, in its order; what is wrong goes to the faults of `fields`."""
    items = fields.items(node, "meters")
    if node is not None and len(items) > MOST_METERS:
        fields.bad(node.at, "meters", f"must list at most {MOST_METERS} meters")
    listed = [(_meter(fields, item), item) for item in items]
    fields.unique([(meter.id, item) for meter, item in listed], "meters")
    return tuple(meter for meter, _ in listed)


def _meter(fields: Fields, node: Node) -> MeterRule:
    written = node.value.get("measure") if isinstance(node.value, dict) else None
    measure = _MEASURES.get(fields.one_of(written, "measure", tuple(_MEASURES)), Measure.TOKENS)
    further = _further(measure)
    members = fields.members(node, "meter", (*_ENTRY, *further))
    seconds = fields.number(members.get("seconds"), "seconds", 1, LONGEST_SECONDS)
    # A part lasts a second at least.
    parts = fields.number(members.get("parts"), "parts", 1, min(MOST_PARTS, seconds))
    return MeterRule(
        id=fields.text(members.get("id"), "id", _METER),
        measure=measure,
        per=_per(fields, members.get("per")),
        seconds=seconds,
        parts=parts,
        exact_to=fields.number(members.get("exact_to"), "exact_to", 1, MOST_EXACT),
        unreadable=fields.number(members.get("unreadable"), "unreadable", 0, MOST_UNREADABLE),
        effects=frozenset(_words(fields, members.get("effects"), "effects", EFFECTS)),
        unlimited=fields.number(members.get("unlimited"), "unlimited", 0, MOST_UNLIMITED),
    )


def _further(measure: Measure) -> tuple[str, ...]:
    """The members that a meter of this measure has beside those that all have."""
    if measure is Measure.DATA_SUBJECTS:
        return ("exact_to", "unreadable")
    return ("effects",) if measure is Measure.EFFECTS else ("unlimited",)


def _per(fields: Fields, node: Node | None) -> frozenset[Per]:
    return frozenset(_PLACES[word] for word in _words(fields, node, "per", tuple(_PLACES)))


def _words(fields: Fields, node: Node | None, name: str, known: tuple[str, ...]) -> list[str]:
    """The words of the list `node` that are of `known`; each other one becomes a fault."""
    found = []
    listed = fields.items(node, name)
    for item in listed:
        if isinstance(item.value, str) and item.value in known:
            found.append(item.value)
        else:
            fields.bad(item.at, name, f"must hold only {', '.join(known)}{near(str(item.value), known)}")
    fields.unique([(str(item.value), item) for item in listed], name)
    return found


def chosen_by_callers(meter: MeterRule) -> tuple[str, ...]:
    """What keys `meter` that a caller can choose, or be given another of; in order of name."""
    return tuple(sorted(per.value for per in meter.per & CHOSEN))
