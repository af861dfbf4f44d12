"""What it costs to list, show and sign when ten thousand actions wait for one role, beside ten.

Two whole stores and ledgers, the same journeys over each, in rounds in which each goes first in turn; what counts is
the median of the rounds' ratios of processor time of all threads, since a busy machine slows both sides of one. The
control lists by reading every open hold, and must be seen to cost more.
"""

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from brightline.crypto.seal import WrappingKey
from brightline.crypto.tags import TagKeys
from brightline.domain.record import Entry
from brightline.domain.sign_off.binding import BoundAgreement, BoundRule
from brightline.domain.sign_off.revocation import RevocationList
from brightline.domain.sign_off.statement import SignedStatement, Statement
from brightline.domain.sign_off.trust import RelyingParty
from brightline.gateway.approvals import Approvals
from brightline.gateway.approver_journeys import ApproverJourneys
from brightline.gateway.decoying import DecoyPlan
from brightline.ledger.service import Ledger
from brightline.ledger.settings import LedgerSettings
from brightline.oversight.caps import Caps
from brightline.oversight.directory import Directory, entries_of
from brightline.oversight.holds import Draft, HoldRecords
from brightline.oversight.people import People
from brightline.oversight.service import Holds, Parts
from brightline.oversight.taking import Taking
from brightline.storage import NewHold, Store
from brightline.testing.rooms import Door
from brightline.testing.sign_off import (
    DAY_MS,
    HOUR_MS,
    ROLE,
    Person,
    assert_roles,
    key_of,
    make_binding,
    sign_revocations,
    sign_statement,
)
from tests.benchmarks.crash_checks import AGREEMENT, SEED, make_house
from tests.benchmarks.harness import Bar, BenchResult, Control, Options, calibrate, percentile

FEW, MANY, QUICK_MANY = 10, 10_000, 10_000
ROUNDS, QUICK_ROUNDS = 300, 60
MOST_GROWTH = 1.2
_AT_ONCE = 500
ANA = Person("ana")
Operation = Callable[["World"], Awaitable[object]]


@dataclass
class World:
    """One store with its ledger and journeys, and ids of holds that wait."""

    ledger: Ledger
    store: Store
    holds: Holds
    taking: Taking
    journeys: ApproverJourneys
    now_ms: int
    waiting: list[str] = field(default_factory=list)
    times: dict[str, list[int]] = field(default_factory=dict)

    async def timed(self, name: str, operation: Operation) -> None:
        started = time.process_time_ns()
        await operation(self)
        self.times.setdefault(name, []).append(time.process_time_ns() - started)

    def median(self, name: str) -> float:
        return percentile([taken / 1000 for taken in self.times[name]], 0.5)


def run(options: Options) -> BenchResult:
    """Fill two worlds and compare what each operation costs in them."""
    before = calibrate()
    many, rounds = (QUICK_MANY, QUICK_ROUNDS) if options.quick else (MANY, ROUNDS)
    few, lots = asyncio.run(_measure(many, rounds))
    after = calibrate()
    bars = [Bar("open holds", len(lots.waiting), many, "", "high")]
    notes = [before.line()]
    for name in ("list", "show", "sign"):
        bars.append(Bar(f"{name}: cost with {many:,} open over with {FEW}", _growth(few, lots, name), MOST_GROWTH, "x"))
        notes.append(f"{name}: {few.median(name):.0f} us with {FEW}, {lots.median(name):.0f} us with {many:,}")
    control = _growth(few, lots, "control")
    return BenchResult(
        bars=bars,
        controls=[Control("a list that reads every open hold", control > MOST_GROWTH, f"{control:.1f} x")],
        notes=notes,
        noisy=before.noisy or after.noisy,
    )


def _growth(few: World, lots: World, name: str) -> float:
    """The median of the rounds' ratios."""
    return percentile([much / little for much, little in zip(lots.times[name], few.times[name], strict=True)], 0.5)


async def _measure(many: int, rounds: int) -> tuple[World, World]:
    async with AsyncExitStack() as stack:
        few = await stack.enter_async_context(_world(FEW))
        lots = await stack.enter_async_context(_world(many))
        operations: Mapping[str, Operation] = {"list": _list, "show": _show, "control": _list_all, "sign": _sign}
        for turn in range(rounds):
            for name, operation in operations.items():
                # What is signed is denied, and leaves the queue: another takes its place, so that both stay as full.
                for world in (few, lots) if turn % 2 else (lots, few):
                    await world.timed(name, operation)
            for world in (few, lots):
                await fill(world, 1)
        return few, lots


async def _list(world: World) -> object:
    return await world.journeys.inbox("ana", 0)


async def _list_all(world: World) -> object:
    """As somebody would write it who has ten holds on his desk."""
    rows = world.store.database.rows("SELECT hold, expires_ms FROM holds WHERE state = 1")
    soonest = sorted(rows, key=lambda row: str(row[1]))[:20]
    return [world.holds.parts.rows().find(bytes(row[0] or b"")) for row in soonest]  # type: ignore[arg-type]


