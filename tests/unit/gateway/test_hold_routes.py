"""What a caller may ask about its holds, and what an effector sends."""

import asyncio
import json
from dataclasses import replace

import pytest

from brightline.domain.call import Call, Dialect, Operation
from brightline.gateway.errors import UseError
from brightline.gateway.exchange import Exchange
from brightline.gateway.hold_routes import MOST_RECEIPT_BYTES
from brightline.gateway.http1 import Head
from brightline.gateway.metrics import Metrics
from brightline.gateway.ports import Proposal
from brightline.gateway.routes import Routes
from brightline.identity.errors import CredentialError
from brightline.testing.holds import MemoryHolds
from brightline.testing.rooms import DEPLOYMENT, HOLD, WHO, Agreement, House, Wire
from brightline.use import describe


class Scene:
    """A house with one hold of a tool call."""

    def __init__(self) -> None:
        self.house = House(UseError("gateway/internal"))
        self.holds: MemoryHolds = self.house.with_holds()
        self.hold = asyncio.run(self.holds.place(_proposal())).hex()

    def play(self, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, object]]:
        metrics = Metrics(self.house.counters, dict, dict, agreement="a", enclave="e")
        routes = Routes(self.house.rooms, metrics=metrics, readiness=str, prove=_no_proof, started_ms=0)
        wire = Wire()
        exchange = Exchange(wire, Head(method, path, "", ()), "127.0.0.1")
        exchange.take_body(body)
        exchange.end_body()
        asyncio.run(routes.handle(exchange))
        head, _, rest = bytes(wire.out).partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), json.loads(rest)


_USE = describe(
    Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "small", stream=False, body=b"{}"),
    use_id=b"u" * 16,
    principal=WHO,
    mission="m1",
    deployment=DEPLOYMENT,
    effect_of=Agreement().effect_of,
)


async def _no_proof(index: int) -> bytes:
    raise AssertionError(index)


def _proposal() -> Proposal:
    return Proposal(
        kind="tool-call",
        tool="set_valve",
        definition=b"{}",
        call_id="c1",
        arguments={"canary": 1},
        use=_USE,
        decision=HOLD,
        principal=WHO,
        mission="m1",
        agreement=Agreement.ref,
        deployment=DEPLOYMENT,
        audience="valve-7.example",
        body_sha256=b"b" * 32,
        content=b"canary",
    )


@pytest.fixture(name="scene")
def _scene() -> Scene:
    return Scene()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/brightline/holds/" + "0" * 32, 405),
        ("GET", "/brightline/receipts", 405),
        ("GET", "/brightline/holds/" + "0" * 32, 404),
        ("GET", "/brightline/holds/" + "0" * 32 + "/release", 404),
        ("GET", "/brightline/holds/" + "0" * 31, 404),
        ("GET", "/brightline/holds/" + "0" * 32 + "/statements", 404),
    ],
)
def test_what_is_no_hold_of_anybody_is_refused(scene: Scene, method: str, path: str, status: int) -> None:
    assert scene.play(method, path)[0] == status


def test_another_caller_learns_nothing(scene: Scene) -> None:
    kept = scene.holds.kept[bytes.fromhex(scene.hold)]
    kept.proposal = replace(kept.proposal, principal=replace(WHO, name="bo"))
    for path in (f"/brightline/holds/{scene.hold}", f"/brightline/holds/{scene.hold}/release"):
        status, told = scene.play("GET", path)
        assert (status, "canary" in json.dumps(told)) == (404, False)


def test_an_unknown_caller_learns_nothing(scene: Scene) -> None:
    scene.house.door.error = CredentialError("identity/no-credential")
    assert scene.play("GET", f"/brightline/holds/{scene.hold}")[0] == 401
    assert scene.play("POST", "/brightline/receipts", b"{}")[0] == 401
    assert scene.holds.received == []


def test_the_caller_sees_how_its_hold_stands_and_no_vote(scene: Scene) -> None:
    status, told = scene.play("GET", f"/brightline/holds/{scene.hold}")
    assert (status, told["state"], told["tool"], told["audience"]) == (200, "open", "set_valve", "valve-7.example")
    assert told["needs"] == [{"policy": "ops.1", "role": "officer", "quorum": 2}]
    assert "canary" not in json.dumps(told)
    scene.holds.approve(bytes.fromhex(scene.hold))
    assert scene.play("GET", f"/brightline/holds/{scene.hold}")[1]["state"] == "approved"


def test_a_release_is_given_as_it_is(scene: Scene) -> None:
    scene.holds.approve(bytes.fromhex(scene.hold))
    assert scene.play("GET", f"/brightline/holds/{scene.hold}/release") == (200, {"release": scene.hold})
    scene.holds.release_error = UseError("hold/pending", holds=scene.hold)
    assert scene.play("GET", f"/brightline/holds/{scene.hold}/release")[0] == 403


def test_a_receipt_is_taken_from_a_known_caller(scene: Scene) -> None:
    status, told = scene.play("POST", "/brightline/receipts", b'{"receipt":1}')
    assert (status, told["index"]) == (200, 7)
    assert scene.holds.received == [(b'{"receipt":1}', WHO.name)]
    assert scene.play("POST", "/brightline/receipts", b"x" * (MOST_RECEIPT_BYTES + 1))[0] == 413
    assert len(scene.holds.received) == 1


def test_without_holds_there_is_no_such_path(scene: Scene) -> None:
    scene.house = House(UseError("gateway/internal"))
    assert scene.play("GET", f"/brightline/holds/{scene.hold}")[0] == 404
