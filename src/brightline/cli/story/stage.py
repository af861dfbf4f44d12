"""What every chapter stands on: a running gateway, a key for it, and where its log is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from brightline.cli.errors import StoryError
from brightline.cli.sample_people import SamplePeople
from brightline.cli.story.aircraft import Aircraft
from brightline.cli.story.client import Client, Reply

# An analyst of the sample agreement, in a mission that is open to all units.
WHO = {
    "name": "ana",
    "organisation": "example-command",
    "unit": "analysis",
    "app": "demo",
    "roles": ["analyst"],
    "missions": ["reporting"],
    "default_mission": "reporting",
}
MODEL = "analyst"


@dataclass(frozen=True, slots=True)
class Stage:
    """The set; `people` play all who sign, `aircraft` acts, `say` prints a piece of a line at once."""

    client: Client
    data_dir: Path
    log_directory: Path
    vkey: str
    scratch: Path
    gateway_log: Path
    people: SamplePeople = field(repr=False)
    aircraft: Aircraft = field(repr=False)
    say: Callable[[str], None] = field(repr=False)

    def expect(self, fact: bool, *, step: str, why: str) -> None:
        """Go on if `fact`; raises `StoryError` with the reason otherwise."""
        if not fact:
            raise StoryError("cli/story-broken", step=step, why=why, log=str(self.gateway_log))


@dataclass(frozen=True, slots=True)
class Chapter:
    """One step; `tell` returns its line, which starts with the verdict."""

    title: str
    tell: Callable[[Stage], str]


def refusal_words(stage: Stage, reply: Reply, *, step: str, code: str) -> str:
    """The line of a call that must have been refused with `code`; raises `StoryError` otherwise."""
    refusal = reply.refusal()
    refused = reply.status == 403 and refusal.code == code
    stage.expect(refused, step=step, why=f"the answer was {reply.status} {refusal.code}")
    why = [f"by the {row.get('layer')} layer, rule `{row.get('policy')}`: {row.get('text')}" for row in refusal.reasons]
    return f"REFUSED  {'; '.join(why) or refusal.message}"
