"""The operator's settings: `brightline.toml` in the data directory, read once at start into frozen values.

Unknown fields, wrong types and newer formats refuse. Paths in the file are relative to the data directory.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from brightline.gateway.errors import SettingsError
from brightline.gateway.http1 import Limits
from brightline.providers import Address, EndpointError

FORMAT = 1
FILE_NAME = "brightline.toml"
_MOST_BYTES = 1024 * 1024
_MOST_SPREAD_SECONDS = 86_400
# What people can be asked has an end, whatever somebody writes into the file.
MOST_CAPPED = 1_000_000


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the gateway listens; with `tls_certificate` and `tls_key` (PEM files) it speaks TLS."""

    host: str = "127.0.0.1"
    port: int = 8080
    tls_certificate: str | None = None
    tls_key: str | None = None
    drain_seconds: float = 30.0


class Enclave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which enclave of the agreement this gateway stands in."""

    name: str


class AgreementSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The directory of the agreement's versions."""

    directory: str = "agreements"


class LedgerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ledger's places and bounds; `anchor` is a directory on another disk for the last signed checkpoint."""

    operator: str
    directory: str = "log"
    anchor: str | None = None
    watermark_bytes: int = 256 * 1024 * 1024
    publish_seconds: float = 1.0


class LimitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds an operator may change; the rest are constants of `http1.Limits`."""

    body_bytes: int = 32 * 1024 * 1024
    answer_bytes: int = 64 * 1024 * 1024
    connections: int = 4096
    uses: int = 1024
    head_seconds: float = 10.0
    body_seconds: float = 120.0


class SecretSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a provider's key comes from: exactly one of a file, an environment variable, a command."""

    file: str | None = None
    environment: str | None = None
    command: list[str] | None = None


class DeploymentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach one deployment of the agreement.

    `provider` is `local` (a model run as a child process, weights at `weights`) or `remote` (`base_url`). A local
    model's `chat_template` is `tools` (ours, which offers it the tools of a call) or `weights` (theirs).
    """

    id: str
    provider: Literal["local", "remote"] = "remote"
    base_url: str | None = None
    weights: str | None = None
    chat_template: Literal["tools", "weights"] = "tools"
    auth: Literal["bearer", "x-api-key", "none"] = "bearer"
    secret: SecretSettings | None = None
    ca_file: str | None = None
    allow_plain_http: bool = False
    connect_seconds: float = 10.0
    first_byte_seconds: float = 120.0
    idle_seconds: float = 120.0
    total_seconds: float = 900.0
    connections: int = 256


class OversightSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much may wait for people and how fast they may sign; how many held tool calls bring a decoy (0 to 1).

    A decoy comes up to `decoy_spread_seconds` later. `notify_url` is told of each hold; empty for none.
    """

    open_holds_per_principal: int = 20
    queue_per_role: int = 200
    sign_offs_per_hour: int = 60
    decoy_share: float = 0.0
    decoy_spread_seconds: float = 300.0
    notify_url: str = ""


class EffectorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine: its audience, and its public key in base64 (SubjectPublicKeyInfo, DER), for receipts and its state.

    At `state_url` it is asked how it stands before an act of it is held; `ca_file` is whom to trust there.
    """

    audience: str
    public: str
    algorithm: str = "ed25519"
    state_url: str | None = None
    ca_file: str | None = None


class ConsoleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where people sign: its own listener, its origin as browsers name it, and the marking of every page."""

    origin: str
    host: str = "127.0.0.1"
    port: int = 8081
    marking: str = "No marking set"
    tls_certificate: str | None = None
    tls_key: str | None = None


class MeterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What finds people beside identifiers: `gazetteer` is a file with a person's names a line."""

    gazetteer: str | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything `brightline.toml` says."""

    format: int
    enclave: Enclave
    ledger: LedgerSettings
    gateway: Listen = Listen()
    agreement: AgreementSource = AgreementSource()
    limits: LimitSettings = LimitSettings()
    oversight: OversightSettings = OversightSettings()
    meters: MeterSettings = MeterSettings()
    console: ConsoleSettings | None = None
    deployment: tuple[DeploymentSettings, ...] = ()
    effector: tuple[EffectorSettings, ...] = ()


def parse_settings(text: bytes, *, path: str) -> Settings:
    """The settings that `text` (TOML, UTF-8) holds; raises `SettingsError` naming the field that is wrong."""
    try:
        document = tomllib.loads(text.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError("gateway/settings-invalid", path=path, why=str(error)) from error
    found = document.get("format")
    if isinstance(found, int) and found > FORMAT:
        raise SettingsError("gateway/settings-newer", path=path, format=found)
    try:
        settings = msgspec.convert(document, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError("gateway/settings-invalid", path=path, why=str(error)) from error
    for check in _CHECKS:
        fault = check(settings)
        if fault:
            raise SettingsError("gateway/settings-invalid", path=path, why=fault)
    return settings


def read_settings(data_dir: Path) -> Settings:
    """The settings of the data directory `data_dir`; raises `SettingsError`."""
    path = data_dir / FILE_NAME
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES)
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise SettingsError("gateway/settings-unreadable", path=str(path), why=why) from error
    return parse_settings(text, path=str(path))


def front_limits(settings: Settings) -> Limits:
    """The front's limits, as these settings have them."""
    chosen = settings.limits
    return Limits(
        body_bytes=chosen.body_bytes,
        connections=chosen.connections,
        uses=chosen.uses,
        head_seconds=chosen.head_seconds,
        body_seconds=chosen.body_seconds,
    )


def _format_fault(settings: Settings) -> str | None:
    return None if settings.format == FORMAT else f"`format` must be {FORMAT}"


def _tls_fault(settings: Settings) -> str | None:
    both = (settings.gateway.tls_certificate is None) == (settings.gateway.tls_key is None)
    return None if both else "`gateway.tls_certificate` and `gateway.tls_key` go together"


def _deployment_fault(settings: Settings) -> str | None:
    ids = [deployment.id for deployment in settings.deployment]
    if len(set(ids)) != len(ids):
        return "two `deployment` tables have the same `id`"
    for deployment in settings.deployment:
        fault = _one_deployment_fault(deployment)
        if fault:
            return f"deployment `{deployment.id}`: {fault}"
    return None


def _one_deployment_fault(deployment: DeploymentSettings) -> str | None:
    if deployment.provider == "remote" and deployment.base_url is None:
        return "`base_url` is needed"
    if deployment.provider == "local" and deployment.base_url is not None:
        return "a local deployment has no `base_url`"
    secret = deployment.secret
    if secret is not None:
        named = [source for source in (secret.file, secret.environment, secret.command) if source is not None]
        if len(named) != 1:
            return "`secret` names exactly one of `file`, `environment`, `command`"
    return None


def _effector_fault(settings: Settings) -> str | None:
    asked: set[str] = set()
    for effector in settings.effector:
        fault = _one_effector_fault(effector)
        if effector.audience in asked and effector.state_url is not None:
            fault = "one table of it has the `state_url`"
        if fault:
            return f"effector `{effector.audience}`: {fault}"
        if effector.state_url is not None:
            asked.add(effector.audience)
    return None


def _one_effector_fault(effector: EffectorSettings) -> str | None:
    if effector.state_url is None:
        return None if effector.ca_file is None else "`ca_file` is for a `state_url`"
    try:
        Address.parse(effector.state_url)
    except EndpointError as error:
        return f"`state_url`: {error.message}"
    return None


def _port_fault(settings: Settings) -> str | None:
    return None if 0 <= settings.gateway.port <= 65535 else "`gateway.port` must be 0 to 65535"


def _oversight_fault(settings: Settings) -> str | None:
    chosen = settings.oversight
    for name in ("open_holds_per_principal", "queue_per_role", "sign_offs_per_hour"):
        if not 1 <= getattr(chosen, name) <= MOST_CAPPED:
            return f"`oversight.{name}` must be 1 to {MOST_CAPPED}"
    if not 0 <= chosen.decoy_spread_seconds <= _MOST_SPREAD_SECONDS:
        return f"`oversight.decoy_spread_seconds` must be 0 to {_MOST_SPREAD_SECONDS}"
    return None if 0 <= chosen.decoy_share <= 1 else "`oversight.decoy_share` must be 0 to 1"


def _console_fault(settings: Settings) -> str | None:
    chosen = settings.console
    if chosen is None:
        return None
    if (chosen.tls_certificate is None) != (chosen.tls_key is None):
        return "`console.tls_certificate` and `console.tls_key` go together"
    return None if 0 <= chosen.port <= 65535 else "`console.port` must be 0 to 65535"


_CHECKS: tuple[Callable[[Settings], str | None], ...] = (
    _format_fault,
    _tls_fault,
    _deployment_fault,
    _effector_fault,
    _port_fault,
    _oversight_fault,
    _console_fault,
)
