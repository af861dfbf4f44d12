"""Holds over a real store and a ledger in memory, with people whose keys everybody knows."""

import hashlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast

from brightline.crypto.merkle import leaf_hash
from brightline.crypto.seal import WrappingKey
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.leaf import Flag, Kind, Leaf, Outcome, Verdict, decode, short_id, with_time
from brightline.domain.record import Appended, Entry
from brightline.domain.sign_off.assertion import SignedAssertion
from brightline.domain.sign_off.binding import ActionBinding, BoundAgreement
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.review import JUSTIFIED, Review
from brightline.domain.sign_off.revocation import RevocationList
from brightline.domain.sign_off.statement import ALLOW, ShownLog, SignedStatement, Statement
from brightline.domain.sign_off.trust import RelyingParty
from brightline.oversight.caps import Caps
from brightline.oversight.directory import Directory, entries_of
from brightline.oversight.holds import Draft, HoldRecords
from brightline.oversight.people import People
from brightline.oversight.service import Holds, Parts
from brightline.oversight.taking import Taking
from brightline.storage import HoldStore, Shard, Store
from brightline.testing.log_simulator import SimulatedLog
from brightline.testing.sign_off import (
    DAY_MS,
    HOUR_MS,
    NOW_MS,
    ORIGIN,
    ROLE,
    RP_ID,
    Person,
    assert_roles,
    key_of,
    make_binding,
    sign_review,
    sign_revocations,
    sign_statement,
)

REF = AgreementRef("example", 1, hashlib.sha256(b"a simulated agreement").digest(), "enclave-1")
ANA, BEN, CLEO = (
    Person(name, roles=(ROLE, "watch-commander"), serial=serial)
    for serial, name in enumerate(("ana", "ben", "cleo"), start=1)
)
PEOPLE = (ANA, BEN, CLEO)
T = TypeVar("T")


class MemoryLedger:
    """Entries in memory; what goes with them is written to the real store, all or nothing."""

    def __init__(self, store: Store, shard: Shard) -> None:
        self.origin = shard.origin
        self._store = store
        self.shard = shard
        genesis = Leaf(kind=Kind.GENESIS, agreement_digest=REF.digest, enclave_id=short_id(REF.enclave))
        self.entries: list[bytes] = [genesis.encode()]
        self.blobs: dict[int, bytes] = {}
        self.time_ms = NOW_MS
        self.agreement = REF.digest
        # Called before a commit, as whatever else happens at that moment.
        self.meanwhile: Callable[[], None] | None = None

    @property
    def size(self) -> int:
        return len(self.entries)

    def now_ms(self) -> int:
        return self.time_ms

    def root_at(self, size: int) -> bytes:
        return SimulatedLog(self.entries[:size]).root

    def leaves(self, start: int, end: int) -> list[bytes]:
        return self.entries[start:end]

    def stored_leaf(self, index: int) -> bytes | None:
        return next(iter(self._store.entries(self.shard).leaves(index, index + 1)), None)

    def blob(self, index: int) -> bytes | None:
        return self.blobs.get(index)

    async def proof(self, index: int) -> bytes:
        return SimulatedLog(self.entries).proof(index)

    async def append_with(self, entries: Sequence[Entry], also: Callable[[int], None]) -> Sequence[Appended]:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        first = self.size
        leaves = [with_time(entry.leaf, self.time_ms) for entry in entries]
        with self._store.database.transaction():
            also(first)
            # What is said of holds is found among the leaves that the store has.
            self._store.entries(self.shard).add_leaves(first, leaves)
            blobs = [(at, entry.blob) for at, entry in enumerate(entries, first) if entry.blob is not None]
            self._store.entries(self.shard).add_sealed(blobs)
        appended = []
        for entry, leaf in zip(entries, leaves, strict=True):
            if entry.blob is not None:
                self.blobs[self.size] = entry.blob
            appended.append(Appended(self.size, leaf_hash(leaf), self.time_ms))
            self.entries.append(leaf)
        return appended

    def fork(self) -> None:
        """Begin another shard, whose genesis says that it took the place of this one."""
        with self._store.database.transaction():
            shards = self._store.shards(agreement=REF.id, enclave=REF.enclave)
            self.origin = "example.org/simulated/2"
            self.shard = shards.add(number=2, origin=self.origin, reason="restored", vkey="w")
            genesis = replace(decode(self.entries[0]), flags=int(Flag.FORK))
            self.entries, self.blobs = [genesis.encode()], {}
            self._store.entries(self.shard).add_leaves(0, self.entries)

    def kinds(self) -> list[Kind]:
        return [decode(leaf).kind for leaf in self.entries]


