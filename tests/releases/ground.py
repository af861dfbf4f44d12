"""Releases that both verifiers take: the ground that every attack changes."""

from brightline.crypto.party_keys import ED25519, P384
from brightline.domain.leaf import Check, Flag
from brightline.domain.sign_off.binding import BoundRule, Demand
from brightline.testing.log_simulator import SimulatedLog
from brightline.testing.sign_off import CLEO, MINUTE_MS, NOW_MS, ROLE, Person
from tests.releases.edits import before, overwrite
from tests.releases.forger import Forged, at, put

COMMANDER = "watch-commander"
BREAKABLE = BoundRule("control-signed", "4.2", "house rules", "why", ROLE, 2, Demand(COMMANDER, 1))
DORA = Person("dora", P384, serial=4)
EVA = Person("eva", ED25519, roles=(COMMANDER,), serial=5)
GLASS = Forged(
    people=(EVA,), decisions=("break-glass",), fields={"rules": (BREAKABLE,)}, release=put("path", "break-glass")
)
MACHINES = Forged(people=(CLEO, DORA))
# What both verifiers take: the ground that attacks change.
GOOD: tuple[tuple[str, Forged], ...] = (
    ("a passkey and a file", Forged()),
    ("a smart card and a key on P-384", MACHINES),
    ("a broken glass", GLASS),
    ("on one's own machine", Forged(fields={"own_machine": True}, statement=at(0, put("own_machine", True)))),
    ("the hold as the last entry of the log", Forged(log=lambda leaf: SimulatedLog([*before(), leaf]))),
    ("a hold's entry with all flags", Forged(leaf=overwrite(2, sum(Flag).to_bytes(4, "big")))),
    ("a hold's entry with all checks", Forged(leaf=overwrite(154, sum(Check).to_bytes(4, "big")))),
    (
        "other texts",
        Forged(fields={"purpose": "zero\u200bwidth \u202e and \u0430 ", "arguments": {"é\u20ac": [[], {}, -0.5]}}),
    ),
    ("just begun", Forged(now_ms=NOW_MS - MINUTE_MS - 5_000)),
    ("nearly over", Forged(now_ms=NOW_MS + 14 * MINUTE_MS - 1)),
    ("arguments with space around", Forged(arguments=lambda data: b" " + data.replace(b":", b" : ") + b"\n")),
)
