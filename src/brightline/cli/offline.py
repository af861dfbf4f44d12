"""Runs one administrative command on a data directory that no gateway holds, under the same lock and journeys."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from brightline.cli.admin_client import Result
from brightline.gateway.admin import Caller
from brightline.gateway.app import open_house


def run(data_dir: Path, command: str, args: Mapping[str, object]) -> Result:
    """The result of `command`; raises `BrightlineError` when the directory cannot be opened or the command refuses."""
    return asyncio.run(_run(data_dir, command, args))


async def _run(data_dir: Path, command: str, args: Mapping[str, object]) -> Result:
    house = await open_house(data_dir)
    try:
        return await house.commands[command](args, Caller(os.getuid()))
    finally:
        await house.close()


def fork(data_dir: Path, reason: str) -> str:
    """Start a new shard of the log of a restored directory, and return its origin; raises `BrightlineError`."""
    return asyncio.run(_fork(data_dir, reason))


async def _fork(data_dir: Path, reason: str) -> str:
    house = await open_house(data_dir)
    try:
        return await house.ledger.fork(reason)
    finally:
        await house.close()
