"""Where the local model's weights are kept: one folder per user, shared by all data directories."""

from collections.abc import Mapping
from pathlib import Path


def cache_dir(environment: Mapping[str, str]) -> Path:
    """The folder for fetched weights (XDG base directories: `XDG_CACHE_HOME`, else `~/.cache`)."""
    chosen = environment.get("XDG_CACHE_HOME", "")
    # A relative path there is to be ignored, says the specification.
    base = Path(chosen) if chosen.startswith("/") else Path.home() / ".cache"
    return base / "brightline"
