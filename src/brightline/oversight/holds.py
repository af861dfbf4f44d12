"""Holds as the ledger keeps them: sealed records of what is held and of what people said, and how they are read back.

The leaf of a hold commits to the binding's digest, which the binding's nonce hides; those of statements and receipts to
their digests. So a release, a statement or a receipt can be matched with its entry by whoever holds it.
INVARIANT: what is read back is what the entry committed to, or it is refused (`hold/damaged`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from brightline.crypto.errors import CryptoError
from brightline.crypto.seal import WrappingKey, seal, unseal
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.leaf import ZERO_32, Kind, Leaf, LeafError, Verdict, decode, short_id
from brightline.domain.record import Entry, Group
from brightline.domain.sign_off.binding import MODEL_CALL, ActionBinding
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.receipt import SignedReceipt
from brightline.domain.sign_off.review import JUSTIFIED, SignedReview
from brightline.domain.sign_off.statement import ALLOW, BREAK_GLASS, SignedStatement
from brightline.oversight.hold_errors import HoldError
from brightline.storage import HoldRow, NewHold

_NO_NONCE = bytes(16)
_KINDS = (Kind.SIGN_OFF, Kind.BREAK_GLASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Something to be held: `use` is the id of the use that proposed it, `principal` who asked.

    `content` is kept sealed beside it. `wrong` says in words what is wrong with a decoy, and is empty for real actions.
    """

    binding: ActionBinding
    use: bytes
    principal: str
    body_sha256: bytes
    content: bytes = field(repr=False)
    wrong: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A hold as it was placed; `leaf` are the exact bytes of its entry."""

    index: int
    leaf: bytes = field(repr=False)
    binding: ActionBinding = field(repr=False)
    use: bytes
    principal: str
    body_sha256: bytes
    wrong: str

    @property
    def hold(self) -> bytes:
        """The hold's id, 16 bytes."""
        return bytes.fromhex(self.binding.hold)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list shows of a hold."""

    hold: str
    what: str
    audience: str
    requester: str
    risk: str


class HoldRecords:
    """Makes the entries of holds and reads them back; `random` gives n random bytes."""

    def __init__(self, *, wrapping_key: WrappingKey, tag_keys: TagKeys, random: Callable[[int], bytes]) -> None:
        self._wrapping_key = wrapping_key
        self._tag_keys = tag_keys
        self._random = random

    # Tags by which rows are found

    def person_tag(self, person: str) -> bytes:
        """The tag of a person."""
        return self._tag_keys.tag(_NO_NONCE, "approver", person)

    def principal_tag(self, principal: str) -> bytes:
        """The tag of a caller."""
        return self._tag_keys.tag(_NO_NONCE, "hold-principal", principal)

    def role_tag(self, role: str) -> bytes:
        """The tag of a role's queue."""
        return self._tag_keys.tag(_NO_NONCE, "hold-role", role)

    # Holds

    def place(self, draft: Draft, agreement: AgreementRef) -> tuple[Entry, NewHold]:
        """The entry of a hold, and its row."""
        binding = draft.binding
        facts = {
            "use": draft.use.hex(),
            "principal": draft.principal,
            "body_sha256": draft.body_sha256.hex(),
            "wrong": draft.wrong,
        }
        leaf = self._leaf(
            Kind.HOLD, bytes.fromhex(binding.hold), agreement, mission=binding.mission, person=draft.principal
        )
        leaf = replace(
            leaf, commitment=binding.digest, verdict=Verdict.HOLD, deployment_id=short_id(binding.model.deployment)
        )
        entry = self._sealed(leaf, {Group.CONTENT: binding.canonical, Group.DECISION: _json(facts)})
        row = NewHold(
            hold=bytes.fromhex(binding.hold),
            binding=binding.digest,
            use=draft.use,
            principal=self.principal_tag(draft.principal),
            opened_ms=binding.not_before_ms,
            expires_ms=binding.not_after_ms,
            roles=[self.role_tag(role) for role in roles_of(binding)],
            summary=self._beside(binding, _json(_summary(binding))),
            content=self._beside(binding, draft.content),
        )
        return entry, row

    def read(self, index: int, leaf: bytes, blob: bytes | None) -> Kept:
        """The hold whose entry stands at `index`; raises `HoldError` when it is not what its leaf committed to."""
        groups = self._open(blob)
        try:
            binding = ActionBinding.parse(groups[Group.CONTENT])
            facts = json.loads(groups[Group.DECISION])
            found = decode(leaf)
        except (SignOffError, LeafError, KeyError, ValueError) as error:
            raise HoldError("hold/damaged") from error
        if (found.kind, found.use_id.hex(), found.commitment) != (Kind.HOLD, binding.hold, binding.digest):
            raise HoldError("hold/damaged")
        return Kept(
            index=index,
            leaf=leaf,
            binding=binding,
            use=bytes.fromhex(facts["use"]),
            principal=facts["principal"],
            body_sha256=bytes.fromhex(facts["body_sha256"]),
            wrong=facts["wrong"],
        )

    def summary(self, row: HoldRow) -> Summary:
        """What a list shows of the hold."""
        return Summary(**json.loads(self._read_beside(row.hold, row.summary)))

    def content(self, hold: bytes, blob: bytes | None) -> bytes:
        """What was kept beside the hold."""
        return self._read_beside(hold, blob)

    # What is said of them

    def statement(self, kept: Kept, signed: SignedStatement, agreement: AgreementRef) -> Entry:
        """The entry of a statement."""
        said = signed.statement
        leaf = self._leaf(
            Kind.BREAK_GLASS if said.decision == BREAK_GLASS else Kind.SIGN_OFF,
            kept.hold,
            agreement,
            mission=kept.binding.mission,
            person=said.person,
        )
        verdict = Verdict.PERMIT if said.decision in (ALLOW, BREAK_GLASS) else Verdict.FORBID
        leaf = replace(leaf, reference=kept.index, commitment=signed.digest, verdict=verdict)
        return self._sealed(leaf, {Group.CONTENT: signed.canonical})

    def read_statement(self, kept: Kept, leaf: bytes, blob: bytes | None) -> SignedStatement:
        """The statement of an entry; raises `HoldError` when it is not what its leaf committed to, of this hold."""
        groups = self._open(blob)
        try:
            signed = SignedStatement.parse(groups[Group.CONTENT])
            found = decode(leaf)
        except (SignOffError, LeafError, KeyError) as error:
            raise HoldError("hold/damaged") from error
        if found.kind not in _KINDS or (found.reference, found.commitment) != (kept.index, signed.digest):
            raise HoldError("hold/damaged")
        return signed

    def receipt(self, kept: Kept, signed: SignedReceipt, agreement: AgreementRef) -> Entry:
        """The entry of an effector's receipt."""
        leaf = self._leaf(
            Kind.EXECUTION, kept.hold, agreement, mission=kept.binding.mission, person=signed.receipt.audience
        )
        return self._sealed(
            replace(leaf, reference=kept.index, commitment=signed.digest), {Group.CONTENT: signed.canonical}
        )

    def opening(self, kept: Kept, content: bytes, agreement: AgreementRef) -> Entry:
        """The entry that opens a decoy, whose words are `content`."""
        leaf = self._leaf(Kind.DECOY, kept.hold, agreement, mission=kept.binding.mission, person="")
        return self._sealed(replace(leaf, reference=kept.index), {Group.CONTENT: content})

    def review(self, kept: Kept, signed: SignedReview, agreement: AgreementRef, *, reference: int) -> Entry:
        """The entry of a review, which refers to the hold or, where that is of an earlier shard, to the fork."""
        said = signed.review
        verdict = Verdict.PERMIT if said.verdict == JUSTIFIED else Verdict.FORBID
        leaf = self._leaf(Kind.REVIEW, kept.hold, agreement, mission=kept.binding.mission, person=said.person)
        leaf = replace(leaf, reference=reference, commitment=signed.digest, verdict=verdict)
        return self._sealed(leaf, {Group.CONTENT: signed.canonical})

    def _leaf(self, kind: Kind, hold: bytes, agreement: AgreementRef, *, mission: str, person: str) -> Leaf:
        nonce, tag = self._random(16), self._tag_keys.tag
        return Leaf(
            kind=kind,
            use_id=hold,
            agreement_digest=agreement.digest,
            enclave_id=short_id(agreement.enclave),
            tag_nonce=nonce,
            tags=tag(nonce, "mission", mission) + tag(nonce, "principal", person) + tag(nonce, "app", ""),
        )

    def _sealed(self, leaf: Leaf, groups: Mapping[Group, bytes]) -> Entry:
        sealed = seal(groups, wrapping_key=self._wrapping_key, random=self._random)
        commitment = leaf.commitment if leaf.commitment != ZERO_32 else sealed.commitment
        made = replace(leaf, commitment=commitment, ciphertext_hash=sealed.ciphertext_hash)
        return Entry(made.encode(), sealed.blob)

    def _beside(self, binding: ActionBinding, content: bytes) -> bytes:
        """A sealed record that belongs to the hold and to no other."""
        groups = {Group.CONTENT: content, Group.WHO: bytes.fromhex(binding.hold)}
        return seal(groups, wrapping_key=self._wrapping_key, random=self._random).blob

    def _read_beside(self, hold: bytes, blob: bytes | None) -> bytes:
        groups = self._open(blob)
        if groups.get(Group.WHO) != hold or Group.CONTENT not in groups:
            raise HoldError("hold/damaged")
        return groups[Group.CONTENT]

    def _open(self, blob: bytes | None) -> Mapping[Group, bytes]:
        try:
            return unseal(blob or b"", self._wrapping_key)
        except CryptoError as error:
            raise HoldError("hold/damaged") from error


def roles_of(binding: ActionBinding) -> frozenset[str]:
    """Every role that the hold asks, on either path."""
    asked = {rule.role for rule in binding.rules}
    return frozenset(asked | {rule.break_glass.role for rule in binding.rules if rule.break_glass is not None})


def what_of(binding: ActionBinding) -> str:
    """A few words for an action: its tool, or whose model is called."""
    return f"call of {binding.model.deployment}" if binding.kind == MODEL_CALL else binding.tool


def _summary(binding: ActionBinding) -> Mapping[str, str]:
    return {
        "hold": binding.hold,
        "what": what_of(binding),
        "audience": binding.audience,
        "requester": binding.requester.person or binding.requester.app,
        "risk": binding.risk,
    }


def _json(value: Mapping[str, str]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