def run(work: Coroutine[None, None, T]) -> T:
    """What `work` gives, which waits for nothing: nothing here takes any time."""
    try:
        work.send(None)
    except StopIteration as ended:
        return cast("T", ended.value)
    raise AssertionError("it waits")


@dataclass
class Rig:
    """Everything of some holds; `people` may be changed, and `revoked` says whom the list names."""

    store: Store
    ledger: MemoryLedger
    holds: Holds
    taking: Taking
    people: tuple[Person, ...] = PEOPLE
    revoked: RevocationList = field(default_factory=lambda: RevocationList(NOW_MS - HOUR_MS, 1))
    directory: bool = True
    asserted_ms: int = NOW_MS
    count: int = 0

    @property
    def rows(self) -> HoldStore:
        return self.holds.parts.rows()

    def current(self) -> People:
        """The people as the directory has them now."""
        if not self.directory:
            raise SignOffError("signoff/no-directory")
        key = key_of("directory")
        directory = Directory(
            keys=entries_of([key.public]),
            assurances=("file", "hardware", "webauthn-uv"),
            webauthn=RelyingParty(RP_ID, (ORIGIN,)),
            revocations_max_age_ms=DAY_MS,
        )
        return People(
            directory,
            assertions=[self.assertion(person).canonical for person in self.people],
            revocations=sign_revocations(self.revoked, key).canonical,
        )

    def assertion(self, person: Person) -> SignedAssertion:
        """The directory's word on `person`, good for a day around `asserted_ms`."""
        return assert_roles(person, key_of("directory"), now_ms=self.asserted_ms)

    def later(self, milliseconds: int) -> None:
        """Let time go by; the directory says all of it anew."""
        self.ledger.time_ms += milliseconds
        self.asserted_ms = self.ledger.time_ms
        self.revoked = replace(self.revoked, issued_ms=self.ledger.time_ms)

    def draft(self, *, wrong: str = "", use: bytes = b"u" * 16, principal: str = "agent-7", **changes: object) -> Draft:
        """Something to hold, another each time."""
        self.count += 1
        mark = hashlib.sha256(b"%d" % self.count).hexdigest()
        now_ms = self.ledger.time_ms
        fields: dict[str, object] = {
            "hold": mark[:32],
            "nonce": mark[32:],
            "agreement": BoundAgreement(REF.id, 1, REF.digest.hex(), REF.enclave),
            "not_before_ms": now_ms,
            "not_after_ms": now_ms + 15 * 60_000,
            **changes,
        }
        binding = make_binding(now_ms=now_ms, **fields)
        content = b"the answer"
        return Draft(binding=binding, use=use, principal=principal, body_sha256=b"b" * 32, content=content, wrong=wrong)

    def statement(self, hold: bytes, person: Person, decision: str = ALLOW, **changes: object) -> Statement:
        """What `person` would sign of a hold now."""
        binding = self.binding(hold)
        said = Statement(
            binding=binding.digest.hex(),
            decision=decision,
            person=person.name,
            key=person.key.public.id,
            role="watch-commander" if decision == "break-glass" else ROLE,
            rendering=binding.rendering.sha256,
            log=ShownLog(self.ledger.origin, self.ledger.size, self.ledger.root_at(self.ledger.size)),
            assurance=person.assurance,
            own_machine=False,
            blind=True,
            evidence=tuple(sorted(item.sha256 for item in binding.evidence)),
            dwell_ms=42_000,
            reason="seen and checked",
            signed_at_ms=self.ledger.time_ms,
        )
        return replace(said, **changes)  # type: ignore[arg-type]

    def signed(self, hold: bytes, person: Person, decision: str = ALLOW, **changes: object) -> SignedStatement:
        """What `person` signs of a hold now."""
        said = self.statement(hold, person, decision, **changes)
        return sign_statement(said, person, self.assertion(person))

    def review(self, hold: bytes, person: Person, verdict: str = JUSTIFIED, **changes: object) -> bytes:
        """What `person` signs of broken glass now."""
        review = Review(
            hold=hold.hex(),
            binding=self.binding(hold).digest.hex(),
            verdict=verdict,
            person=person.name,
            key=person.key.public.id,
            role=person.roles[0],
            log=ShownLog(self.ledger.origin, self.ledger.size, self.ledger.root_at(self.ledger.size)),
            words="the gauge agrees",
            signed_at_ms=self.ledger.time_ms,
        )
        return self.sign_review(replace(review, **changes), person)  # type: ignore[arg-type]

    def sign_review(self, review: Review, person: Person) -> bytes:
        """`review` with the signature of `person`."""
        return sign_review(review, person, self.assertion(person)).canonical

    def fork(self) -> None:
        """Let the log begin anew, as after the restore of a backup that was too old."""
        self.ledger.fork()

    def place(self, **changes: object) -> bytes:
        """The id of something new that is held."""
        return run(self.holds.place(self.draft(**changes)))  # type: ignore[arg-type]

    def say(self, hold: bytes, person: Person, decision: str = ALLOW, **changes: object) -> str:
        """The hold's state once `person` has signed."""
        data = self.signed(hold, person, decision, **changes).canonical
        return run(self.taking.sign(hold, data)).name

    def binding(self, hold: bytes) -> ActionBinding:
        return self.holds.get(hold).kept.binding

    def state(self, hold: bytes) -> str:
        return self.holds.get(hold).state.name

    def by_hand(self, sql: str, *values: int | bytes) -> None:
        """What somebody does who may write the store."""
        with self.store.database.transaction():
            self.store.database.write(sql, values)

    def entry(self, kind: Kind = Kind.OUTCOME) -> Entry:
        """An entry that starts something."""
        outcome = Outcome.COMPLETE if kind is Kind.OUTCOME else Outcome.NONE
        leaf = Leaf(kind=kind, use_id=b"s" * 16, verdict=Verdict.PERMIT, outcome=outcome, agreement_digest=REF.digest)
        return Entry(leaf.encode())


