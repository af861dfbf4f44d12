"""A gateway's process dies at each step of placing, signing, starting and ending a hold; what is found then is whole.

A child does one story with the real ledger and store, and is killed before or after the store's nth write of that step.
INVARIANT: an entry and its row are there together or not at all, and nothing that began begins again.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from brightline.domain.leaf import Kind, Leaf, Outcome, Verdict, decode, short_id
from brightline.domain.record import Entry
from brightline.oversight.hold_errors import HoldError
from brightline.storage import RowState
from brightline.storage.connection import Database
from tests.benchmarks.crash_checks import AGREEMENT
from tests.benchmarks.open_holds import World, draft_of, fill, statement_of, world_in

Step = Callable[[World], Awaitable[object]]
_KILLED, _SURVIVED = 9, 7
# More writes than any step has; the last of them is never reached, and the child then ends by itself.
_MOST_WRITES = 10


async def _place(world: World) -> None:
    await world.holds.place(draft_of(world))


async def _sign(world: World) -> None:
    hold = bytes.fromhex(world.waiting[0])
    await world.taking.sign(hold, statement_of(world, hold, "allow").canonical)


async def _start(world: World) -> None:
    hold = bytes.fromhex(world.waiting[1])
    await world.holds.start((hold,), _entry())


async def _finish(world: World) -> None:
    hold = bytes.fromhex(world.waiting[2])
    await world.holds.finish(hold, world.holds.get(hold).row.begun or 0)


STEPS: dict[str, Step] = {"place": _place, "sign": _sign, "start": _start, "finish": _finish}


def _entry() -> Entry:
    leaf = Leaf(
        kind=Kind.INTENT,
        use_id=b"s" * 16,
        verdict=Verdict.PERMIT,
        outcome=Outcome.NONE,
        agreement_digest=AGREEMENT.digest,
        enclave_id=short_id(AGREEMENT.enclave),
    )
    return Entry(leaf.encode())


async def _story(place: Path, step: Step, die_at: int, *, after: bool) -> None:
    """Arrange three holds, one signed and one started as well, and die at the `die_at`th write of `step`."""
    async with world_in(place) as world:
        await fill(world, 3)
        for number in (1, 2):
            hold = bytes.fromhex(world.waiting[number])
            await world.taking.sign(hold, statement_of(world, hold, "allow").canonical)
        await world.holds.start((bytes.fromhex(world.waiting[2]),), _entry())
        (place / "waiting").write_text(" ".join(world.waiting))
        _die(die_at, after=after)
        await step(world)
        os._exit(_SURVIVED)


def _die(at: int, *, after: bool) -> None:
    """Kill this process at the `at`th write from now on, or at the commit that follows."""
    write, commit, done = Database.write, Database.commit, [0]

    def counted(self: Database, sql: str, values: tuple[object, ...] = ()) -> None:
        done[0] += 1
        if done[0] == at and not after:
            os._exit(_KILLED)
        write(self, sql, values)  # type: ignore[arg-type]

    def committed(self: Database) -> None:
        commit(self)
        if after:
            os._exit(_KILLED)

    Database.write, Database.commit = counted, committed  # type: ignore[method-assign,assignment]


def _child(place: Path, step: Step, die_at: int, *, after: bool) -> int:
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(_story(place, step, die_at, after=after))
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


async def _found(place: Path, name: str, *, whole: bool) -> None:
    """Look at what is left, with nothing but the store and the ledger."""
    waiting = [bytes.fromhex(text) for text in (place / "waiting").read_text().split()]
    async with world_in(place) as world:
        leaves = [decode(leaf) for leaf in world.ledger.leaves(0, world.ledger.size)]
        database = world.store.database
        for kind, table in ((Kind.HOLD, "holds"), (Kind.SIGN_OFF, "statements")):
            stored = {int(row[0] or 0) & (1 << 40) - 1 for row in database.rows(f"SELECT position FROM {table}")}
            assert stored == {index for index, leaf in enumerate(leaves) if leaf.kind is kind}
        assert database.value("SELECT count(*) FROM holds") == database.value("SELECT count(*) FROM hold_contents")
        states = [world.holds.get(hold).state for hold in waiting]
        expected = [RowState.OPEN, RowState.APPROVED, RowState.STARTED]
        if whole and name in ("sign", "start", "finish"):
            at = {"sign": 0, "start": 1, "finish": 2}[name]
            expected[at] = {"sign": RowState.APPROVED, "start": RowState.STARTED, "finish": RowState.ENDED}[name]
        assert states == expected
        for hold, state in zip(waiting, states, strict=True):
            if state in (RowState.STARTED, RowState.ENDED):
                with pytest.raises(HoldError, match="hold/started"):
                    await world.holds.start((hold,), _entry())


@pytest.mark.parametrize("name", STEPS)
def test_a_process_that_dies_at_any_write_leaves_all_or_nothing(tmp_path: Path, name: str) -> None:
    killed = 0
    for at in range(1, _MOST_WRITES + 1):
        place = tmp_path / str(at)
        place.mkdir()
        code = _child(place, STEPS[name], at, after=False)
        assert code in (_KILLED, _SURVIVED)
        killed += code == _KILLED
        asyncio.run(_found(place, name, whole=code == _SURVIVED))
        if code == _SURVIVED:
            break
    assert killed >= 1


@pytest.mark.parametrize("name", STEPS)
def test_a_process_that_dies_after_the_commit_has_it_durable(tmp_path: Path, name: str) -> None:
    assert _child(tmp_path, STEPS[name], 0, after=True) == _KILLED
    asyncio.run(_found(tmp_path, name, whole=True))
