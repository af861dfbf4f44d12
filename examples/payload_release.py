"""A simulated uncrewed aircraft that carries a payload, and releases it once, where people signed that it should.

python payload_release.py --bundle bundle.json --revocations revocations.json --store store --key aircraft.pem
"""

from collections.abc import Mapping

from machine_server import say, serve

from brightline.domain.sign_off.binding import Change
from brightline.domain.sign_off.canonical import JsonObject
from brightline.oversight.effector import NotDoneError

TOOL = "release_payload"


class Aircraft:
    """Hovers with its payload on board until that is released."""

    def __init__(self) -> None:
        self.payload = "on board"

    def state(self) -> Mapping[str, str]:
        """Where it is and what it carries."""
        return {"uav-1/state": "hovering", "uav-1/payload": self.payload}

    def changes(self, tool: str, arguments: JsonObject) -> tuple[Change, ...]:
        """That the payload would be gone."""
        if tool != TOOL or self.payload != "on board":
            return ()
        return (Change("uav-1/payload", self.payload, "released"),)

    def run(self, tool: str, arguments: JsonObject) -> None:
        """Release the payload; raises `NotDoneError` when there is none."""
        if tool != TOOL or self.payload != "on board":
            raise NotDoneError("there is no payload on board")
        self.payload = "released"
        say(f"RELEASED over {arguments.get('latitude')}, {arguments.get('longitude')}")


if __name__ == "__main__":
    serve(Aircraft())
