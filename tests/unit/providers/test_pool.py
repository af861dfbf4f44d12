import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from brightline.providers.connection import Connection
from brightline.providers.endpoint import Endpoint
from brightline.providers.errors import EndpointError, ProvidersError
from brightline.providers.pool import MAX_WAITING_PER_CONNECTION, Pool, tls_context


def endpoint(port: int = 1, **settings: object) -> Endpoint:
    given = {"base_url": f"http://127.0.0.1:{port}", "connect_timeout": 0.2, "max_connections": 1, **settings}
    return Endpoint(deployment_id="d", auth_style="none", **given)


def play(story: Callable[[Pool], Awaitable[None]], *, greet: bytes = b"", **settings: object) -> None:
    """Run `story` with a pool to a server that takes connections and is silent."""

    async def main() -> None:
        held: list[asyncio.StreamWriter] = []

        def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            held.append(writer)
            if greet:
                writer.write(greet)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        pool = Pool(endpoint(server.sockets[0].getsockname()[1], **settings), None)
        try:
            await story(pool)
        finally:
            pool.close()
            for writer in held:
                writer.close()
            server.close()
            await asyncio.sleep(0.01)

    asyncio.run(main())


async def refused(awaitable: Awaitable[object]) -> str:
    with pytest.raises(ProvidersError) as caught:
        await awaitable
    return caught.value.code


async def waiting(pool: Pool) -> asyncio.Task[Connection]:
    task = asyncio.ensure_future(pool.take())
    await asyncio.sleep(0)
    return task


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    pool = Pool(endpoint(1), None)
    assert asyncio.run(refused(pool.take())) == "providers/unreachable"
    assert pool.open == 0


def test_a_host_that_does_not_answer_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async def never(*_: object, **__: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never)
        pool = Pool(endpoint(connect_timeout=0.01), None)
        assert await refused(pool.take()) == "providers/timeout"
        task = await waiting(pool)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        task = await waiting(pool)
        pool.close()
        assert await refused(task) == "providers/closed"
        assert pool.open == 0

    asyncio.run(main())


def test_a_host_that_hangs_up_at_once_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        class Gone:
            def abort(self) -> None:
                pass

        async def dead(factory: Callable[[], Connection], *_: object, **__: object) -> tuple[Gone, Connection]:
            return Gone(), factory()

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", dead)
        assert await refused(Pool(endpoint(), None).take()) == "providers/unreachable"

    asyncio.run(main())


def test_a_server_that_does_not_speak_tls_proves_nothing() -> None:
    async def story(pool: Pool) -> None:
        pool.context = ssl.create_default_context()
        assert await refused(pool.take()) == "providers/tls"

    play(story, greet=b"plain words, no TLS\r\n" * 5)


def test_connections_are_lent_one_at_a_time_last_in_first_out() -> None:
    async def story(pool: Pool) -> None:
        first, second = await pool.take(), await pool.take()
        pool.keep(first)
        pool.keep(second)
        assert (pool.open, pool.idle) == (2, 2)
        assert await pool.take() is second
        pool.keep(second)
        fresh = await pool.take(fresh=True)
        assert fresh not in {first, second}
        await asyncio.sleep(0.01)
        assert (pool.open, pool.idle) == (1, 0)

    play(story, max_connections=3)


def test_an_idle_connection_that_died_is_not_lent() -> None:
    async def story(pool: Pool) -> None:
        dying = await pool.take()
        pool.keep(dying)
        dying.close()
        other = await pool.take()
        assert other is not dying
        assert pool.idle == 0
        pool.keep(other)
        other.close()
        await asyncio.sleep(0.01)
        assert (pool.open, pool.idle) == (0, 0)

    play(story)


def test_who_waits_gets_the_connection_that_comes_back_or_the_place_of_one_that_died() -> None:
    async def story(pool: Pool) -> None:
        held = await pool.take()
        task = await waiting(pool)
        pool.keep(held)
        assert await task is held
        task = await waiting(pool)
        held.close()
        assert await task is not held
        assert pool.open == 1

    play(story)


def test_a_connection_that_dies_while_handed_over_is_not_lent() -> None:
    async def story(pool: Pool) -> None:
        held = await pool.take()
        task = await waiting(pool)
        pool.keep(held)
        held.close()
        assert await task is not held

    play(story)


def test_waiting_is_bounded_in_time_and_number() -> None:
    async def story(pool: Pool) -> None:
        await pool.take()
        tasks = [await waiting(pool) for _ in range(MAX_WAITING_PER_CONNECTION)]
        assert await refused(pool.take()) == "providers/busy"
        assert [await refused(task) for task in tasks] == ["providers/busy"] * MAX_WAITING_PER_CONNECTION

    play(story, connect_timeout=0.02)


def test_what_was_handed_to_somebody_who_left_goes_to_the_next() -> None:
    async def story(pool: Pool) -> None:
        held = await pool.take()
        leaving, staying = await waiting(pool), await waiting(pool)
        pool.keep(held)
        leaving.cancel()
        assert await staying is held
        leaving, staying = await waiting(pool), await waiting(pool)
        pool.forget(held)
        leaving.cancel()
        assert await staying is not held
        assert pool.open == 1
        pool.forget(held)
        leaving = await waiting(pool)
        leaving.cancel()
        await asyncio.sleep(0)
        assert leaving.cancelled()

    play(story)


def test_closing_refuses_who_waits_and_who_comes_and_keeps_nothing() -> None:
    async def story(pool: Pool) -> None:
        held = await pool.take()
        task = await waiting(pool)
        pool.close()
        assert await refused(task) == "providers/closed"
        assert await refused(pool.take()) == "providers/closed"
        pool.keep(held)
        assert pool.idle == 0

    play(story)


def test_certificates_that_cannot_be_read_refuse(tmp_path: Path) -> None:
    assert tls_context(endpoint()) is None
    (tmp_path / "empty.pem").write_text("")
    for name in ("none.pem", "empty.pem"):
        with pytest.raises(EndpointError) as caught:
            tls_context(endpoint(base_url="https://h", ca_file=tmp_path / name))
        assert caught.value.code == "providers/bad-ca"
    context = tls_context(endpoint(base_url="https://h"))
    assert context is not None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
