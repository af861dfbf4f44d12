"""A simulated valve that opens and closes, each time once, as people signed.

python valve.py --bundle bundle.json --revocations revocations.json --store store --key valve.pem
"""

from collections.abc import Mapping

from machine_server import say, serve

from brightline.domain.sign_off.binding import Change
from brightline.domain.sign_off.canonical import JsonObject
from brightline.oversight.effector import NotDoneError

TOOL = "set_valve"
STATES = ("open", "closed")


class Valve:
    """Is open or closed."""

    def __init__(self) -> None:
        self.position = "closed"

    def state(self) -> Mapping[str, str]:
        """Whether it is open."""
        return {"valve-7/state": self.position}

    def changes(self, tool: str, arguments: JsonObject) -> tuple[Change, ...]:
        """The position that it would take."""
        wanted = arguments.get("state")
        if tool != TOOL or wanted not in STATES or wanted == self.position:
            return ()
        return (Change("valve-7/state", self.position, str(wanted)),)

    def run(self, tool: str, arguments: JsonObject) -> None:
        """Move to the position in the argument `state`; raises `NotDoneError` for any other."""
        wanted = arguments.get("state")
        if tool != TOOL or wanted not in STATES:
            raise NotDoneError("the valve has no such position")
        self.position = str(wanted)
        say(f"the valve is {self.position}")


if __name__ == "__main__":
    serve(Valve())
