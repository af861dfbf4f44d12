"""Attacks on who approves: too few, the same, the wrong ones, and those who may no longer."""

import json
from dataclasses import replace

from brightline.testing.sign_off import ANNA, BERT, CLEO, DAY_MS, NOW_MS, ROLE, key_of
from tests.releases.edits import renamed
from tests.releases.forger import Attack, Forged, at, put
from tests.releases.ground import COMMANDER, EVA, GLASS


def _digest_of(forged: Forged) -> str:
    release, _ = forged.make()
    statement: str = json.loads(release)["statements"][0]["statement"]["binding"]
    return statement


PERSONS: tuple[Attack, ...] = (
    ("one signature of two", "effector/no-quorum", Forged(people=(ANNA,))),
    ("no signature", "effector/no-quorum", Forged(people=())),
    (
        "fewer than the machine itself demands",
        "effector/no-quorum",
        Forged(bundle=put("tools.release_payload.quorum.0.quorum", 3)),
    ),
    (
        "a role that the machine itself demands",
        "effector/no-quorum",
        Forged(bundle=put("tools.release_payload.quorum", [{"role": COMMANDER, "quorum": 1}])),
    ),
    (
        "fewer than the rule demands",
        "effector/no-quorum",
        Forged(people=(ANNA,), bundle=put("tools.release_payload.quorum.0.quorum", 1)),
    ),
    (
        "one of two rules unmet",
        "effector/no-quorum",
        Forged(
            binding=lambda whole: whole["rules"].append(
                {**whole["rules"][0], "id": "z", "role": COMMANDER, "quorum": 1}
            )
        ),
    ),
    ("a break-glass that counts as consent", "effector/no-quorum", Forged(decisions=("allow", "break-glass"))),
    (
        "the glass broken under an ordinary path",
        "effector/no-quorum",
        replace(GLASS, release=put("path", "quorum")),
    ),
    ("a broken glass that nobody broke", "effector/no-quorum", Forged(release=put("path", "break-glass"))),
    ("consent from before the action", "effector/signed-at", Forged(statement=at(1, put("signed_at_ms", 1)))),
    (
        "consent of a time to come",
        "effector/signed-at",
        Forged(statement=at(1, put("signed_at_ms", NOW_MS + DAY_MS))),
    ),
    ("the glass broken in another role", "effector/no-quorum", replace(GLASS, people=(replace(EVA, roles=(ROLE,)),))),
    ("consent in the place of a broken glass", "effector/no-quorum", replace(GLASS, decisions=("allow",))),
    (
        "the glass of an absolute rule broken",
        "effector/absolute",
        Forged(decisions=("break-glass", "break-glass"), release=put("path", "break-glass")),
    ),
    (
        "a glass that the machine does not have",
        "effector/absolute",
        replace(GLASS, bundle=put("tools.release_payload.break_glass", None)),
    ),
    (
        "one person with two keys",
        "effector/same-person",
        Forged(people=(BERT, replace(BERT, key_name="bert's other", serial=9))),
    ),
    (
        "two persons with one key",
        "effector/same-person",
        Forged(people=(BERT, replace(BERT, name="carl", key_name="bert", serial=9))),
    ),
    ("one statement twice", "effector/same-person", Forged(people=(BERT, BERT))),
    ("a veto", "effector/vetoed", Forged(people=(ANNA, BERT, CLEO), decisions=("allow", "allow", "deny"))),
    (
        "a signature taken back",
        "effector/vetoed",
        Forged(people=(ANNA, BERT, CLEO), decisions=("allow", "allow", "revoke")),
    ),
    ("who asked approves", "effector/own-approval", Forged(binding=put("requester.person", "bert"))),
    ("whose agent asked approves", "effector/own-approval", Forged(binding=put("agent_owner", "anna"))),
    (
        "who writes policy approves",
        "effector/own-approval",
        Forged(people=(ANNA, replace(BERT, roles=(ROLE, "policy-author"))), statement=at(1, put("role", ROLE))),
    ),
    ("nobody at an own machine, as the action asks", "effector/own-machine", Forged(fields={"own_machine": True})),
    (
        "nobody at an own machine, as the machine asks",
        "effector/own-machine",
        Forged(bundle=put("tools.release_payload.own_machine", True)),
    ),
    ("a role not held", "effector/role", Forged(assertion=at(1, put("roles", ["watch-officer"])))),
    ("a role no longer held", "effector/role", Forged(assertion=at(1, put("not_after_ms", NOW_MS)))),
    ("a role not yet held", "effector/role", Forged(assertion=at(1, put("not_before_ms", NOW_MS + 1)))),
)
REVOKED: tuple[Attack, ...] = (
    ("a revoked key", "effector/revoked", Forged(revocations=put("keys", [BERT.key.public.id]))),
    ("a revoked person", "effector/revoked", Forged(revocations=put("persons", ["anna"]))),
    ("a revoked assertion", "effector/revoked", Forged(revocations=put("serials", [2]))),
    (
        "a revoked action",
        "effector/revoked",
        Forged(revocations=lambda whole: whole.update(bindings=[_digest_of(Forged())])),
    ),
    ("a list too old", "effector/revocations-stale", Forged(revocations=put("issued_ms", NOW_MS - DAY_MS - 1))),
    ("a list of a time to come", "effector/revocations-stale", Forged(revocations=put("issued_ms", NOW_MS + 5_001))),
    ("no list", "effector/revocations-stale", Forged(listed=lambda _data: b"")),
    ("a list cut short", "effector/revocations-stale", Forged(listed=lambda data: data[:-1])),
    ("a list signed by somebody else", "effector/revocations-stale", Forged(lister="mallory")),
    (
        "a list of another directory",
        "effector/revocations-stale",
        Forged(listed=renamed("directory_key", key_of("mallory").public.id), lister="mallory"),
    ),
    ("a list in another form", "effector/revocations-stale", Forged(listed=lambda data: data + b"\n")),
    ("a list with a field too many", "effector/revocations-stale", Forged(revocations=put("extra", 1))),
    ("a list with a serial below zero", "effector/revocations-stale", Forged(revocations=put("serials", [-1]))),
    ("a list with a serial of no number", "effector/revocations-stale", Forged(revocations=put("serials", [True]))),
)
