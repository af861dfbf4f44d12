"""Random bytes from the operating system, fetched a page at a time.

A draw from the system is a system call, and hands Python's lock to any thread that waits for it; a live call needs
four draws.
INVARIANT: no byte is handed out twice, and a forked child hands out none of its parent's.
LIMIT: bytes fetched and not yet used lie in memory, as the wrapping key does; one pool serves one thread.
"""

import os
from collections.abc import Callable

POOL_BYTES = 4096  # about ten calls; the system fills more at a higher price for each byte


class RandomPool:
    """A source of random bytes for one thread; call it with the number wanted."""

    __slots__ = ("_at", "_pool", "_source")

    def __init__(self, *, source: Callable[[int], bytes] = os.urandom) -> None:
        self._source = source
        self._pool = b""
        self._at = POOL_BYTES
        os.register_at_fork(after_in_child=self._forget)

    def __call__(self, count: int) -> bytes:
        """`count` random bytes."""
        start = self._at
        end = self._at = start + count
        if end <= POOL_BYTES:
            return self._pool[start:end]
        if count > POOL_BYTES:
            self._forget()
            return self._source(count)
        self._pool = self._source(POOL_BYTES)
        self._at = count
        return self._pool[:count]

    def _forget(self) -> None:
        """Have nothing left to hand out."""
        self._pool = b""
        self._at = POOL_BYTES

    def __repr__(self) -> str:
        return "RandomPool(…)"