async def _show(world: World) -> object:
    # One of the page that was listed: what is far behind was never read before, however few there are.
    return await world.journeys.show(world.waiting[FEW // 2], "ana")


async def _sign(world: World) -> object:
    hold = bytes.fromhex(world.waiting.pop(0))
    return await world.taking.sign(hold, statement_of(world, hold, "deny").canonical)


def statement_of(world: World, hold: bytes, decision: str) -> SignedStatement:
    """What Ana signs of a hold, under the log of this moment."""
    binding = world.holds.get(hold).kept.binding
    shown = world.journeys._approvals.shown_log()
    said = Statement(
        binding=binding.digest.hex(),
        decision=decision,
        person="ana",
        key=ANA.key.public.id,
        role=ROLE,
        rendering=binding.rendering.sha256,
        log=shown,
        assurance=ANA.assurance,
        own_machine=False,
        blind=True,
        evidence=tuple(sorted(item.sha256 for item in binding.evidence)),
        dwell_ms=1,
        reason="",
        signed_at_ms=world.ledger.now_ms(),
    )
    return sign_statement(said, ANA, assert_roles(ANA, key_of("directory"), now_ms=world.now_ms))


@asynccontextmanager
async def _world(count: int) -> AsyncIterator[World]:
    with tempfile.TemporaryDirectory(prefix="brightline-holds-") as folder:
        async with world_in(Path(folder)) as world:
            while len(world.waiting) < count:
                await fill(world, min(_AT_ONCE, count - len(world.waiting)))
            yield world


@asynccontextmanager
async def world_in(place: Path) -> AsyncIterator[World]:
    """A store and a ledger in `place`, with their journeys."""
    make_house(place)
    store = Store.open(place, create=True)
    # Nothing is published meanwhile: it belongs to no operation.
    settings = LedgerSettings(
        operator="acme", agreement=AGREEMENT, log_dir=place / "log", anchor_dir=None, publish_seconds=3600
    )
    ledger = Ledger.open(store, seed=SEED, settings=settings, loop=asyncio.get_running_loop())
    try:
        yield _assemble(ledger, store)
    finally:
        await ledger.close()


def _assemble(ledger: Ledger, store: Store) -> World:
    now_ms, key = ledger.now_ms(), key_of("directory")
    directory = Directory(keys=entries_of([key.public]), assurances=("file",), webauthn=RelyingParty("", ()))
    people = People(
        directory,
        assertions=[assert_roles(ANA, key, now_ms=now_ms).canonical],
        revocations=sign_revocations(RevocationList(now_ms - HOUR_MS, 1), key).canonical,
    )
    parts = Parts(
        ledger=ledger,
        rows=lambda: store.holds(ledger.shard),
        said=lambda: store.said(ledger.shard),
        people=lambda: people,
        records=HoldRecords(wrapping_key=WrappingKey(b"k" * 32), tag_keys=TagKeys(b"t" * 32), random=os.urandom),
        agreement=lambda: AGREEMENT,
        signer=key_of("gateway"),
        caps=Caps(open_per_principal=10**6, queue_per_role=10**6, sign_offs_per_hour=10**6),
    )
    holds = Holds(parts)
    taking = Taking(holds, {})
    approvals = Approvals(
        holds, taking, wrapping_key=WrappingKey(b"k" * 32), random=os.urandom, decoys=DecoyPlan(0.0, Random(1))
    )
    journeys = ApproverJourneys(approvals, people=store.people(1), door=Door(), meters=tuple)
    return World(ledger, store, holds, taking, journeys, now_ms)


async def fill(world: World, count: int) -> None:
    """Hold `count` more, many in one commit: only the number matters here."""
    made: Sequence[tuple[Entry, NewHold]] = [
        world.holds.parts.records.place(draft_of(world), AGREEMENT) for _ in range(count)
    ]

    def also(index: int) -> None:
        for at, (_, row) in enumerate(made):
            world.store.holds(world.ledger.shard).add(index + at, row)

    await world.ledger.append_with([entry for entry, _ in made], also)
    world.waiting += [row.hold.hex() for _, row in made]


def draft_of(world: World) -> Draft:
    """An action that one release officer lets pass."""
    mark = os.urandom(16).hex()
    binding = make_binding(
        now_ms=world.now_ms,
        hold=mark,
        nonce=hashlib.sha256(mark.encode()).hexdigest()[:32],
        agreement=BoundAgreement(AGREEMENT.id, AGREEMENT.version, AGREEMENT.digest.hex(), AGREEMENT.enclave),
        not_before_ms=world.now_ms,
        not_after_ms=world.now_ms + DAY_MS,
        rules=(BoundRule("r", "", "", "", ROLE, 1, None),),
    )
    return Draft(binding=binding, use=os.urandom(16), principal="agent", body_sha256=bytes(32), content=b"an answer")
