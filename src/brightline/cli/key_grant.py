"""The options that say what a key grants, for `key add` and `key import`, and the words that show a key."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])

_OPTIONS = (
    click.option("--name", required=True, help="Who calls: a person or a service."),
    click.option("--organisation", required=True, help="The organisation the caller belongs to."),
    click.option("--unit", required=True, help="The unit within it."),
    click.option("--app", required=True, help="The app that uses the key."),
    click.option("--role", "roles", multiple=True, help="A role of the caller; repeatable."),
    click.option("--mission", "missions", multiple=True, help="A mission the key may name; repeatable."),
    click.option("--owner", default="", help="Who answers for an agent with this key, and so approves nothing of it."),
    click.option("--default-mission", default=None, help="The mission of a call that states none."),
)


def grant_options(command: Command) -> Command:
    """Give a command the options that say what a key grants."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def grant_args(options: Mapping[str, object]) -> dict[str, object]:
    """The options as the arguments of a key command."""
    missions = options["missions"]
    default = options["default_mission"]
    if default is None and isinstance(missions, tuple) and len(set(missions)) == 1:
        default = missions[0]
    return {**options, "default_mission": default}


def key_lines(verb: str, key: Mapping[str, object]) -> list[str]:
    """What a person reads about a key that was just made or imported."""
    lines = [
        f"{verb} key {key['key_id']} for {key['name']} of {key['organisation']}/{key['unit']}, app {key['app']}",
        f"missions: {mission_words(key)}",
    ]
    if key.get("owner"):
        lines.append(f"owner: {key['owner']}")
    if key.get("weak"):
        lines.append("WEAK SECRET: for tests only; the ledger says so")
    lines.append(f"recorded as entry {key['entry']} of the ledger")
    return lines


def mission_words(key: Mapping[str, object]) -> str:
    """A key's missions, with the default one marked."""
    missions = key["missions"]
    names = missions if isinstance(missions, Sequence) and not isinstance(missions, str) else []
    words = [f"{name} (default)" if name == key["default_mission"] else str(name) for name in names]
    return ", ".join(words) or "none"
