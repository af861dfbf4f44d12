"""Reads the annotations of one policy: where it comes from, what it tells people, what it waits for and obliges to.

INVARIANT: an annotation that is not known, or has a value that means nothing, is a fault; none is passed over.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from brightline.domain.decision import BreakGlass, Hold, Obligation
from brightline.domain.sign_off.binding import RISKS
from brightline.policy.cedar_text import PolicyText
from brightline.policy.closed_sets import RETENTIONS
from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault
from brightline.policy.fields import ID, ROLE, TOOL, near

ANNOTATIONS = (
    *("id", "clause", "source", "reason", "hint", "hold", "limits"),
    *("retention", "notify", "buffer", "narrow"),
    *("break_glass", "risk", "wait", "term", "own_machine"),
)
# What is said of a hold, and of nothing else.
OF_A_HOLD = ("break_glass", "risk", "wait", "term", "own_machine")
MAX_WORDS = 400
MAX_QUORUM = 16
WHOLE, REQUIRED = "whole", "required"
MAX_WAIT_SECONDS = 3_600
MIN_TERM_SECONDS, MAX_TERM_SECONDS = 60, 604_800
_SECONDS = re.compile(r"0|[1-9][0-9]{0,5}")
_HOLD = re.compile(r"(?P<role>[^, ]+) *, *(?P<quorum>[0-9]{1,3})")
_LISTED = re.compile(r" *, *")


@dataclass(frozen=True, slots=True)
class Notes:
    """What the annotations of one policy say; `words` are those for people, by name.

    `limits` are the facts that the clause of a permit speaks of, and none where the author does not say.
    """

    policy_id: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    hold: Hold | None = None
    obligations: tuple[Obligation, ...] = ()
    limits: tuple[str, ...] | None = None


@dataclass(slots=True)
class _Reading:
    piece: PolicyText
    faults: list[Fault]

    def bad(self, name: str, problem: str) -> None:
        words = {"field": f"@{name}", "problem": problem}
        self.faults.append(fault("policy/bad-field", self.piece.file, self.place(name), **words))

    def place(self, name: str) -> tuple[int, int]:
        return self.piece.find(f"@{name}") or self.piece.at


def read_notes(piece: PolicyText, policy: Mapping[str, Json], faults: list[Fault]) -> Notes:
    """What the annotations of `policy` say; what is wrong with them goes to `faults`."""
    reading = _Reading(piece, faults)
    words = dict(_words(reading, policy))
    policy_id = words.get("id", "")
    if "id" not in words:
        faults.append(fault("policy/missing-id", piece.file, piece.at))
    elif not ID.fullmatch(policy_id):
        reading.bad("id", f"must be of the form `{ID.pattern}`")
    forbids = policy.get("effect") == "forbid"
    return Notes(
        policy_id,
        words,
        _hold(reading, words, forbids=forbids),
        tuple([Obligation(kind, value, policy_id) for kind, value in _obligations(reading, words)]),
        _limits(reading, words, forbids=forbids),
    )


def _words(reading: _Reading, policy: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    written = policy.get("annotations")
    for name, value in (written if isinstance(written, dict) else {}).items():
        if name not in ANNOTATIONS:
            words = {"name": name, "near": near(name, ANNOTATIONS)}
            reading.faults.append(fault("policy/unknown-annotation", reading.piece.file, reading.place(name), **words))
        elif not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= MAX_WORDS:
            reading.bad(name, f"must be 1 to {MAX_WORDS} printable characters")
        else:
            yield name, value


def _hold(reading: _Reading, words: Mapping[str, str], *, forbids: bool) -> Hold | None:
    if "hold" not in words:
        for name in OF_A_HOLD:
            if name in words:
                reading.bad(name, "says how a hold is lifted, and there is no `@hold` here")
        return None
    if not forbids:
        reading.faults.append(fault("policy/permit-hold", reading.piece.file, reading.place("hold")))
        return None
    asked = _persons(reading, words, "hold")
    if asked is None:
        return None
    plain = Hold(words.get("id", ""), *asked)
    glass = _persons(reading, words, "break_glass")
    if words.get("own_machine", REQUIRED) != REQUIRED:
        reading.bad("own_machine", f"must be `{REQUIRED}`{near(words['own_machine'], [REQUIRED])}")
    return replace(
        plain,
        risk=_risk(reading, words, plain.risk),
        wait_seconds=_seconds(reading, words, "wait", (0, MAX_WAIT_SECONDS), plain.wait_seconds),
        term_seconds=_seconds(reading, words, "term", (MIN_TERM_SECONDS, MAX_TERM_SECONDS), plain.term_seconds),
        own_machine="own_machine" in words,
        break_glass=BreakGlass(*glass) if glass else None,
    )


def _persons(reading: _Reading, words: Mapping[str, str], name: str) -> tuple[str, int] | None:
    """The role and the quorum that the annotation `name` asks for; none where it is not there or says nothing."""
    if name not in words:
        return None
    found = _HOLD.fullmatch(words[name])
    if found is None or not ROLE.fullmatch(found["role"]) or not 1 <= int(found["quorum"]) <= MAX_QUORUM:
        reading.bad(name, f"must name a role and how many of it, 1 to {MAX_QUORUM}: `ROLE, QUORUM`")
        return None
    return found["role"], int(found["quorum"])


def _risk(reading: _Reading, words: Mapping[str, str], plain: str) -> str:
    risk = words.get("risk", plain)
    if risk in RISKS:
        return risk
    reading.bad("risk", f"must be of {', '.join(RISKS)}{near(risk, RISKS)}")
    return plain


def _seconds(reading: _Reading, words: Mapping[str, str], name: str, bounds: tuple[int, int], plain: int) -> int:
    if name not in words:
        return plain
    smallest, largest = bounds
    if _SECONDS.fullmatch(words[name]) and smallest <= int(words[name]) <= largest:
        return int(words[name])
    reading.bad(name, f"must be whole seconds from {smallest} to {largest}")
    return plain


def _obligations(reading: _Reading, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each kind and value that the annotations oblige to."""
    if "retention" in words:
        if words["retention"] in RETENTIONS:
            yield "retention", words["retention"]
        else:
            reading.bad("retention", f"must be of {', '.join(RETENTIONS)}{near(words['retention'], RETENTIONS)}")
    if "notify" in words:
        if ROLE.fullmatch(words["notify"]):
            yield "notify", words["notify"]
        else:
            reading.bad("notify", f"must be a role of the form `{ROLE.pattern}`")
    if "buffer" in words:
        if words["buffer"] == WHOLE:
            yield "buffer", WHOLE
        else:
            reading.bad("buffer", f"must be `{WHOLE}`{near(words['buffer'], [WHOLE])}")
    for tool in words["narrow"].split(" ") if "narrow" in words else ():
        if TOOL.fullmatch(tool):
            yield "narrow", tool
        else:
            reading.bad("narrow", "must be names of tools with one space between them")


def _limits(reading: _Reading, words: Mapping[str, str], *, forbids: bool) -> tuple[str, ...] | None:
    if "limits" not in words:
        return None
    if forbids:
        reading.bad("limits", "belongs to permits: it says what a permit must look at")
        return None
    return tuple(_LISTED.split(words["limits"].strip()))
