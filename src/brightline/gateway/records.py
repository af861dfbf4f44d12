"""Turns a run into entries of the ledger: the leaf everybody may see, and the sealed record behind it.

The commitment is over the exact bytes that go to the provider (intent) or came back (outcome); the digest of the
client's own body stands in the sealed `model` group beside it. Sealing happens here, in the caller's turn.
"""

import hashlib
import os
from collections.abc import Callable

import orjson

from brightline.crypto.seal import WrappingKey, seal
from brightline.crypto.tags import TagKeys
from brightline.domain.leaf import NO_REFERENCE, Flag, Kind, Leaf, Outcome, Verdict, short_id
from brightline.domain.record import Entry, Group
from brightline.gateway.run import Run

# The dictionary of use labels in force: empty until the describer of the next part fills it.
LABEL_DICTIONARY = hashlib.sha256(b"brightline/labels/1\n").digest()[:8]


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

    def intent(self, run: Run) -> Entry:
        """The entry that must be durable before `run.sent` leaves."""
        return self._entry(run, kind=Kind.INTENT, content=run.sent, verdict=Verdict.PERMIT)

    def refusal(self, run: Run, *, code: str) -> Entry:
        """The one entry of a refused call; its content is the client's body."""
        verdict = Verdict.FORBID if run.decision is not None else Verdict.UNDECIDED
        body = run.call.body if run.call is not None else b""
        return self._entry(run, kind=Kind.REFUSAL, content=body, verdict=verdict, code=code)

    def outcome(self, run: Run, *, code: str) -> Entry:
        """The entry that must be durable before the end of the answer leaves; its content is what came back."""
        content = b"".join(run.returned)
        return self._entry(run, kind=Kind.OUTCOME, content=content, verdict=Verdict.PERMIT, code=code)

    def _entry(self, run: Run, *, kind: Kind, content: bytes, verdict: Verdict, code: str = "") -> Entry:
        sealed = seal(
            {Group.CONTENT: content, **_groups(run, code)}, wrapping_key=self._wrapping_key, random=self._random
        )
        nonce = self._random(16)
        leaf = Leaf(
            kind=kind,
            flags=_flags(run),
            use_id=run.use_id,
            reference=run.intent.index if run.intent is not None else NO_REFERENCE,
            commitment=sealed.commitment,
            ciphertext_hash=sealed.ciphertext_hash,
            agreement_digest=run.agreement.digest,
            enclave_id=short_id(run.agreement.enclave),
            label_dictionary=LABEL_DICTIONARY,
            verdict=verdict,
            outcome=run.outcome if kind is Kind.OUTCOME else Outcome.NONE,
            checks=run.checks,
            deployment_id=short_id(run.deployment.id) if run.deployment is not None else bytes(8),
            tag_nonce=nonce,
            tags=self._tags(run, nonce),
        )
        return Entry(leaf.encode(), sealed.blob, run.claim if kind is Kind.INTENT else None)

    def _tags(self, run: Run, nonce: bytes) -> bytes:
        principal = run.principal
        app, name = (principal.app, principal.name) if principal is not None else ("", "")
        tag = self._tag_keys.tag
        return tag(nonce, "mission", run.mission) + tag(nonce, "principal", name) + tag(nonce, "app", app)


def _flags(run: Run) -> int:
    flags = Flag(0) if run.agreement.signed else Flag.UNSIGNED_AGREEMENT
    if run.call is not None and run.call.stream:
        flags |= Flag.STREAMED
    if run.claimed.authority is not None:
        flags |= Flag.CLAIMED_AUTHORITY
    return int(flags)


def _groups(run: Run, code: str) -> dict[Group, bytes]:
    who, call, decision = run.principal, run.call, run.decision
    return {
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
                "claimed_authority": run.claimed.authority,
                "claimed_mission": run.claimed.mission,
                "claimed_purpose": run.claimed.purpose,
                "mission": run.mission,
            }
        ),
        Group.DECISION: orjson.dumps(
            {
                "agreement": run.agreement.id,
                "code": code,
                "enclave": run.agreement.enclave,
                "reasons": [reason.policy_id for reason in decision.reasons] if decision else [],
                "version": run.agreement.version,
            }
        ),
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
