"""The first `brightline.toml` of a data directory, with a comment where a person has something to fill in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brightline.domain.agreement import Deployment

# The name under which an agreement means the small model that `brightline model pull` fetches.
LOCAL_MODEL = "smollm2"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: the port to listen on, the local model's weights, and, for a simulator, its base URL."""

    weights: Path
    port: int = 8080
    simulator: str | None = None


def settings_text(*, operator: str, enclave: str, deployments: Sequence[Deployment], places: Places) -> str:
    """The settings, in TOML."""
    parts = [
        "# Brightline's settings; read once at start. Paths are relative to this directory.",
        "format = 1",
        "",
        "[gateway]",
        'host = "127.0.0.1"',
        f"port = {places.port}",
        "",
        "[enclave]",
        f"name = {_text(enclave)}",
        "",
        "[ledger]",
        f"operator = {_text(operator)}",
        "# A directory on another disk for the last signed checkpoint: it shows when an old copy was restored.",
        '# anchor = "/mnt/other-disk/brightline"',
        "",
        "[oversight]",
        "# How many held actions one caller may have open, may wait for one role, and one person may sign in an hour.",
        "open_holds_per_principal = 20",
        "queue_per_role = 200",
        "sign_offs_per_hour = 60",
        "# How many of the held tool calls (0 to 1) bring a decoy, which shows whether people look.",
        "decoy_share = 0.0",
        "# How many seconds later it comes at most: one that came at once would be known by that.",
        "decoy_spread_seconds = 300",
        "",
        "# Where people sign, as their browsers name it; needs the extra `console` and a `directory.json`.",
        "# [console]",
        '# origin = "https://console.example"',
        '# host = "127.0.0.1"',
        "# port = 8081",
    ]
    for deployment in deployments:
        parts += ["", "[[deployment]]", f"id = {_text(deployment.id)}", *_way_to(deployment, places)]
    return "\n".join([*parts, ""])


def needs_weights(deployments: Sequence[Deployment]) -> bool:
    """Whether one of the deployments is the local model."""
    return any(deployment.model == LOCAL_MODEL for deployment in deployments)


def _way_to(deployment: Deployment, places: Places) -> list[str]:
    if places.simulator is not None:
        return ['provider = "remote"', f"base_url = {_text(places.simulator)}", 'auth = "none"']
    if deployment.model == LOCAL_MODEL:
        return [
            "# SmolLM2 on this machine, one thread.",
            'provider = "local"',
            f"weights = {_text(str(places.weights))}",
        ]
    return [
        "# Where this deployment is reached, without `/v1`, and the file that holds its key.",
        'provider = "remote"',
        'base_url = "https://provider.invalid"',
        f"secret = {{ file = {_text(f'keys/{deployment.id}.secret')} }}",
    ]


def _text(text: str) -> str:
    # What JSON writes for a string, ASCII only, is a TOML basic string too (TOML 1.0, section on strings).
    return json.dumps(text)
