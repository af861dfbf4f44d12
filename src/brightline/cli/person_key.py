"""The key a person signs with: in a file, or on a card behind PKCS#11; and the PIN of the card.

INVARIANT: the PIN comes from a prompt or an open file descriptor, never from the command line or the environment, and
no message holds it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import click

from brightline.cli.passphrase import open_key, passphrase_option
from brightline.crypto.party_keys import PublicKey
from brightline.crypto.pkcs11_key import TokenKey, open_token_key
from brightline.crypto.signatures import sign
from brightline.domain.sign_off.assertion import FILE, HARDWARE

# PKCS#11 leaves the length open; PIV has 8 characters.
_MOST_PIN_BYTES = 256
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
Command = TypeVar("Command", bound=Callable[..., object])

_OPTIONS = (
    click.option("--key", "key_file", type=click.Path(), default=None, metavar="FILE", help="Your key, in a file."),
    click.option("--pkcs11", "module", default=None, metavar="MODULE", help="Your key on a card: the PKCS#11 module."),
    click.option("--token", default="", metavar="LABEL", help="The card, where several are plugged in."),
    click.option("--key-label", default="", metavar="LABEL", help="The key on the card, where it has several."),
    click.option("--key-id", default="", metavar="HEX", help="The same, by its id; PIV's signature key has 02."),
    click.option("--pin-fd", type=int, default=None, metavar="N", help="Read the PIN from this open file descriptor."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChoice:
    """Which key a person means, as the options say it."""

    key_file: str | None = None
    module: str | None = None
    token: str = ""
    key_label: str = ""
    key_id: str = ""
    pin_fd: int | None = None
    passphrase_file: str | None = None


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A person's key in use; `sign` gives the signature over a message in its one encoding."""

    public: PublicKey
    assurance: str
    sign: Callable[[bytes], bytes] = field(repr=False)


def person_key_options(command: Command) -> Command:
    """Give a command the options that name a person's key."""
    made = passphrase_option(command)
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


def key_choice(**options: object) -> KeyChoice:
    """The choice that the options of `person_key_options` make; raises `click.UsageError` unless it is of one key."""
    choice = KeyChoice(**options)  # type: ignore[arg-type]  # click gives each option its declared type
    if (choice.key_file is None) == (choice.module is None):
        raise click.UsageError("give your key by `--key FILE` or by `--pkcs11 MODULE`, and not by both")
    if len(choice.key_id) % 2 or not _HEX_DIGITS.issuperset(choice.key_id):
        raise click.UsageError("`--key-id` is in hexadecimal, two digits a byte")
    return choice


@contextmanager
def open_person_key(choice: KeyChoice) -> Iterator[PersonKey]:
    """The key of `choice`, until the context ends; raises `CryptoError` and `PlaceError`."""
    if choice.module is None:
        private = open_key(str(choice.key_file), choice.passphrase_file)
        yield PersonKey(private.public, FILE, lambda message: sign(private, message))
        return
    place = TokenKey(module=choice.module, token=choice.token, label=choice.key_label, id=bytes.fromhex(choice.key_id))
    with open_token_key(place, lambda token: _pin(token, choice.pin_fd)) as key:
        yield PersonKey(key.public, HARDWARE, key.sign)


def _pin(token: str, descriptor: int | None) -> str:
    if descriptor is None:
        return str(click.prompt(f"PIN of `{token}`", hide_input=True, err=True))
    try:
        with os.fdopen(descriptor, "rb") as file:
            line = file.readline(_MOST_PIN_BYTES)
        return line.decode().removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        # The system's own words could hold what was read.
        raise click.UsageError(f"no PIN can be read from file descriptor {descriptor}") from error
