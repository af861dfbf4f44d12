"""The sequencer's thread: groups, order, and callers who are gone."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from brightline.domain.record import Appended, Entry
from brightline.ledger.sequencer import ENOUGH_FOR_GROUP, MOST_IN_GROUP, Sequencer, Waiting

ENTRY = Entry(b"leaf")


class Recorder:
    """A commit that waits for a test, and remembers its groups."""

    def __init__(self) -> None:
        self.groups: list[list[Waiting]] = []
        self.go = threading.Event()
        self.entered = threading.Event()
        self.unheard: list[Waiting] = []

    def __call__(self, group: Sequence[Waiting]) -> None:
        self.entered.set()
        self.go.wait()
        self.groups.append(list(group))
        for waiting in group:
            waiting.result = tuple(Appended(0, b"", 0) for _ in waiting.entries)


def start(loop: asyncio.AbstractEventLoop) -> tuple[Sequencer, Recorder]:
    recorder = Recorder()
    sequencer = Sequencer(recorder, loop, recorder.unheard.append)
    sequencer.start()
    return sequencer, recorder


def test_what_waits_is_one_group_up_to_a_bound_and_jobs_keep_their_place() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        sequencer, recorder = start(loop)
        futures = [loop.create_future() for _ in range(MOST_IN_GROUP + 2)]
        seen: list[int] = []
        sequencer.submit(Waiting((ENTRY,), futures[0]))
        sequencer.hand_over()
        recorder.entered.wait()
        for future in futures[1:-1]:
            sequencer.submit(Waiting((ENTRY,), future))
        sequencer.hand_over()
        job = sequencer.call(lambda: seen.append(len(recorder.groups)))
        sequencer.submit(Waiting((ENTRY,), futures[-1]))
        recorder.go.set()
        await asyncio.gather(*futures)
        job.result()
        sequencer.stop()
        assert [len(group) for group in recorder.groups] == [1, MOST_IN_GROUP, 1]
        assert seen == [2]

    asyncio.run(story())


def test_entries_that_belong_together_have_a_commit_of_their_own() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        sequencer, recorder = start(loop)
        futures = [loop.create_future() for _ in range(5)]
        sequencer.submit(Waiting((ENTRY,), futures[0]))
        sequencer.hand_over()
        recorder.entered.wait()
        sequencer.submit(Waiting((ENTRY,), futures[1]))
        sequencer.submit(Waiting((ENTRY, ENTRY), futures[2]))
        sequencer.submit(Waiting((ENTRY,), futures[3], also=lambda _: None))
        sequencer.submit(Waiting((ENTRY,), futures[4]))
        recorder.go.set()
        results = await asyncio.gather(*futures)
        sequencer.stop()
        assert [[len(waiting.entries) for waiting in group] for group in recorder.groups] == [[1], [1], [2], [1], [1]]
        assert [len(result) for result in results] == [1, 1, 2, 1, 1]

    asyncio.run(story())


def test_a_job_that_fails_tells_only_its_caller() -> None:
    async def story() -> None:
        sequencer, recorder = start(asyncio.get_running_loop())

        def fail() -> None:
            raise ValueError("on purpose")

        with pytest.raises(ValueError, match="on purpose"):
            sequencer.call(fail).result()
        assert sequencer.call(lambda: 7).result() == 7
        recorder.go.set()
        sequencer.stop()

    asyncio.run(story())


def test_a_caller_who_is_gone_is_told_of() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        sequencer, recorder = start(loop)
        gone, there = loop.create_future(), loop.create_future()
        sequencer.submit(Waiting((ENTRY,), gone))
        sequencer.submit(Waiting((ENTRY,), None))
        sequencer.submit(Waiting((ENTRY,), there))
        gone.cancel()
        recorder.go.set()
        await there
        sequencer.stop()
        assert len(recorder.unheard) == 1

    asyncio.run(story())


def test_errors_reach_their_callers() -> None:
    class Refusing(Recorder):
        def __call__(self, group: Sequence[Waiting]) -> None:
            for waiting in group:
                waiting.result = ValueError("refused")

    async def story() -> None:
        loop = asyncio.get_running_loop()
        sequencer = Sequencer(Refusing(), loop, print)
        sequencer.start()
        future = loop.create_future()
        sequencer.submit(Waiting((ENTRY,), future))
        with pytest.raises(ValueError, match="refused"):
            await future
        sequencer.stop()

    asyncio.run(story())


def test_a_loop_that_has_ended_is_no_fault() -> None:
    loop = asyncio.new_event_loop()
    sequencer, recorder = start(loop)
    recorder.go.set()
    sequencer.submit(Waiting((ENTRY,), None))
    loop.close()
    sequencer.hand_over()
    sequencer.stop()
    assert len(recorder.groups) == 1


def test_entries_wait_a_moment_while_other_uses_are_under_way() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        recorder = Recorder()
        recorder.go.set()
        sequencer = Sequencer(recorder, loop, recorder.unheard.append, under_way=lambda: 3)
        sequencer.start()
        first, second = loop.create_future(), loop.create_future()
        sequencer.submit(Waiting((ENTRY,), first))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert recorder.groups == []
        sequencer.submit(Waiting((ENTRY,), second))
        await asyncio.gather(first, second)
        many = [loop.create_future() for _ in range(3)]
        for future in many:
            sequencer.submit(Waiting((ENTRY,), future))
        await asyncio.gather(*many)
        sequencer.stop()
        assert [len(group) for group in recorder.groups] == [2, 3]

    asyncio.run(story())


def test_a_full_group_goes_at_once_and_a_hand_over_ends_the_wait() -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        recorder = Recorder()
        recorder.go.set()
        sequencer = Sequencer(recorder, loop, recorder.unheard.append, under_way=lambda: 10**6)
        sequencer.start()
        futures = [loop.create_future() for _ in range(ENOUGH_FOR_GROUP)]
        for future in futures:
            sequencer.submit(Waiting((ENTRY,), future))
        await asyncio.gather(*futures)
        alone = loop.create_future()
        sequencer.submit(Waiting((ENTRY,), alone))
        await asyncio.sleep(0)
        sequencer.hand_over()
        await alone
        sequencer.stop()
        assert [len(group) for group in recorder.groups] == [ENOUGH_FOR_GROUP, 1]

    asyncio.run(story())
