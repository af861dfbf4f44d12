"""The one thread that writes: it takes what waits, up to a bound, as one group, and jobs in between, in order.

A commit has a price of its own (SQLite's pages and one fdatasync), whatever its size. So what the loop's thread submits
waits a moment while more uses are under way than entries wait, for their entries may join; it never waits alone.
"""

import queue
import threading
from asyncio import AbstractEventLoop, Future, TimerHandle
from collections import deque
from collections.abc import Callable, Sequence
from concurrent import futures
from typing import Protocol, TypeVar

from brightline.domain.record import Appended, Entry

T = TypeVar("T")
# Entries in one commit; above it a group takes longer to write than to sync.
MOST_IN_GROUP = 1000
# How long an entry waits for others; a call to a model takes a hundred times as long.
LINGER_SECONDS = 0.002
# Entries that are worth a commit without waiting any longer.
ENOUGH_FOR_GROUP = 32


class Waiting:
    """Entries handed in together, and the caller who waits for them."""

    __slots__ = ("also", "entries", "future", "result")

    def __init__(
        self,
        entries: Sequence[Entry],
        future: "Future[Sequence[Appended]] | None",
        also: Callable[[int], None] | None = None,
    ) -> None:
        """`also` is told the index that the first of `entries` gets."""
        self.entries = entries
        self.future = future
        self.also = also
        self.result: Sequence[Appended] | Exception = ()

    @property
    def alone(self) -> bool:
        """Whether this is written in a commit of its own: all of it or nothing."""
        return self.also is not None or len(self.entries) != 1


class Job:
    """Work to be done by the sequencer's thread between two groups."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[], None]) -> None:
        self.run = run


class Commit(Protocol):
    """Writes one group, and sets the result of each; never raises."""

    def __call__(self, group: Sequence[Waiting]) -> None:
        """Make the group durable, or set an error for each."""
        ...


class Sequencer:
    """The thread, and the queue before it."""

    def __init__(
        self,
        commit: Commit,
        loop: AbstractEventLoop,
        unheard: Callable[[Waiting], None],
        under_way: Callable[[], int] = lambda: 0,
    ) -> None:
        """`unheard` is told, by the loop's thread, of each entry whose caller had stopped waiting.

        `under_way` tells how many uses are open, whose entries are worth waiting for.
        """
        self._commit = commit
        self._loop = loop
        self._unheard = unheard
        self._under_way = under_way
        # Each item is what one pass handed over: an item for each entry would wake the thread in the middle of a pass.
        self._queue: queue.SimpleQueue[Sequence[Waiting | Job | None]] = queue.SimpleQueue()
        self._passing: list[Waiting] = []
        self._timer: TimerHandle | None = None
        self._taken: deque[Waiting | Job | None] = deque()  # by the thread, and not yet written
        self._thread = threading.Thread(target=self._run, name="ledger-sequencer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def submit(self, waiting: Waiting) -> None:
        """Queue entries at the end of this pass of the loop or a moment later; only the loop's thread may."""
        passing = self._passing
        passing.append(waiting)
        if len(passing) == 1:
            self._loop.call_soon(self._end_of_pass)
        elif len(passing) == ENOUGH_FOR_GROUP:
            self.hand_over()

    def _end_of_pass(self) -> None:
        if self._timer is None and 0 < len(self._passing) < self._under_way():
            self._timer = self._loop.call_later(LINGER_SECONDS, self.hand_over)
        else:
            self.hand_over()

    def hand_over(self) -> None:
        """Queue what was submitted; only the loop's thread may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        passing, self._passing = self._passing, []
        if passing:
            self._queue.put(passing)

    def call(self, work: Callable[[], T]) -> "futures.Future[T]":
        """Queue a job; its result or its error comes by the future."""
        future: futures.Future[T] = futures.Future()

        def run() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - the error goes to whoever queued the job
                future.set_exception(error)
            else:
                future.set_result(result)

        self._queue.put((Job(run),))
        return future

    def stop(self) -> None:
        """Finish what is queued, then end the thread."""
        self._queue.put((None,))
        self._thread.join()

    def _run(self) -> None:
        while True:
            group, then = self._gather()
            if group:
                self._commit(group)
                self._deliver(group)
            if then is None:
                continue
            if not isinstance(then, Job):
                return
            then.run()

    def _gather(self) -> "tuple[list[Waiting], Job | _End | None]":
        """What is written next, and what must happen right after it."""
        group: list[Waiting] = []
        taken = self._taken
        while len(group) < MOST_IN_GROUP and self._take_more(wait=not group):
            item = taken.popleft()
            if not isinstance(item, Waiting):
                return group, _END if item is None else item
            if item.alone:
                return self._split(group, item)
            group.append(item)
        return group, None

    def _take_more(self, *, wait: bool) -> bool:
        """Whether anything is there to be written next; waits for it if `wait`."""
        if not self._taken:
            if not wait and self._queue.empty():
                return False
            self._taken.extend(self._queue.get())
        return True

    def _split(self, group: list[Waiting], alone: Waiting) -> "tuple[list[Waiting], Job | None]":
        """First what came before, then `alone` by itself."""
        if not group:
            return [alone], None

        def write() -> None:
            self._commit([alone])
            self._deliver([alone])

        return group, Job(write)

    def _deliver(self, group: Sequence[Waiting]) -> None:
        """Wake every caller with one call into the loop: a call for each would cost more than the entry."""
        try:
            self._loop.call_soon_threadsafe(self._set_results, group)
        except RuntimeError:
            # The loop is closed, so nobody waits any more; what is durable stays so, and recovery closes it.
            return

    def _set_results(self, group: Sequence[Waiting]) -> None:
        for waiting in group:
            future, result = waiting.future, waiting.result
            if future is None:
                continue
            if future.done():
                self._unheard(waiting)
            elif isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)


class _End:
    """The queue is at its end."""


_END = _End()
