import pytest

from brightline.testing.approval_samples import DUTY_OFFICER, RELEASE_OFFICER
from brightline.testing.console import SimulatedConsole, make_console
from tests.unit.console.visitor import Visitor


@pytest.fixture
def console() -> SimulatedConsole:
    """A console with three people who sign in by keys."""
    made = make_console()
    made.journeys.add_person("alice", RELEASE_OFFICER, key="key-a")
    made.journeys.add_person("bob", RELEASE_OFFICER, DUTY_OFFICER, key="key-b")
    made.journeys.add_person("carol", "clerk", key="key-c")
    return made


@pytest.fixture
def alice(console: SimulatedConsole) -> Visitor:
    """Alice, signed in."""
    visitor = Visitor(console)
    visitor.sign_in("key-a")
    return visitor
