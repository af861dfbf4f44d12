"""The running gateway: a house, its local models, the front, the admin socket, and the signals.

SIGTERM and SIGINT drain and stop; SIGHUP re-reads providers' keys and certificates.
"""

import asyncio
import gc
import signal
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from brightline.crypto.randomness import RandomPool
from brightline.domain.errors import BrightlineError
from brightline.gateway.admin import AdminServer
from brightline.gateway.describing import Describing
from brightline.gateway.endpoints import endpoints_of
from brightline.gateway.errors import HouseError, SettingsError
from brightline.gateway.front import Front
from brightline.gateway.house import House, open_house
from brightline.gateway.logs import Log
from brightline.gateway.meter_readings import MeterReading
from brightline.gateway.metrics import HOLD_STATES, Counters, Metrics
from brightline.gateway.ports import Rooms
from brightline.gateway.routes import Routes
from brightline.gateway.settings import FILE_NAME, DeploymentSettings, Listen, front_limits
from brightline.gateway.watch import AgreementWatch
from brightline.ledger.state import Condition
from brightline.providers import Upstream
from brightline.providers.child import ChildServer
from brightline.providers.local import start_local_model
from brightline.use import DescriberError

_SECONDS_A_DAY = 86_400
_TEND_SECONDS = 1.0
_SWEEP_SECONDS = 5.0
_KEEP_SECONDS = 30.0
_GIVE_WAY_SECONDS = 0.01
# No hold may wait longer (the agreement's annotations, `@term`); what is older passes no more.
LONGEST_TERM_MS = 604_800_000


class Console(Protocol):
    """The console while it listens."""

    def stop(self) -> None:
        """End it; waits a few seconds for pages that are being made."""
        ...


# The console stands above the gateway, so whoever starts both hands it in.
OpenConsole = Callable[[House, asyncio.AbstractEventLoop, Log], Console]


