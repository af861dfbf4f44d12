"""Sending a request to a deployment.

INVARIANT: nothing is sent for a call that was given up before; a request goes out a second time only when a kept
connection closed before a byte of an answer, and then once, on another connection.
"""

import asyncio
import re
import ssl
from collections.abc import Iterable

from brightline.providers.answer import Answer
from brightline.providers.connection import Connection
from brightline.providers.endpoint import Endpoint
from brightline.providers.errors import EndpointError, ProvidersError, RequestError, UnreachableError
from brightline.providers.health import DeploymentStatus, Health, HealthRule
from brightline.providers.pool import Pool, tls_context
from brightline.providers.ports import Clock, Headers, UpstreamRequest

_PATH = re.compile(r"/[A-Za-z0-9._~/-]*(?:\?[A-Za-z0-9._~/=&%-]*)?\Z")
_METHODS = frozenset({"GET", "POST"})
# RFC 9110 section 5.6.2 (tokens, lower case) and 5.5 (visible ASCII and spaces; nothing that ends a line).
_HEADER = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+: ?[\x20-\x7e]*\Z")
# What the endpoint decides, or what would change the framing (RFC 9110 section 7.6.1).
_OWN = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-api-key",
    }
)
USER_AGENT = "brightline"
_MOST_KEPT_BYTES = 512


class _Target:
    """One deployment at work: its endpoint, key, connections and health."""

    __slots__ = ("_heads", "_passed", "endpoint", "health", "pool")

    def __init__(self, endpoint: Endpoint, key: str, context: ssl.SSLContext | None, health: Health) -> None:
        self.endpoint = endpoint
        self.pool = Pool(endpoint, context)
        self.health = health
        self._heads: dict[tuple[str, str], bytes] = {}
        self._passed: dict[Headers, bytes] = {}
        self.renew(key, context)

    def __repr__(self) -> str:
        return f"<target {self.endpoint.deployment_id}>"

    def renew(self, key: str, context: ssl.SSLContext | None) -> None:
        """Use `key` for all requests from now on, and `context` for all connections."""
        self.pool.context = context
        address = self.endpoint.address
        fields = [f"host: {address.authority}", f"user-agent: {USER_AGENT}", "accept-encoding: identity"]
        if self.endpoint.auth_style == "bearer":
            fields.append(f"authorization: Bearer {key}")
        elif self.endpoint.auth_style == "x-api-key":
            fields.append(f"x-api-key: {key}")
        rest = "".join(f"{field}\r\n" for field in fields)
        self._heads = {
            (method, ""): f"{method} {address.path}%s HTTP/1.1\r\n{rest.replace('%', '%%')}".encode("ascii")
            for method in _METHODS
        }

    def head(self, request: UpstreamRequest) -> bytes:
        """The head of `request`, framing included; raises `RequestError`."""
        prefix = self._heads.get((request.method, request.path))
        if prefix is None:
            prefix = self._prepare(request)
        passed = self._passed.get(request.headers)
        if passed is None:
            passed = self._pass(request.headers)
        return b"%s%scontent-length: %d\r\n\r\n" % (prefix, passed, len(request.body))

    def _pass(self, headers: Headers) -> bytes:
        """The lines of the caller's headers that may pass; raises `RequestError`."""
        lines = []
        for name, value in headers:
            line = f"{name}: {value}"
            if name in _OWN or not _HEADER.match(line):
                raise self._unfit(f"header `{name[:40]!a}` may not be sent")
            lines.append(f"{line}\r\n")
        passed = "".join(lines).encode("ascii")
        if len(passed) < _MOST_KEPT_BYTES and len(self._passed) < 64:  # callers pass the same few, over and over
            self._passed[headers] = passed
        return passed

    def _prepare(self, request: UpstreamRequest) -> bytes:
        if request.method not in _METHODS or not _PATH.match(request.path) or "/../" in request.path + "/":
            raise self._unfit("its method or path is not one of a model's interface")
        prefix = self._heads[request.method, ""] % request.path.encode("ascii")
        if len(self._heads) < 64:  # a gateway asks for a handful of paths; anything more is not worth keeping
            self._heads[request.method, request.path] = prefix
        return prefix

    def _unfit(self, why: str) -> RequestError:
        return RequestError("providers/bad-request", deployment=self.endpoint.deployment_id, why=why)


