"""Turns a run into entries of the ledger: the leaf everybody may see, and the sealed record behind it.

The commitment is over the exact bytes that go to the provider (intent) or came back (outcome); the digest of the
client's own body stands in the sealed `model` group beside it. Sealing happens here, in the caller's turn.
An outcome carries its intent's tags, and seals only what is new: the content, and how the use ended. Who called, for
which mission and with which model stands in the intent it refers to.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace

import orjson

from brightline.crypto.seal import WrappingKey, seal
from brightline.crypto.tags import TagKeys
from brightline.domain.decision import Decision, Effect
from brightline.domain.description import TextDescription, TextReading, TextState
from brightline.domain.leaf import NO_REFERENCE, ZERO_8, Flag, Kind, Outcome, UseLeaf, Verdict, short_id
from brightline.domain.record import Entry, Group
from brightline.domain.sign_off.canonical import JsonObject
from brightline.gateway.run import Run
from brightline.policy.facts_record import facts_of
from brightline.use import DICTIONARY, UNKNOWN_LABEL, describing, label_of

# The dictionary of a use that nobody described: it has no label.
LABEL_DICTIONARY = hashlib.sha256(b"brightline/labels/1\n").digest()[:8]
_STREAMED, _CLAIMED = int(Flag.STREAMED), int(Flag.CLAIMED_AUTHORITY)


class Recorder:
    """Makes the entries of uses for one agreement in one enclave."""

    def __init__(
        self,
        *,
        wrapping_key: WrappingKey,
        tag_keys: TagKeys,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._wrapping_key = wrapping_key
        self._tag_keys = tag_keys
        self._random = random
        self._ids: dict[str, bytes] = {"": ZERO_8}

    def intent(self, run: Run) -> Entry:
        """The entry that must be durable before `run.sent` leaves."""
        return self._first(run, Kind.INTENT, Verdict.PERMIT, content=run.sent, code="")

    def refusal(self, run: Run, *, code: str) -> Entry:
        """The one entry of a refused call; its content is the client's body."""
        verdict = _verdict(run)
        body = run.call.body if run.call is not None else b""
        return self._first(run, Kind.REFUSAL, verdict, content=body, code=code)

    def outcome(self, run: Run, *, code: str) -> Entry:
        """The entry that must be durable before the end of the answer leaves; its content is what came back."""
        content = run.returned[0] if len(run.returned) == 1 else b"".join(run.returned)
        ended: JsonObject = {"code": code, "proposed": list(run.proposed)} if run.proposed else {"code": code}
        leaf = run.leaf or self._leaf(run)
        if run.answered is not None:
            ended["described"] = said_of(run.answered)
            leaf = replace(leaf, label=label_for(run.answered))
        groups = {Group.CONTENT: content, Group.DECISION: orjson.dumps(ended)}
        sealed = seal(groups, wrapping_key=self._wrapping_key, random=self._random)
        encoded = leaf.encode(
            Kind.OUTCOME,
            Verdict.PERMIT,
            run.outcome,
            reference=run.intent.index if run.intent is not None else NO_REFERENCE,
            commitment=sealed.commitment,
            ciphertext_hash=sealed.ciphertext_hash,
            checks=run.checks,
        )
        return Entry(encoded, sealed.blob)

    def _first(self, run: Run, kind: Kind, verdict: Verdict, *, content: bytes, code: str) -> Entry:
        sealed = seal(_groups(run, content, code), wrapping_key=self._wrapping_key, random=self._random)
        run.leaf = self._leaf(run)
        encoded = run.leaf.encode(
            kind,
            verdict,
            Outcome.NONE,
            reference=NO_REFERENCE,
            commitment=sealed.commitment,
            ciphertext_hash=sealed.ciphertext_hash,
            checks=run.checks,
        )
        return Entry(encoded, sealed.blob, run.claim if kind is Kind.INTENT else None)

    def _leaf(self, run: Run) -> UseLeaf:
        principal, nonce, tag = run.principal, self._random(16), self._tag_keys.tag
        app, name = (principal.app, principal.name) if principal is not None else ("", "")
        return UseLeaf(
            flags=_flags(run),
            use_id=run.use_id,
            agreement_digest=run.agreement.digest,
            enclave_id=self._id(run.agreement.enclave),
            label_dictionary=LABEL_DICTIONARY if run.described is None else DICTIONARY,
            label=label_for(run.described),
            deployment_id=self._id(run.deployment.id if run.deployment is not None else ""),
            tag_nonce=nonce,
            tags=tag(nonce, "mission", run.mission) + tag(nonce, "principal", name) + tag(nonce, "app", app),
        )

    def _id(self, name: str) -> bytes:
        """The short id of an enclave or a deployment; all names are of the agreement, so few are remembered."""
        found = self._ids.get(name)
        if found is None:
            found = self._ids[name] = short_id(name)
        return found