class Service:
    """One gateway from start to stop; `open_console` opens the console where the settings have one."""

    def __init__(self, house: House, log: Log, open_console: OpenConsole | None = None) -> None:
        ref = house.agreement.ref
        self._house = house
        self._log = log.bind(agreement=ref.id, enclave=ref.enclave)
        house.alarm.listen(self._log)
        self._counters = Counters()
        self._started = time.monotonic()
        self._children: dict[str, ChildServer] = {}
        self._stop = asyncio.Event()
        self._open_console = open_console
        self._console: Console | None = None
        self._watch = AgreementWatch(house.standing, house.activation, house.ledger.now_ms, self._log)
        self._draining = False
        self._differing: tuple[str, ...] = ()
        self._tls: ssl.SSLContext | None = None
        self._upstream: Upstream | None = None
        self._front: Front | None = None

    async def run(self, *, host: str, port: int) -> None:
        """Serve until told to stop; raises `BrightlineError` when the gateway cannot start."""
        admin = AdminServer(self._house.commands, log=self._log)
        tending: list[asyncio.Task[None]] = []
        # From here on a signal ends the gateway in order, even while a model still starts.
        self._watch_signals()
        try:
            await self._start_models()
            await self._watch.look()
            await self._look_at_store()
            self._read_describer()
            loop = asyncio.get_running_loop()
            tending += [
                loop.create_task(each)
                for each in (self._tend_models(), self._tend_agreement(), self._tend_holds(), self._tend_meters())
            ]
            upstream = Upstream(
                endpoints_of(self._house.settings, self._house.data_dir, self._bases()), clock=time.monotonic
            )
            self._upstream = upstream
            front = self._make_front(upstream)
            self._tls = _tls_context(self._house.settings.gateway, self._house.data_dir)
            if self._open_console is not None and self._house.settings.console is not None:
                self._console = self._open_console(self._house, loop, self._log)
            await admin.listen(self._house.data_dir)
            bound = await self._listen(front, host, port)
            self._announce(host, bound)
            await self._stop.wait()
            self._draining = True
            self._log.info("draining", uses=self._counters.running)
            await front.drain(self._house.settings.gateway.drain_seconds)
            await self._settle()
        finally:
            for task in tending:
                task.cancel()
            await self._take_down(admin)

    def stop(self) -> None:
        """Drain and end, as SIGTERM does."""
        self._stop.set()

    def _make_front(self, upstream: Upstream) -> Front:
        house, limits = self._house, front_limits(self._house.settings)
        rooms = Rooms(
            door=house.door,
            standing=house.standing,
            upstream=upstream,
            ledger=house.ledger,
            replays=house.replays,
            recorder=house.recorder,
            counting=house.counting,
            counters=self._counters,
            log=self._log,
            limits=limits,
            answer_bytes=house.settings.limits.answer_bytes,
            clock=time.monotonic,
            random=RandomPool(),
            holds=house.overseen.approvals,
        )
        ref = house.agreement.ref
        metrics = Metrics(self._counters, self._gauges, self._meters, agreement=ref.id, enclave=ref.enclave)
        routes = Routes(
            rooms,
            metrics=metrics,
            readiness=self._readiness,
            prove=house.ledger.proof,
            started_ms=time.time_ns() // 1_000_000,
            notice=self._notice,
        )
        self._front = Front(routes.handle, routes.refuse, limits=limits, clock=time.monotonic, wall=time.time)
        return self._front

    async def _start_models(self) -> None:
        local = [deployment for deployment in self._house.settings.deployment if deployment.provider == "local"]
        for deployment in local:
            self._children[deployment.id] = await self._start_model(deployment)
            self._log.info("local-model-ready", deployment=deployment.id)

    async def _tend_models(self) -> None:
        """Start a local model again that died, on the port it had, so that its endpoint stays what it is."""
        local = {deployment.id: deployment for deployment in self._house.settings.deployment}
        while True:
            await asyncio.sleep(_TEND_SECONDS)
            for name, child in list(self._children.items()):
                if child.alive:
                    continue
                self._log.error("local-model-died", deployment=name)
                try:
                    self._children[name] = await self._start_model(local[name], port=child.port)
                except BrightlineError as error:
                    self._log.error("local-model-lost", deployment=name, code=error.code)

    async def _tend_agreement(self) -> None:
        while True:
            await asyncio.sleep(_TEND_SECONDS)
            await self._watch.look()

    async def _tend_holds(self) -> None:
        """Take holds whose time is over out of the queues."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self._house.overseen.approvals.taking.sweep()
            except BrightlineError as error:
                self._log.warning("holds-not-swept", code=error.code)

    async def _tend_meters(self) -> None:
        """Bring the file of windows up to date, so that a start has little to count again."""
        while True:
            await asyncio.sleep(_KEEP_SECONDS)
            try:
                await self._house.counting.keep(_give_way)
            except BrightlineError as error:
                self._log.warning("meters-not-kept", code=error.code)

    async def _look_at_store(self) -> None:
        """Hold what the store has of every hold that may still pass against what the log says of it."""
        house = self._house
        if house.ledger.state().condition is Condition.BEHIND_ANCHOR:
            return
        since_ms = house.ledger.now_ms() - LONGEST_TERM_MS
        self._differing = await asyncio.to_thread(house.overseen.approvals.differing, since_ms=since_ms)
        for hold in self._differing:
            self._log.error("store-differs", code="hold/store-differs", hold=hold)

    def _read_describer(self) -> None:
        """Have what describes words in memory before the first call asks for it."""
        try:
            Describing().admit(self._house.agreement)
        except DescriberError as error:
            self._log.error("nothing-described", code=error.code)

    async def _start_model(self, deployment: DeploymentSettings, *, port: int = 0) -> ChildServer:
        weights = self._house.data_dir / (deployment.weights or "weights.gguf")
        return await start_local_model(weights, port=port, own_template=deployment.chat_template == "weights")

    def _bases(self) -> Mapping[str, str]:
        return {name: child.base_url for name, child in self._children.items()}

    async def _listen(self, front: Front, host: str, port: int) -> int:
        try:
            return await front.listen(host, port, tls=self._tls)
        except OSError as error:
            raise HouseError("gateway/port-taken", host=host, port=port) from error

    def _announce(self, host: str, port: int) -> None:
        house = self._house
        scheme = "http" if self._tls is None else "https"
        # What was made until now lives as long as the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        self._log.info("ready", url=f"{scheme}://{host}:{port}", origin=house.ledger.origin, size=house.ledger.size)

    def _watch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(self._reload()))

    async def _reload(self) -> None:
        """Re-read keys and certificates; what cannot be read leaves the old in place and is logged."""
        try:
            if self._upstream is not None:
                await self._upstream.reload()
            await self._house.overseen.machines.reload()
            if self._tls is not None:
                _load_certificate(self._tls, self._house.settings.gateway, self._house.data_dir)
        except BrightlineError as error:
            self._log.error("reload-failed", code=error.code)
            return
        self._log.info("reloaded")

    async def _settle(self) -> None:
        """Wait for uses whose connection is gone but whose outcome is not written yet."""
        deadline = time.monotonic() + 10.0
        while self._counters.running and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    async def _take_down(self, admin: AdminServer) -> None:
        await admin.close()
        if self._console is not None:
            # Its pages ask this loop, so it must not stand still while they end.
            await asyncio.to_thread(self._console.stop)
        if self._upstream is not None:
            self._upstream.close()
        for child in self._children.values():
            await child.stop()
        await self._house.close()
        self._log.info("stopped")

    def _readiness(self) -> str:
        if self._draining:
            return "gateway/draining"
        return self._house.ledger.state().code or self._watch.readiness()

    def _notice(self) -> str:
        """What wants somebody's attention, though uses are taken."""
        if self._differing:
            return "hold/store-differs"
        return "hold/review-overdue" if self._house.overseen.approvals.reviews_overdue() else ""

    def _hold_gauges(self) -> Mapping[str, float]:
        approvals, now_ms = self._house.overseen.approvals, self._house.ledger.now_ms()
        try:
            found, states, overdue = approvals.open_holds(), approvals.states(), approvals.reviews_overdue()
        except BrightlineError:  # the store failed: unknown is not zero, and the other figures are wanted now most
            names = (
                "holds_open",
                "holds_oldest_seconds",
                "reviews_overdue",
                *[f"holds_{name}" for name in HOLD_STATES],
            )
            return dict.fromkeys(names, float("nan"))
        return {
            "holds_open": found.count,
            "holds_oldest_seconds": 0.0 if found.oldest_ms is None else (now_ms - found.oldest_ms) / 1000,
            **{f"holds_{name}": states.get(name, 0) for name in HOLD_STATES},
            "reviews_overdue": overdue,
        }

    def _meters(self) -> Mapping[str, tuple[float, float | None]]:
        """Of each meter the fullest window; nothing where they cannot be read, when every use is refused."""
        try:
            found = self._house.readings.read()
        except BrightlineError:
            return {}
        fullest: dict[str, MeterReading] = {}
        for each in found:
            known = fullest.get(each.meter)
            if known is None or (each.share, each.reading) > (known.share, known.reading):
                fullest[each.meter] = each
        return {name: (each.reading, each.most) for name, each in fullest.items()}

    def _gauges(self) -> Mapping[str, float]:
        ledger = self._house.ledger.metrics()
        uses = sum(self._counters.uses.values())
        elapsed = max(time.monotonic() - self._started, 1.0)
        rate = ledger.bytes_written / elapsed * _SECONDS_A_DAY
        spare = max(0, ledger.free_bytes - self._house.settings.ledger.watermark_bytes)
        return {
            "running_uses": self._counters.running,
            "connections": len(self._front.connections) if self._front is not None else 0,
            "refused_connections": self._front.refused if self._front is not None else 0,
            "ready": float(not self._readiness()),
            "ledger_entries": ledger.entries,
            "ledger_groups": ledger.groups,
            "ledger_commit_seconds": ledger.commit_seconds,
            "ledger_open_intents": ledger.open_intents,
            "ledger_published": ledger.published,
            "ledger_failures": ledger.failures,
            "ledger_bytes_per_use": ledger.bytes_written / uses if uses else 0.0,
            "engine_differences": self._house.alarm.differences,
            "store_differences": len(self._differing),
            **self._watch.gauges(),
            **self._hold_gauges(),
            "disk_free_bytes": ledger.free_bytes,
            "disk_days_left": spare / rate if rate else float("inf"),
        }


async def _give_way() -> None:
    await asyncio.sleep(_GIVE_WAY_SECONDS)


async def serve_house(
    data_dir: Path, *, host: str | None, port: int | None, log: Log, open_console: OpenConsole | None = None
) -> None:
    """Open the house in `data_dir` and serve it until told to stop; raises `BrightlineError` when it cannot start."""
    house = await open_house(data_dir)
    listen = house.settings.gateway
    chosen_port = listen.port if port is None else port
    await Service(house, log, open_console).run(host=host or listen.host, port=chosen_port)


def _tls_context(listen: Listen, data_dir: Path) -> ssl.SSLContext | None:
    if listen.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_certificate(context, listen, data_dir)
    return context


def _load_certificate(context: ssl.SSLContext, listen: Listen, data_dir: Path) -> None:
    try:
        context.load_cert_chain(data_dir / (listen.tls_certificate or ""), data_dir / (listen.tls_key or ""))
    except (OSError, ssl.SSLError) as error:
        path = str(data_dir / FILE_NAME)
        why = "the TLS certificate or its key cannot be used"
        raise SettingsError("gateway/settings-invalid", path=path, why=why) from error