def make_rig(place: Path, *, caps: Caps | None = None) -> Rig:
    """A fresh rig in `place`; close it with `rig.store.abandon()`."""
    store = Store.open(place, create=True)
    with store.database.transaction():
        shards = store.shards(agreement=REF.id, enclave=REF.enclave)
        shard = shards.add(number=1, origin="example.org/simulated", reason="", vkey="v")
    ledger = MemoryLedger(store, shard)
    counter = iter(range(1, 1 << 30))
    records = HoldRecords(
        wrapping_key=WrappingKey(b"k" * 32),
        tag_keys=TagKeys(b"t" * 32),
        random=lambda size: hashlib.shake_256(b"%d" % next(counter)).digest(size),
    )
    made: list[Rig] = []

    def people() -> People:
        return made[0].current()

    parts = Parts(
        ledger=ledger,
        rows=lambda: store.holds(ledger.shard),
        said=lambda: store.said(ledger.shard),
        people=people,
        records=records,
        agreement=lambda: REF,
        signer=key_of("gateway"),
        caps=caps or Caps(),
    )
    holds = Holds(parts)
    taking = Taking(holds, {"uav-1.example": [key_of("other effector").public, key_of("effector").public]})
    made.append(Rig(store, ledger, holds, taking))
    return made[0]