def _verdict(run: Run) -> Verdict:
    """What the leaf of a refused call says was decided; a call or an act that waits in vain is held, not forbidden."""
    decision = run.decision
    if decision is None:
        return Verdict.UNDECIDED
    held = decision.effect is Effect.HOLD or (decision.permitted and bool(run.held))
    return Verdict.HOLD if held else Verdict.FORBID


def _flags(run: Run) -> int:
    flags = 0
    if run.call is not None and run.call.stream:
        flags |= _STREAMED
    if run.claimed.authority is not None:
        flags |= _CLAIMED
    return flags


def label_for(described: TextDescription | None) -> int:
    """The label of a leaf whose words were `described` so; nought where nobody described them."""
    if described is None:
        return 0
    return UNKNOWN_LABEL if described.state is TextState.UNKNOWN else label_of(described.leaf)


def said_of(found: TextDescription) -> JsonObject:
    """What a record says that the words of its use are for, and what described them."""
    return {
        "attention": found.attention,
        "describer": describing().digest,
        "evidence": [*sorted(found.evidence)],
        "leaf": found.leaf,
        "scores": {**found.scores},
        "state": found.state.value,
    }


def _read(reading: TextReading) -> JsonObject:
    """What policies were told of the words."""
    return {
        "advised": [*sorted(reading.advised)],
        "held": [*sorted(reading.held)],
        "uncalibrated": reading.uncalibrated,
    }


def _holds(decision: Decision) -> list[dict[str, str | int]]:
    return [{"policy": hold.policy_id, "quorum": hold.quorum, "role": hold.role} for hold in decision.holds]


def _groups(run: Run, content: bytes, code: str) -> dict[Group, bytes]:
    who, call, decision, claimed = run.principal, run.call, run.decision, run.claimed
    decided: dict[str, object] = {
        "agreement": run.agreement.id,
        "code": code,
        "enclave": run.agreement.enclave,
        "facts": facts_of(call, who) if call else None,
        "reasons": [reason.policy_id or reason.layer.value for reason in decision.reasons] if decision else [],
        "version": run.agreement.version,
    }
    if run.use is not None and run.use.readings:
        decided["meter"] = {**run.use.readings}
    if run.described is not None:
        decided["described"] = {**said_of(run.described), **_read(run.reading)}
    if run.held:
        decided["held"] = [hold.hex() for hold in run.held]
    if decision and decision.holds:
        decided["holds"] = _holds(decision)
    return {
        Group.CONTENT: content,
        Group.WHO: orjson.dumps(
            {
                "app": who.app if who else "",
                "key": who.key_id if who else "",
                "organisation": who.organisation if who else "",
                "principal": who.name if who else "",
                "unit": who.unit if who else "",
            }
        ),
        Group.MISSION: orjson.dumps(
            {
                "claimed_authority": claimed.authority,
                "claimed_mission": claimed.mission,
                "claimed_purpose": claimed.purpose,
                "mission": run.mission,
            }
        ),
        Group.DECISION: orjson.dumps(decided),
        Group.MODEL: orjson.dumps(
            {
                "body_sha256": hashlib.sha256(call.body).hexdigest() if call else "",
                "deployment": run.deployment.id if run.deployment else "",
                "dialect": call.dialect.value if call else "",
                "model": run.deployment.model if run.deployment else "",
                "tools": [tool.name for tool in call.tools] if call else [],
            }
        ),
    }
