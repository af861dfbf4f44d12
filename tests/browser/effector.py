"""The machine at the other end: the real effector check with a real store, over a payload that is counted."""

from pathlib import Path

from brightline.crypto.party_keys import ED25519, create
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.canonical import Json, canonical
from brightline.oversight.effector import Action, Effector, EffectorError
from brightline.oversight.replay_store import DirectoryReplayStore
from brightline.testing.console import SimulatedConsole, now_ms


class Machine:
    """What `hold` is about; acts on the console's release, and counts how often it did."""

    def __init__(self, console: SimulatedConsole, hold: str, folder: Path) -> None:
        journeys = console.journeys
        self.runs = 0
        self._release = journeys.release(hold)
        self._binding: ActionBinding = journeys.binding(hold)
        # A store as old as a machine that stood there before: a new one refuses what was open before it was made.
        store = DirectoryReplayStore(folder, clock_ms=lambda: now_ms() - 30 * 86_400_000)
        self._effector = Effector(
            journeys.bundle(hold), store, revocations=journeys.revocations, clock_ms=now_ms, signer=create(ED25519)
        )

    def act(self, **changes: Json) -> str:
        """Do the action, its arguments changed by `changes`; the outcome, or the code of the refusal."""
        binding = self._binding
        arguments = canonical({**binding.arguments, **changes})
        action = Action(binding.tool, arguments, dict(binding.preconditions))
        try:
            return self._effector.act(self._release, action, self._run).receipt.outcome
        except EffectorError as error:
            return error.code

    def _run(self) -> None:
        self.runs += 1