class Upstream:
    """The way to every deployment; belongs to one event loop.

    Reads keys and certificates when made: raises `SecretError` or `EndpointError`.
    """

    def __init__(self, endpoints: Iterable[Endpoint], *, clock: Clock, rule: HealthRule | None = None) -> None:
        rule = rule or HealthRule()
        self._targets: dict[str, _Target] = {}
        for endpoint in endpoints:
            if endpoint.deployment_id in self._targets:
                why = f"deployment `{endpoint.deployment_id}` has two"
                raise EndpointError("providers/bad-endpoint", why=why)
            key, context = _materials(endpoint)
            self._targets[endpoint.deployment_id] = _Target(endpoint, key, context, Health(clock, rule))

    async def send(self, deployment_id: str, request: UpstreamRequest) -> Answer:
        """Send `request`; returns when the answer's head is in.

        Raises `RequestError` before anything left, else `UnreachableError`, `ProviderTimeoutError` or `AnswerError`.
        """
        target = self._targets.get(deployment_id)
        if target is None:
            raise UnreachableError("providers/no-endpoint", deployment=deployment_id)
        head = target.head(request)
        health = target.health
        if not health.admit():
            raise UnreachableError("providers/down", deployment=deployment_id, seconds=health.seconds_left)
        try:
            answer = await self._exchange(target, head, request.body)
        except asyncio.CancelledError:
            health.release()
            raise
        if answer.status >= 500:
            health.fail()
        else:
            health.succeed()
        return answer

    async def _exchange(self, target: _Target, head: bytes, body: bytes) -> Answer:
        connection = target.pool.take_idle() or await self._take(target, fresh=False)
        kept = connection.asked > 0
        answer = connection.ask(head, body, on_fault=target.health.fail)
        try:
            return await answer.head()
        except ProvidersError as error:
            if not kept or connection.touched or error.code != "providers/cut":
                raise
        # The provider had closed a kept connection when our request reached it (RFC 9112 section 9.3.1).
        # LIMIT: a provider that read the request and died before its first byte gets it twice.
        connection = await self._take(target, fresh=True)
        return await connection.ask(head, body, on_fault=target.health.fail).head()

    @staticmethod
    async def _take(target: _Target, *, fresh: bool) -> Connection:
        try:
            return await target.pool.take(fresh=fresh)
        except ProvidersError as error:
            if error.code in {"providers/busy", "providers/closed"}:
                target.health.release()
            else:
                target.health.fail()
            raise

    def available(self, deployment_id: str) -> bool:
        """Whether a request to the deployment would be tried now."""
        target = self._targets.get(deployment_id)
        return target is not None and target.health.open

    def status(self) -> tuple[DeploymentStatus, ...]:
        """Every deployment's health, for metrics and readiness."""
        return tuple(
            DeploymentStatus(
                deployment_id=name,
                state=target.health.state,
                failures_in_a_row=target.health.in_a_row,
                requests=target.health.requests,
                failures=target.health.failures,
                open_connections=target.pool.open,
                idle_connections=target.pool.idle,
            )
            for name, target in self._targets.items()
        )

    async def reload(self) -> None:
        """Read all keys and certificates again; all or none take effect; raises as the constructor does."""
        targets = list(self._targets.values())
        fresh = await asyncio.to_thread(lambda: [_materials(target.endpoint) for target in targets])
        for target, (key, context) in zip(targets, fresh, strict=True):
            target.renew(key, context)

    def close(self) -> None:
        """Close all connections; exchanges under way are cut."""
        for target in self._targets.values():
            target.pool.close()


def _materials(endpoint: Endpoint) -> tuple[str, ssl.SSLContext | None]:
    """An endpoint's key and trust, read now."""
    return (endpoint.secret.load() if endpoint.secret is not None else "", tls_context(endpoint))
