"""The passphrase of a party's key: from a file, from the environment, or at a prompt; never from the command line.

INVARIANT: it is never echoed, and no message holds it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from brightline.cli.errors import PlaceError
from brightline.crypto.errors import PassphraseError
from brightline.crypto.party_keys import PrivateKey, load

VARIABLE = "BRIGHTLINE_PASSPHRASE"
MAX_BYTES = 4096
Command = TypeVar("Command", bound=Callable[..., object])


def passphrase_option(command: Command) -> Command:
    """Give a command the option `--passphrase-file`."""
    words = f"The file whose first line is the passphrase (default: {VARIABLE} in the environment, else a prompt)."
    return click.option("--passphrase-file", type=click.Path(), default=None, metavar="FILE", help=words)(command)


def passphrase_given(file: str | None) -> str | None:
    """The passphrase that was given without a prompt; raises `PlaceError` for a file that holds none."""
    if file is None:
        return os.environ.get(VARIABLE)
    with Path(file).open("rb") as opened:
        data = opened.read(MAX_BYTES + 1)
    try:
        line = data.decode().partition("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        line = ""
    if not line or len(data) > MAX_BYTES:
        raise PlaceError("cli/bad-text", path=file)
    return line


def new_passphrase(file: str | None) -> str:
    """The passphrase for a new key, asked for twice where it was not given."""
    given = passphrase_given(file)
    if given is not None:
        return given
    return str(click.prompt("passphrase for the new key", hide_input=True, confirmation_prompt=True, err=True))


def open_key(path: str, file: str | None) -> PrivateKey:
    """The key in the file at `path`, with its passphrase asked for where it needs one that was not given."""
    given = passphrase_given(file)
    try:
        return load(Path(path), given or "")
    except PassphraseError:
        if given is not None:
            raise
    return load(Path(path), str(click.prompt(f"passphrase of {path}", hide_input=True, err=True)))
