"""A whole sign-off for tests: people with keys, a directory, a log with the hold in it, a trust bundle and a release.

`make_scene()` is a release of a payload, signed by two officers, that every check takes; its parts can be changed one
at a time and signed again. Keys are drawn from names, so everybody knows them. Nothing of the product imports this.
"""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar, cast

from brightline.crypto.party_keys import ED25519, P256, PrivateKey, PublicKey, create
from brightline.crypto.signatures import sign
from brightline.domain.leaf import Kind, Leaf, Verdict, short_id
from brightline.domain.sign_off.assertion import (
    FILE,
    HARDWARE,
    WEBAUTHN,
    ApproverKey,
    KeyEntry,
    RoleAssertion,
    SignedAssertion,
)
from brightline.domain.sign_off.binding import (
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
from brightline.domain.sign_off.release import QUORUM, HoldEntry, Release
from brightline.domain.sign_off.review import JUSTIFIED, Review, SignedReview
from brightline.domain.sign_off.revocation import RevocationList, SignedRevocationList
from brightline.domain.sign_off.statement import (
    ALLOW,
    SIGNATURE_ALGORITHMS,
    WEBAUTHN_ES256,
    ShownLog,
    Signature,
    SignedStatement,
    Statement,
)
from brightline.domain.sign_off.trust import RelyingParty, ToolDemand, TrustBundle, TrustedLog
from brightline.testing.log_simulator import SimulatedLog, story

NOW_MS = 1_795_000_000_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
AUDIENCE = "uav-1.example"
TOOL = "release_payload"
ROLE = "release-officer"
RP_ID = "console.example"
ORIGIN = "https://console.example"
DEFINITION = canonical(
    {
        "name": TOOL,
        "description": "Release the payload over a point",
        "parameters": {
            "type": "object",
            "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}},
            "required": ["latitude", "longitude"],
        },
    }
)
DEFINITION_DIGEST = digest("tool-definition", DEFINITION).hex()
AGREEMENT_DIGEST = hashlib.sha256(b"a simulated agreement").hexdigest()
PHOTO = hashlib.sha256(b"a photo of the place").hexdigest()
# User present and user verified (WebAuthn section 6.1).
_VERIFIED = b"\x05"
T = TypeVar("T")
_ASSURANCE = {WEBAUTHN_ES256: WEBAUTHN, ED25519: FILE}


@cache
def key_of(name: str, algorithm: str = ED25519) -> PrivateKey:
    """The key that everybody draws from `name`."""
    return create(algorithm, _drawn(f"{algorithm} of {name}"))


def _drawn(name: str) -> Callable[[int], bytes]:
    return lambda size: hashlib.shake_256(name.encode()).digest(size)


def entry_of(public: PublicKey) -> KeyEntry:
    """The key as a trust bundle lists it."""
    return KeyEntry.of(public.algorithm, public.der)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs: in which roles, with which algorithm, and with a key drawn from `key_name` (else `name`)."""

    name: str
    algorithm: str = ED25519
    roles: tuple[str, ...] = (ROLE,)
    key_name: str = ""
    serial: int = 1

    @property
    def key(self) -> PrivateKey:
        """The person's key."""
        return key_of(self.key_name or self.name, P256 if self.algorithm == WEBAUTHN_ES256 else self.algorithm)

    @property
    def assurance(self) -> str:
        """What keeps the key."""
        return _ASSURANCE.get(self.algorithm, HARDWARE)


ANNA = Person("anna", WEBAUTHN_ES256, serial=1)
BERT = Person("bert", ED25519, serial=2)
CLEO = Person("cleo", P256, serial=3)
OFFICERS = (ANNA, BERT)


def assert_roles(person: Person, directory: PrivateKey, *, now_ms: int = NOW_MS, **changes: object) -> SignedAssertion:
    """The directory's word on `person`, valid for a day around `now_ms`; `changes` are fields of the assertion."""
    assertion = RoleAssertion(
        person=person.name,
        key=ApproverKey(entry_of(person.key.public), person.assurance),
        roles=tuple(sorted(person.roles)),
        not_before_ms=now_ms - DAY_MS,
        not_after_ms=now_ms + DAY_MS,
        serial=person.serial,
    )
    return sign_assertion(_changed(assertion, changes), directory)


def sign_assertion(assertion: RoleAssertion, directory: PrivateKey) -> SignedAssertion:
    """`assertion`, signed."""
    return SignedAssertion(assertion, directory.public.id, sign(directory, assertion.tagged))


def sign_revocations(revocations: RevocationList, directory: PrivateKey) -> SignedRevocationList:
    """`revocations`, signed."""
    return SignedRevocationList(revocations, directory.public.id, sign(directory, revocations.tagged))


def sign_statement(
    statement: Statement,
    person: Person,
    assertion: SignedAssertion,
    *,
    origin: str = ORIGIN,
    rp_id: str = RP_ID,
    flags: bytes = _VERIFIED,
) -> SignedStatement:
    """`statement`, signed by the person's key; for WebAuthn as an authenticator and a browser at `origin` do it."""
    if person.algorithm == WEBAUTHN_ES256:
        signature = webauthn_signature(person.key, statement.digest, origin=origin, rp_id=rp_id, flags=flags)
    else:
        signature = Signature(person.algorithm, sign(person.key, statement.tagged))
    return SignedStatement(statement, signature, assertion)


def sign_review(review: Review, person: Person, assertion: SignedAssertion) -> SignedReview:
    """`review`, signed by the person's key; for WebAuthn as an authenticator and a browser do it."""
    if person.algorithm == WEBAUTHN_ES256:
        return SignedReview(review, webauthn_signature(person.key, review.digest), assertion)
    return SignedReview(review, Signature(person.algorithm, sign(person.key, review.tagged)), assertion)


def webauthn_signature(
    key: PrivateKey, challenge: bytes, *, origin: str = ORIGIN, rp_id: str = RP_ID, flags: bytes = _VERIFIED
) -> Signature:
    """What a passkey and a browser make of `challenge`."""
    client = json.dumps(
        {
            "type": "webauthn.get",
            "challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "origin": origin,
            "crossOrigin": False,
        },
        separators=(",", ":"),
    ).encode()
    authenticator = hashlib.sha256(rp_id.encode()).digest() + flags + bytes(4)
    value = sign(key, authenticator + hashlib.sha256(client).digest())
    return Signature(WEBAUTHN_ES256, value, authenticator, client)


def make_binding(*, now_ms: int = NOW_MS, **changes: object) -> ActionBinding:
    """A binding that asks two release officers; `changes` are its fields. Raises `SignOffError` for a bad one."""
    binding = ActionBinding(
        hold=hashlib.sha256(b"hold").hexdigest()[:32],
        audience=AUDIENCE,
        kind="tool-call",
        tool=TOOL,
        definition=DEFINITION_DIGEST,
        call_id="call_1",
        arguments={"latitude": 52.0907, "longitude": 5.1214, "payload": "parcel 7"},
        preconditions={"uav-1/state": "hovering"},
        diff=(Change("payload", "on board", "released"),),
        requester=Requester("requester-1", "k1", "example", "logistics", "planner"),
        agent_owner="owner-1",
        mission="supply-7",
        purpose="supply the outpost",
        authority="order 12",
        model=Proposer("simulated", "simulated-1"),
        agreement=BoundAgreement("example", 1, AGREEMENT_DIGEST, "enclave-1"),
        rules=(BoundRule("operator-release-signed", "4.2", "house rules", "nothing falls unasked", ROLE, 2, None),),
        risk="top",
        own_machine=False,
        evidence=(Evidence("photo of the place", "image/png", PHOTO),),
        nonce=hashlib.sha256(b"nonce").hexdigest()[:32],
        not_before_ms=now_ms - MINUTE_MS,
        not_after_ms=now_ms + 14 * MINUTE_MS,
    )
    return _changed(binding, changes).checked()


def hold_leaf(binding: ActionBinding) -> Leaf:
    """The entry that the hold of `binding` has in the log."""
    return Leaf(
        kind=Kind.HOLD,
        time_ms=binding.not_before_ms,
        use_id=bytes.fromhex(binding.hold),
        commitment=binding.digest,
        agreement_digest=bytes.fromhex(binding.agreement.digest),
        enclave_id=short_id(binding.agreement.enclave),
        deployment_id=short_id(binding.model.deployment),
        verdict=Verdict.HOLD,
    )


def log_with(binding: ActionBinding, *, before: int = 5, after: int = 4) -> SimulatedLog:
    """A log in which the hold of `binding` is entry number `before`, and `after` entries follow it."""
    entries = [leaf.encode() for leaf in story(before + after)]
    return SimulatedLog([*entries[:before], hold_leaf(binding).encode(), *entries[before:]])


@dataclass(frozen=True)
class Scene:
    """Everybody and everything of one sign-off. Change a part with `dataclasses.replace`, and the rest is made anew.

    `statements` are those of `people`, all of whom allow; given, they stand as they are.
    """

    binding: ActionBinding
    people: tuple[Person, ...] = OFFICERS
    now_ms: int = NOW_MS
    path: str = QUORUM
    given: tuple[SignedStatement, ...] | None = None
    log: SimulatedLog | None = None
    hold_index: int = 5
    gateway: PrivateKey = field(default_factory=lambda: key_of("gateway"))
    directory: PrivateKey = field(default_factory=lambda: key_of("directory"))
    effector: PrivateKey = field(default_factory=lambda: key_of("effector"))

    def assertion(self, person: Person, **changes: object) -> SignedAssertion:
        """The directory's word on `person`; `changes` are fields of the assertion."""
        return assert_roles(person, self.directory, now_ms=self.now_ms, **changes)

    def unsigned(self, person: Person, decision: str = ALLOW, **changes: object) -> Statement:
        """What `person` would sign on the scene's binding; `changes` are fields of the statement."""
        statement = Statement(
            binding=self.binding.digest.hex(),
            decision=decision,
            person=person.name,
            key=person.key.public.id,
            role=person.roles[0],
            rendering=self.binding.rendering.sha256,
            log=ShownLog(self.whole_log.origin, len(self.whole_log.entries), self.whole_log.root),
            assurance=person.assurance,
            own_machine=False,
            blind=True,
            evidence=tuple(sorted({item.sha256 for item in self.binding.evidence})),
            dwell_ms=42_000,
            reason="seen and checked",
            signed_at_ms=self.now_ms - MINUTE_MS // 2,
        )
        return _changed(statement, changes)

    def statement(self, person: Person, decision: str = ALLOW, **changes: object) -> SignedStatement:
        """What `person` signs on the scene's binding; `changes` are fields of the statement."""
        return sign_statement(self.unsigned(person, decision, **changes), person, self.assertion(person))

    def review(self, person: Person, verdict: str = JUSTIFIED, **changes: object) -> SignedReview:
        """What `person` signs of glass that was broken for the scene's binding; `changes` are fields of the review."""
        review = Review(
            hold=self.binding.hold,
            binding=self.binding.digest.hex(),
            verdict=verdict,
            person=person.name,
            key=person.key.public.id,
            role=person.roles[0],
            log=ShownLog(self.whole_log.origin, len(self.whole_log.entries), self.whole_log.root),
            words="the gauge agrees",
            signed_at_ms=self.now_ms,
        )
        return sign_review(_changed(review, changes), person, self.assertion(person))

    @cached_property
    def whole_log(self) -> SimulatedLog:
        """The log with the hold in it."""
        return self.log or log_with(self.binding, before=self.hold_index)

    @cached_property
    def hold_entry(self) -> HoldEntry:
        """The hold's leaf and its proof."""
        return HoldEntry(self.whole_log.entries[self.hold_index], self.whole_log.proof(self.hold_index))

    @cached_property
    def statements(self) -> tuple[SignedStatement, ...]:
        """What people signed."""
        return tuple(self.statement(person) for person in self.people) if self.given is None else self.given

    @cached_property
    def release(self) -> Release:
        """The release, signed by the gateway."""
        return self.sign_release()

    def sign_release(
        self,
        *,
        binding: ActionBinding | None = None,
        statements: Iterable[SignedStatement] | None = None,
        hold_entry: HoldEntry | None = None,
        gateway: PrivateKey | None = None,
    ) -> Release:
        """The scene's release with other parts, signed anew by the gateway (or by another key)."""
        key = gateway or self.gateway
        return Release.signed(
            binding=binding or self.binding,
            statements=self.statements if statements is None else statements,
            path=self.path,
            hold_entry=hold_entry or self.hold_entry,
            key=key.public.id,
            sign=lambda message: sign(key, message),
        )

    @cached_property
    def bundle(self) -> TrustBundle:
        """What the effector of the binding's audience trusts and demands; change it with `dataclasses.replace`."""
        demands = [Demand(rule.role, rule.quorum) for rule in self.binding.rules]
        glasses = [rule.break_glass for rule in self.binding.rules if rule.break_glass]
        demand = ToolDemand(
            self.binding.definition,
            tuple(sorted(set(demands), key=lambda each: each.role)),
            glasses[0] if glasses else None,
            own_machine=self.binding.own_machine,
        )
        return TrustBundle(
            audience=self.binding.audience,
            log=TrustedLog(self.whole_log.origin, (self.whole_log.vkey,)),
            gateway_keys=(entry_of(self.gateway.public),),
            directory_keys=(entry_of(self.directory.public),),
            agreements=(self.binding.agreement.digest,),
            tools={self.binding.tool: demand} if self.binding.tool else {},
            webauthn=RelyingParty(RP_ID, (ORIGIN,)),
            algorithms=tuple(sorted(SIGNATURE_ALGORITHMS)),
            longest_window_ms=HOUR_MS,
            clock_skew_ms=5_000,
            revocations_max_age_ms=DAY_MS,
        )

    @cached_property
    def revocations(self) -> SignedRevocationList:
        """A list of an hour ago that revokes nothing."""
        return self.revoke()

    def revoke(self, **changes: object) -> SignedRevocationList:
        """A list of an hour ago, signed by the directory; `changes` are fields of the list."""
        return sign_revocations(_changed(RevocationList(self.now_ms - HOUR_MS, 1), changes), self.directory)


def make_scene(
    people: Sequence[Person] = OFFICERS, *, now_ms: int = NOW_MS, path: str = QUORUM, **changes: object
) -> Scene:
    """A scene in which `people` sign; `changes` are fields of the binding (`arguments=…`, `audience=…`, …)."""
    return Scene(make_binding(now_ms=now_ms, **changes), tuple(people), now_ms, path)


def _changed(value: T, changes: Mapping[str, object]) -> T:
    return cast("T", dataclasses.replace(cast("Any", value), **changes))
