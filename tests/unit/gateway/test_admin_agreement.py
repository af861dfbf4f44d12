"""The commands about the agreement: what they take, and what they tell."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.domain.record import Appended
from brightline.gateway.activation import Activated
from brightline.gateway.admin import Caller
from brightline.gateway.admin_agreement import AdminAgreement
from brightline.gateway.standing import Term
from brightline.ledger.settings import Acceptance
from brightline.testing.rooms import Agreement

TERM = Term(agreement=Agreement(), opens_ms=0, expires_ms=1_800_000_000_000, current_until_ms=1_790_000_000_000)
PLACED = Appended(7, b"\x01" * 32, 0)


class Activation:
    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    async def activate(self, source: Path, statement: bytes | None, *, by: str) -> Activated:
        self.asked.append((source, statement, by))
        return Activated(PLACED, Acceptance(how="tightening", signers=("Command k1",)), TERM)

    async def state_current(self, data: bytes, *, by: str) -> tuple[Appended, Term]:
        self.asked.append((data, by))
        return PLACED, TERM


def play(activation: Activation, command: str, args: Mapping[str, object]) -> Mapping[str, object]:
    commands = AdminAgreement(activation, lambda uid: "ana").commands  # type: ignore[arg-type]
    return asyncio.run(_play(commands[command](args, Caller(7))))  # type: ignore[arg-type]


async def _play(running):  # type: ignore[no-untyped-def]
    return await running


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("agreement.activate", {}),
        ("agreement.activate", {"path": "next"}),
        ("agreement.activate", {"path": "/next", "force": True}),
        ("agreement.current", {}),
        ("agreement.current", {"statement": 7}),
    ],
)
def test_other_arguments_are_refused(command: str, args: Mapping[str, object]) -> None:
    activation = Activation()
    with pytest.raises(BrightlineError) as caught:
        play(activation, command, args)
    assert caught.value.code == "gateway/admin-bad-request"
    assert activation.asked == []


def test_who_commanded_is_the_systems_user() -> None:
    activation = Activation()
    told = play(activation, "agreement.activate", {"path": "/next", "statement": "{}"})
    assert activation.asked == [(Path("/next"), b"{}", "uid 7 (ana)")]
    assert (told["version"], told["how"], told["signers"], told["entry"]) == (1, "tightening", ["Command k1"], 7)
    assert told["expires"] == "2027-01-15T08:00:00.000Z"
    play(activation, "agreement.activate", {"path": "/next"})
    assert activation.asked[1][1] is None


def test_a_statement_is_handed_on_as_it_is() -> None:
    activation = Activation()
    told = play(activation, "agreement.current", {"statement": "{}"})
    assert activation.asked == [(b"{}", "uid 7 (ana)")]
    assert (told["current_until"], told["entry"]) == ("2026-09-21T14:13:20.000Z", 7)
