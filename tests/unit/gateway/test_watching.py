"""Whom an answer names is counted before it leaves, in whole answers and in streams."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.call import Call, Dialect, Operation
from brightline.domain.decision import Decision
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, decode
from brightline.domain.record import Appended, Entry
from brightline.domain.use import ToolEffect, Use
from brightline.gateway.errors import ForbiddenError, UseError
from brightline.gateway.ports import Rooms
from brightline.gateway.run import Run
from brightline.gateway.watching import BEHIND_CHARACTERS, LOOK_CHARACTERS, Watching
from brightline.ledger.errors import LedgerUnavailableError
from brightline.testing.rooms import DEPLOYMENT, FORBID, PERMIT, Agreement, House
from brightline.use import describe
from tests.unit.gateway.counting_rig import ACTS, WHO, Rig

LIMIT = 3


class Limited(Agreement):
    """Permits as long as few people are counted."""

    def decide(
        self, use: Use, sign_offs: Mapping[str, int] | None = None, break_glass: Mapping[str, int] | None = None
    ) -> Decision:
        return PERMIT if use.readings["people"] <= LIMIT else FORBID


class AsyncLog:
    """The rig's log as a use sees it; `error` is what it refuses with."""

    origin = "test/log"

    def __init__(self, rig: Rig) -> None:
        self._log = rig.log
        self.error: BrightlineError | None = None

    def now_ms(self) -> int:
        return self._log.now_ms()

    async def append(self, entry: Entry) -> Appended:
        if self.error is not None:
            raise self.error
        return self._log.append(entry)


class Scene:
    """A use whose answer is watched."""

    def __init__(self, place: Path) -> None:
        self.rig = Rig(place)
        self.agreement = Limited()
        self.agreement.meters = self.rig.agreement.meters
        self.rig.agreement = self.agreement
        house = House(LedgerUnavailableError("ledger/closed"))
        house.standing.replace(
            replace(house.standing.term, agreement=self.agreement, expires_ms=2**50, current_until_ms=2**50)
        )
        self.log = AsyncLog(self.rig)
        self.rooms: Rooms = replace(house.rooms, counting=self.rig.counting, ledger=self.log)
        counted = self.rig.begin()
        self.run = Run(use_id=b"i" * 16, started=0.0, agreement=self.agreement.ref, counted=counted)
        self.run.use = a_use()
        self.run.intent = Appended(0, b"h" * 32, 0)

    def watching(self) -> Watching:
        return Watching(self.rooms, self.run)

    def metered(self) -> int:
        entries = self.rig.store.entries(self.rig.log.shard).leaves(0, 99)
        return sum(decode(leaf).kind is Kind.METER for leaf in entries)


def a_use() -> Use:
    call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "small", False, b"{}")
    return describe(
        call,
        use_id=b"i" * 16,
        principal=WHO,
        mission="m",
        deployment=DEPLOYMENT,
        effect_of=lambda tool: ToolEffect(tool, "read"),
    )


@pytest.fixture(name="scene")
def _scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def whole(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def event(text: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}}]}).encode() + b"\n\n"


def names(*numbers: int) -> str:
    return "".join(f" p{number}@x.example" for number in numbers)


def stream(watching: Watching, *texts: str) -> list[bytes]:
    async def taken() -> list[bytes]:
        return [*[await watching.take(event(text)) for text in texts], await watching.end()]

    return asyncio.run(taken())


def test_a_whole_answer_that_names_too_many_does_not_leave(scene: Scene) -> None:
    scene.watching().whole(whole("nobody"))
    scene.watching().whole(whole(names(1, 2, 3)))
    with pytest.raises(ForbiddenError):
        scene.watching().whole(whole(names(4)))


def test_a_stream_is_held_back_until_it_was_looked_at(scene: Scene) -> None:
    texts = ["a" * 10] * ((LOOK_CHARACTERS + 2 * BEHIND_CHARACTERS) // 10)
    left = stream(scene.watching(), *texts)
    assert b"".join(left) == b"".join(event(text) for text in texts)
    assert left[0] == b""
    assert any(left[:-1])
    assert scene.metered() == 0


def test_who_is_named_in_a_stream_is_in_the_ledger_before_it_leaves(scene: Scene) -> None:
    left = stream(scene.watching(), names(1, 2)[:7], names(1, 2)[7:], " b" * (LOOK_CHARACTERS // 2), names(2, 3))
    assert scene.metered() == 2
    assert b"".join(left).count(b"data:") == 4
    scene.rig.counting.end(scene.run.counted)
    assert scene.rig.people == 3


def test_a_stream_that_names_too_many_stops_there(scene: Scene) -> None:
    watching = scene.watching()
    with pytest.raises(ForbiddenError):
        stream(watching, names(*range(40)))
    scene.rig.counting.end(scene.run.counted)
    assert scene.rig.people == 0


def test_where_the_ledger_refuses_nothing_leaves(scene: Scene) -> None:
    scene.log.error = LedgerUnavailableError("ledger/closed")
    with pytest.raises(LedgerUnavailableError):
        stream(scene.watching(), names(1))
    scene.log.error = None
    scene.run.intent = None
    with pytest.raises(UseError):
        stream(scene.watching(), names(2))


def test_without_a_meter_of_people_everything_passes_at_once(scene: Scene) -> None:
    scene.rig.counting.end(scene.run.counted)
    scene.agreement.meters = (ACTS,)
    scene.run.counted = scene.rig.counting.begin(WHO, "m", scene.agreement)
    watching = scene.watching()
    watching.whole(whole(names(*range(9))))
    assert stream(watching, names(*range(9))) == [event(names(*range(9))), b""]
    scene.run.counted = None
    assert stream(scene.watching(), "x") == [event("x"), b""]
