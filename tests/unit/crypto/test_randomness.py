"""Random bytes: none twice, none in two processes."""

import os

from brightline.crypto.randomness import POOL_BYTES, RandomPool


class Counting:
    """Hands out bytes that tell where they stand."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, count: int) -> bytes:
        self.asked.append(count)
        return bytes([len(self.asked)]) * (count - 1) + b"\xff"


def test_a_forked_child_draws_its_own() -> None:
    pool = RandomPool()
    pool(16)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, pool(64))
        os._exit(0)
    theirs = os.read(read, 64)
    os.close(read)
    os.close(write)
    assert os.waitpid(child, 0)[1] == 0
    assert len(theirs) == 64
    assert theirs != pool(64)


def test_no_byte_is_handed_out_twice() -> None:
    counting = Counting()
    pool = RandomPool(source=counting)
    assert pool(POOL_BYTES - 8) == b"\1" * (POOL_BYTES - 8)
    assert pool(8) == b"\1" * 7 + b"\xff"
    assert pool(8) == b"\2" * 8
    assert pool(POOL_BYTES - 7) == b"\3" * (POOL_BYTES - 7)  # too few were left
    assert counting.asked == [POOL_BYTES] * 3


def test_a_large_draw_leaves_nothing_behind() -> None:
    counting = Counting()
    pool = RandomPool(source=counting)
    pool(8)
    assert len(pool(POOL_BYTES + 1)) == POOL_BYTES + 1
    assert pool(8) == b"\3" * 8
    assert counting.asked == [POOL_BYTES, POOL_BYTES + 1, POOL_BYTES]


def test_its_bytes_are_not_shown() -> None:
    assert repr(RandomPool()) == "RandomPool(…)"
