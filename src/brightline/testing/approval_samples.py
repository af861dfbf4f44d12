"""Actions that wait for people, as a gateway would bind them, and what a person may be shown of oversight.

INVARIANT: the same `random` and the same moment give the same actions, byte for byte.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from brightline.console.ports import MeterReading, OversightNumbers
from brightline.domain.metering import Measure
from brightline.domain.sign_off.binding import (
    TOOL_CALL,
    ActionBinding,
    BoundAgreement,
    BoundRule,
    Change,
    Demand,
    Evidence,
    Proposer,
    Requester,
)
from brightline.domain.sign_off.canonical import canonical, digest
from brightline.oversight.measure import VoteRecord, measure
from brightline.policy import MeterLimit

TERM_MS = 15 * 60 * 1000
AUDIENCE = "uav-1.example"
TOOL = "release_payload"
DEFINITION = digest("tool-definition", canonical({"name": TOOL, "parameters": {"type": "object"}})).hex()
AGREEMENT = hashlib.sha256(b"a simulated agreement").hexdigest()
RELEASE_OFFICER, WATCH_COMMANDER, DUTY_OFFICER = "release-officer", "watch-commander", "duty-officer"


@dataclass(frozen=True, slots=True)
class Proposed:
    """An action to be held, and the bytes of its evidence."""

    binding: ActionBinding
    contents: tuple[bytes, ...] = field(default=(), repr=False)


def release_payload(random: Callable[[int], bytes], now_ms: int, *, quorum: int = 2) -> Proposed:
    """An uncrewed aircraft should release what it carries: top class, two persons, two items of evidence."""
    contents = (b"camera frame 1182: the road is empty\nno person within 400 m\n", b'{"wind_knots": 7, "gusts": 9}')
    labels = (("Frame from the camera", "text/plain"), ("Wind at the site", "application/json"))
    evidence = tuple(
        Evidence(label, kind, hashlib.sha256(content).hexdigest())
        for (label, kind), content in zip(labels, contents, strict=True)
    )
    binding = ActionBinding(
        hold=random(16).hex(),
        audience=AUDIENCE,
        kind=TOOL_CALL,
        tool=TOOL,
        definition=DEFINITION,
        call_id="call_7",
        arguments={"latitude": 54.31, "longitude": 10.12, "payload": "marker-buoy", "count": 1},
        preconditions={"uav-1/bay": "closed"},
        diff=(Change("uav-1/bay", "closed", "open"), Change("uav-1/payload", "marker-buoy", "none")),
        requester=Requester("erin", "k-5", "example-command", "operations", "planner"),
        agent_owner="frank",
        mission="exercise-north",
        purpose="mark the channel",
        authority="order 12/26",
        model=Proposer("smollm2-local", "sim-echo"),
        agreement=BoundAgreement("example-agreement", 3, AGREEMENT, "demo"),
        rules=(_rule(quorum),),
        risk="top",
        own_machine=False,
        evidence=evidence,
        nonce=random(16).hex(),
        not_before_ms=now_ms,
        not_after_ms=now_ms + TERM_MS,
    )
    return Proposed(binding.checked(), contents)


def _rule(quorum: int) -> BoundRule:
    return BoundRule(
        id="operator-release-signed",
        clause="4.2",
        source="example-command directive 7",
        reason="a payload leaves the aircraft only on the word of release officers",
        role=RELEASE_OFFICER,
        quorum=quorum,
        break_glass=None,
    )


def set_valve(random: Callable[[int], bytes], now_ms: int) -> Proposed:
    """A valve should be closed: one duty officer, with a way to break glass, no evidence."""
    binding = replace(
        release_payload(random, now_ms).binding,
        audience="valve-7.example",
        tool="set_valve",
        definition=digest("tool-definition", canonical({"name": "set_valve"})).hex(),
        arguments={"valve": "valve-7", "state": "closed"},
        preconditions={"valve-7/state": "open"},
        diff=(Change("valve-7/state", "open", "closed"),),
        rules=(
            BoundRule(
                id="operator-control-signed",
                clause="2.1",
                source="example-command directive 3",
                reason="machines are moved by people",
                role=DUTY_OFFICER,
                quorum=1,
                break_glass=Demand(WATCH_COMMANDER, 1),
            ),
        ),
        risk="high",
        evidence=(),
    )
    return Proposed(binding.checked())


def hostile(random: Callable[[int], bytes], now_ms: int) -> Proposed:
    """An action whose every text attacks the page on which it is shown."""
    script = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    bidi = "approve \u202etxet neddih\u2066 \u200b\u0430dmin \x00\x1b[2J\ufeff"
    long = "A" * 1900
    content = f"{script}\n{bidi}\n".encode() + b"\xff\xfe"
    label = f"{script[:60]}{bidi}"[:190]
    binding = replace(
        release_payload(random, now_ms).binding,
        arguments={"note": script, bidi: long, "nested": {"__proto__": [script, "{{ 7 * 7 }}", "${7*7}", None]}},
        preconditions={"x": script},
        diff=(
            Change(script[:150], bidi, long),
            Change("javascript:alert(1)", "\"'><svg/onload=alert(1)>", "&lt;b&gt;"),
        ),
        requester=Requester("mallory", script[:150], bidi, "unit\u2028two", "app"),
        mission=script[:150],
        purpose=bidi + long[:1800],
        authority=script,
        call_id="' onmouseover='alert(1)",
        model=Proposer("d", script[:150]),
        rules=(replace(_rule(2), clause=script, source=long, reason=bidi),),
        evidence=(Evidence(label, "text/html", hashlib.sha256(content).hexdigest()),),
    )
    return Proposed(binding.checked(), (content,))


def large_evidence(random: Callable[[int], bytes], now_ms: int) -> Proposed:
    """An action with evidence that a page does not show, or not whole: an image, and more text than one reads."""
    contents = (b"\x89PNG\r\n\x1a\n<script>", b"one line of many\n" * 8_000)
    kinds = ("image/png", "text/plain")
    evidence = tuple(
        Evidence(kind, kind, hashlib.sha256(content).hexdigest()) for kind, content in zip(kinds, contents, strict=True)
    )
    return Proposed(replace(release_payload(random, now_ms).binding, evidence=evidence).checked(), contents)


def votes(now_ms: int) -> tuple[VoteRecord, ...]:
    """What two persons signed on 40 actions, of which 10 were decoys: alice looks, bob presses the button."""
    return tuple(
        VoteRecord(
            hold=f"{number:032x}",
            person=person,
            role=RELEASE_OFFICER,
            risk="top",
            decision="deny" if person == "alice" and decoy else "allow",
            decoy=decoy,
            dwell_ms=48_000 if person == "alice" else 2_000,
            evidence_listed=2,
            evidence_opened=2,
            opened_ms=now_ms,
            signed_at_ms=now_ms + number * 60_000,
        )
        for number, decoy in ((number, number % 4 == 3) for number in range(40))
        for person in ("alice", "bob")
    )


def numbers(now_ms: int, *, open_holds: int) -> OversightNumbers:
    """What is measured of `votes`."""
    return OversightNumbers(measured=measure(votes(now_ms)), open_holds=open_holds, reviews_overdue=0)


def meter_readings() -> tuple[MeterReading, ...]:
    """What a meter with two limits, and one without any, tell."""
    limits = (MeterLimit("people", 25, "law-people", holds=False), MeterLimit("people", 20, "ask-first", holds=True))
    unit = {"agreement": "sample", "unit": "org/analysis"}
    return (
        MeterReading("people", Measure.DATA_SUBJECTS, unit, 30 * 86_400, 19, limits),
        MeterReading("tokens", Measure.TOKENS, {}, 5400, 1_000, ()),
    )
