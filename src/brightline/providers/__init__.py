"""The way to every deployment: pooled connections, keys, health, and a local model for those who have no provider.

`Upstream.send` puts one request on the wire and gives back an `Answer` as soon as its head is in; whoever holds an
answer reads it to its end or cancels it. `local` and `weights` run SmolLM2 on this machine in a child process.

INVARIANT: a request's body goes out byte for byte; no redirection is followed; nothing is sent twice except once, when
a kept connection turns out dead before a single byte came back; a body that breaks off raises, it never just ends.
INVARIANT: a provider's key stands in the request's head only: not in errors, logs or reprs.
"""

from brightline.providers.answer import Answer
from brightline.providers.endpoint import Address, AuthStyle, Endpoint
from brightline.providers.errors import (
    AnswerError,
    EndpointError,
    LocalModelError,
    ProviderRefusalError,
    ProvidersError,
    ProviderTimeoutError,
    RequestError,
    SecretError,
    UnreachableError,
    WeightsError,
    fault_of,
)
from brightline.providers.health import DeploymentStatus, HealthRule, HealthState
from brightline.providers.ports import AnswerPort, SecretSource, UpstreamPort, UpstreamRequest
from brightline.providers.secret import CommandSecret, EnvironmentSecret, FileSecret
from brightline.providers.service import Upstream

__all__ = [
    "Address",
    "Answer",
    "AnswerError",
    "AnswerPort",
    "AuthStyle",
    "CommandSecret",
    "DeploymentStatus",
    "Endpoint",
    "EndpointError",
    "EnvironmentSecret",
    "FileSecret",
    "HealthRule",
    "HealthState",
    "LocalModelError",
    "ProviderRefusalError",
    "ProviderTimeoutError",
    "ProvidersError",
    "RequestError",
    "SecretError",
    "SecretSource",
    "UnreachableError",
    "Upstream",
    "UpstreamPort",
    "UpstreamRequest",
    "WeightsError",
    "fault_of",
]
