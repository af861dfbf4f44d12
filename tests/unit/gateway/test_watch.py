"""What is said of an agreement's times, once a day, and what is done where the ledger is ahead."""

import asyncio
import io
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from brightline.domain.errors import BrightlineError
from brightline.gateway.logs import Log
from brightline.gateway.standing import Standing, Term
from brightline.gateway.watch import DAY_MS, AgreementWatch
from brightline.policy import PolicyError
from brightline.testing.rooms import Agreement

TERM = Term(
    agreement=Agreement(),
    opens_ms=0,
    expires_ms=1000 * DAY_MS,
    current_from_ms=0,
    current_until_ms=90 * DAY_MS,
)


class Scene:
    def __init__(self, term: Term = TERM, caught_up: bool | BrightlineError = False) -> None:
        self.now_ms = 0
        self.stream = io.StringIO()
        self.standing = Standing(term)

        async def catch_up() -> bool:
            if isinstance(caught_up, BrightlineError):
                raise caught_up
            return caught_up

        activation = SimpleNamespace(catch_up=catch_up)
        self.watch = AgreementWatch(self.standing, activation, lambda: self.now_ms, Log(self.stream))  # type: ignore[arg-type]

    def look(self, day: float) -> list[tuple[str, str, int | None]]:
        self.now_ms = int(day * DAY_MS)
        before = len(self.stream.getvalue())
        asyncio.run(self.watch.look())
        rows = [json.loads(line) for line in self.stream.getvalue()[before:].splitlines()]
        return [(row["level"], row["event"], row.get("days", row.get("code"))) for row in rows]


@pytest.mark.parametrize(
    ("term", "day", "code"),
    [
        (TERM, 90, "policy/not-current"),
        (replace(TERM, current_until_ms=2000 * DAY_MS), 1000, "policy/expired"),
        (replace(TERM, opens_ms=5 * DAY_MS), 4, "policy/not-yet-valid"),
    ],
)
def test_where_nothing_is_permitted_readiness_and_the_log_say_why(term: Term, day: int, code: str) -> None:
    scene = Scene(term)
    assert scene.look(day) == [("error", "nothing-permitted", code)]
    assert scene.look(day + 0.5) == []
    assert scene.watch.readiness() == code


def test_the_last_thirty_days_and_a_statements_last_third_are_told_once_a_day() -> None:
    scene = Scene(replace(TERM, expires_ms=100 * DAY_MS))
    assert scene.look(1) == []
    assert scene.look(59.5) == []
    assert scene.look(60) == [("warning", "statement-ends", 30)]
    assert scene.look(60.2) == []
    assert scene.look(71.5) == [("warning", "agreement-expires", 28), ("warning", "statement-ends", 18)]
    assert scene.watch.readiness() == ""
    gauges = scene.watch.gauges()
    assert gauges["agreement_seconds_left"] == 28.5 * 86_400
    assert gauges["statement_seconds_left"] == 18.5 * 86_400
    assert gauges["agreement_version"] == 1


def test_a_new_term_is_told_at_once() -> None:
    scene = Scene()
    assert scene.look(80) == [("warning", "statement-ends", 10)]
    scene.standing.replace(replace(TERM, current_from_ms=80 * DAY_MS, current_until_ms=82 * DAY_MS))
    assert scene.look(80.1) == []
    assert scene.look(81.5) == [("warning", "statement-ends", 0)]


def test_catching_up_is_told_and_so_is_what_keeps_from_it() -> None:
    assert Scene(caught_up=True).look(1) == [("warning", "agreement-caught-up", None)]
    behind = Scene(caught_up=PolicyError("policy/no-red-lines"))
    assert behind.look(1) == [("error", "agreement-behind", "policy/no-red-lines")]
