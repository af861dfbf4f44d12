"""From the operator's settings to the endpoints the providers room calls."""

import os
from collections.abc import Mapping
from pathlib import Path

from brightline.gateway.settings import DeploymentSettings, SecretSettings, Settings
from brightline.providers import CommandSecret, Endpoint, EnvironmentSecret, FileSecret, SecretSource


def endpoints_of(settings: Settings, data_dir: Path, local: Mapping[str, str]) -> list[Endpoint]:
    """The endpoint of every deployment; `local` gives the base URL of each local model that was started.

    Raises `EndpointError` when a deployment's settings cannot be used.
    """
    return [
        _endpoint(deployment, data_dir, local.get(deployment.id) or deployment.base_url or "", settings)
        for deployment in settings.deployment
    ]


def _endpoint(deployment: DeploymentSettings, data_dir: Path, base_url: str, settings: Settings) -> Endpoint:
    secret = _secret(deployment.secret, data_dir) if deployment.secret is not None else None
    return Endpoint(
        deployment_id=deployment.id,
        base_url=base_url,
        secret=secret,
        auth_style=deployment.auth if secret is not None else "none",
        ca_file=data_dir / deployment.ca_file if deployment.ca_file is not None else None,
        allow_plain_http=deployment.allow_plain_http,
        connect_timeout=deployment.connect_seconds,
        first_byte_timeout=deployment.first_byte_seconds,
        idle_timeout=deployment.idle_seconds,
        total_timeout=deployment.total_seconds,
        max_connections=deployment.connections,
        max_answer_bytes=settings.limits.answer_bytes,
    )


def _secret(source: SecretSettings, data_dir: Path) -> SecretSource:
    if source.file is not None:
        return FileSecret(data_dir / source.file)
    if source.environment is not None:
        # The one place that hands the environment on: the operator named the variable.
        return EnvironmentSecret(source.environment, os.environ)
    return CommandSecret(tuple(source.command or ()))
