"""One administrative command: by way of the running gateway, or on the data directory itself."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from brightline.cli.admin_client import SECONDS, Result, ask


def perform(data: str, command: str, args: Mapping[str, object], *, seconds: float = SECONDS) -> Result:
    """The result of `command` on the data directory `data`; raises `BrightlineError` with the refusal.

    A running gateway has `seconds` for it.
    """
    data_dir = Path(data).absolute()
    answer = ask(data_dir, command, args, seconds=seconds)
    if answer is not None:
        return answer
    # Loaded only when nothing listens: it brings the store, the ledger and the policy engine.
    offline = import_module("brightline.cli.offline")
    return cast("Result", offline.run(data_dir, command, args))
