"""The chapter when nothing is held, one signature is enough, or the machine acts wrongly: the story stops and says so.

The whole chapter is told by the demo's own test, against a real gateway.
"""

import dataclasses
import threading
import time
from base64 import b64decode, b64encode
from types import SimpleNamespace

import pytest

from brightline.cli.errors import StoryError
from brightline.cli.story import signing
from brightline.cli.story.client import Reply
from brightline.domain.errors import BrightlineError
from brightline.domain.sign_off.statement import ShownLog, SignedStatement
from brightline.oversight.signing import ApprovalRequest
from brightline.testing.log_simulator import SimulatedLog
from brightline.testing.sign_off import log_with, make_binding

BINDING = make_binding(
    now_ms=time.time_ns() // 1_000_000, audience="uav-1.example", arguments={"aircraft": "uav-1", "latitude": 48.8584}
)


class Gateway:
    """What the chapter asks of the gateway, with what a test makes wrong."""

    def __init__(self, *, enough: int = 2, answer: int = 200, release: int = 200) -> None:
        self.log: SimulatedLog = log_with(BINDING)
        self.signed: list[SignedStatement] = []
        self._enough, self._answer, self._release = enough, answer, release
        self._approved = threading.Event()

    def perform(self, data: str, command: str, args: dict[str, object]) -> dict[str, object]:
        if command == "hold.show":
            shown = ApprovalRequest(BINDING, self._shown())
            return {"request": shown.canonical.decode()}
        if command == "hold.evidence":
            return {"evidence": [{"content": b64encode(b"a photo of the place").decode()}]}
        if command == "hold.sign":
            self.signed.append(SignedStatement.parse(b64decode(str(args["statement"]))))
            if len(self.signed) >= 2:
                self._approved.set()
        if command == "hold.release" and len(self.signed) < self._enough:
            raise BrightlineError("hold/not-approved")
        return {"holds": [{"hold": BINDING.hold}]}

    def _shown(self) -> ShownLog:
        return ShownLog(self.log.origin, len(self.log.entries), self.log.root)

    def ask(self, body: object) -> Reply:
        self._approved.wait(10)
        return Reply(
            self._answer, {"brightline-hold": BINDING.hold}, b'{"error":{"code":"hold/denied","message":"no"}}'
        )

    def release(self, hold: str) -> Reply:
        return Reply(self._release, {}, b'{"error":{"code":"hold/not-approved","message":"no"}}')


@pytest.fixture
def told(stage, monkeypatch):
    def tell(gateway: Gateway) -> str:
        monkeypatch.setattr(signing, "perform", gateway.perform)
        return signing.CHAPTER.tell(dataclasses.replace(stage, client=gateway))

    return tell


def test_a_call_that_is_not_held_stops_the_story(stage, monkeypatch) -> None:
    monkeypatch.setattr(signing, "perform", lambda data, command, args: {"holds": []})
    client = SimpleNamespace(ask=lambda body: Reply(403, {}, b'{"error":{"code":"policy/forbidden","message":"no"}}'))
    with pytest.raises(StoryError) as caught:
        signing.CHAPTER.tell(dataclasses.replace(stage, client=client))
    assert "policy/forbidden" in caught.value.message


def test_a_model_that_proposes_nothing_stops_the_story(stage, monkeypatch) -> None:
    monkeypatch.setattr(signing, "perform", lambda data, command, args: {"holds": []})
    monkeypatch.setattr(signing, "_PROPOSED_SECONDS", 0.0)
    client = SimpleNamespace(ask=lambda body: Reply(200, {}, b"{}"))
    with pytest.raises(StoryError) as caught:
        signing.CHAPTER.tell(dataclasses.replace(stage, client=client))
    assert "in time" in caught.value.message


@pytest.mark.parametrize(
    ("gateway", "why"),
    [
        (Gateway(answer=403), "hold/denied"),
        (Gateway(release=403), "hold/not-approved"),
    ],
)
def test_an_answer_or_a_release_that_does_not_come_stops_the_story(told, gateway: Gateway, why: str) -> None:
    with pytest.raises(StoryError) as caught:
        told(gateway)
    assert why in caught.value.message
    assert [signed.statement.person for signed in gateway.signed] == ["rosa", "omar"]
