import asyncio
from collections.abc import Callable, Coroutine

import pytest

from brightline.providers.answer import HIGH_WATER, Answer
from brightline.providers.errors import AnswerError


class Pipe:
    def __init__(self) -> None:
        self.did: list[str] = []

    def hold(self) -> None:
        self.did.append("hold")

    def resume(self) -> None:
        self.did.append("resume")

    def abandon(self) -> None:
        self.did.append("abandon")


def answer(pipe: Pipe, faults: list[int] | None = None, max_bytes: int = 10**9) -> Answer:
    faults = [] if faults is None else faults
    return Answer(pipe, deployment_id="d", max_bytes=max_bytes, on_fault=lambda: faults.append(1))


def code(coroutine: Coroutine[object, object, object]) -> str:
    with pytest.raises(AnswerError) as caught:
        asyncio.run(coroutine)
    return caught.value.code


def cut() -> AnswerError:
    return AnswerError("providers/cut", deployment="d")


def test_a_failure_before_the_head_and_after_bytes_is_raised_after_them() -> None:
    faults: list[int] = []
    pipe = Pipe()
    broken = answer(pipe, faults)
    broken.fail(cut())
    broken.fail(cut())
    assert code(broken.head()) == "providers/cut"
    assert (faults, pipe.did) == ([1], ["abandon"])

    async def story() -> list[bytes]:
        late = answer(Pipe())
        late.take_head(200, ())
        late.take_body(b"a")
        late.take_body(b"b")
        late.fail(cut())
        late.take_body(b"dropped")
        got = [await anext(late)]
        with pytest.raises(AnswerError):
            await anext(late)
        return got

    assert asyncio.run(story()) == [b"ab"]


def test_a_slow_reader_holds_the_provider_and_resumes_it() -> None:
    async def story() -> None:
        pipe = Pipe()
        slow = answer(pipe)
        slow.take_head(200, ())
        slow.take_body(b"x" * HIGH_WATER)
        assert pipe.did == []
        slow.take_body(b"x")
        slow.take_body(b"x")
        assert pipe.did == ["hold"]
        assert len(await anext(slow.chunks())) == HIGH_WATER + 2
        assert pipe.did == ["hold", "resume"]
        slow.take_body(b"x" * (HIGH_WATER + 1))
        slow.end()
        assert len(await slow.read(10**7)) == HIGH_WATER + 1
        assert pipe.did == ["hold", "resume", "hold"]

    asyncio.run(story())


def test_limits_refuse() -> None:
    faults: list[int] = []
    big = answer(Pipe(), faults, max_bytes=3)
    big.take_head(200, ())
    big.take_body(b"four")
    assert code(big.read(100)) == "providers/answer-too-big"
    assert faults == [1]
    whole = answer(Pipe(), faults)
    whole.take_head(200, ())
    whole.take_body(b"four")
    whole.end()
    assert code(whole.read(3)) == "providers/answer-too-big"
    assert faults == [1]
    both = answer(Pipe())
    both.take_body(b"four")
    both.fail(cut())
    assert code(both.read(3)) == "providers/cut"


def test_an_answer_given_up_closes_the_connection_once_and_raises() -> None:
    pipe = Pipe()
    given = answer(pipe)
    given.take_head(200, ())
    given.cancel()
    given.cancel()
    assert pipe.did == ["abandon"]
    assert given.failed
    assert code(given.read(10)) == "providers/cancelled"

    whole = answer(pipe)
    whole.take_head(200, ())
    whole.take_body(b"x")
    whole.end()
    whole.cancel()
    whole.fail(cut())
    assert asyncio.run(whole.read(10)) == b"x"


@pytest.mark.parametrize("read", [Answer.head, Answer.__anext__])
def test_a_reader_that_is_cancelled_gives_the_answer_up(
    read: Callable[[Answer], Coroutine[object, object, object]],
) -> None:
    async def story() -> list[str]:
        pipe = Pipe()
        waiting = asyncio.ensure_future(read(answer(pipe)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return pipe.did

    assert asyncio.run(story()) == ["abandon"]


def test_readers_wake_for_each_piece_and_the_end() -> None:
    async def story() -> tuple[list[bytes], bytes]:
        flowing, whole = answer(Pipe()), answer(Pipe())

        async def pieces() -> list[bytes]:
            return [piece async for piece in (await flowing.head()).chunks()]

        tasks = asyncio.ensure_future(pieces()), asyncio.ensure_future(whole.read(10))
        await asyncio.sleep(0)
        flowing.take_head(200, ())
        for piece in (b"a", b"b"):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            flowing.take_body(piece)
            whole.take_body(piece)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        flowing.end()
        whole.end()
        return await tasks[0], await tasks[1]

    assert asyncio.run(story()) == ([b"a", b"b"], b"ab")


def test_headers_are_found_by_name_and_nothing_else_shows() -> None:
    head = answer(Pipe())
    assert head.content_type == ""
    head.take_head(200, (("content-type", "Text/Event-Stream; charset=utf-8"), ("x", "1"), ("x", "2")))
    head.take_body(b"canary")
    assert head.content_type == "text/event-stream"
    assert head.get("x") == "1"
    assert repr(head) == "<answer 200 of d>"
