"""People who are looked up through every rotation at once: of account, key, app, mission, model, dialect and wording.

A story is a number of calls. Each names some people, somewhere in its content and in some form, and is made by
somebody, for something, through some model. Whatever is rotated, the meter tells how many people were named so far, no
more and no fewer.
"""

import base64
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from brightline.testing.house import PATHS, Gateway, house_agreement, tell
from brightline.testing.parties import Signed

PEOPLE = 20
MODELS = ("sim-echo", "small")
ACCOUNTS = 6
MISSIONS = ("reporting", "training")
TOOLS = {
    "format": 2,
    "tools": {
        "look_up": {
            "effect": "read",
            "origins": ["public"],
            "subjects": [],
            "activities": [],
            "persons": {
                "arguments": [{"path": "$.ids[*]", "kind": "email"}],
                "most": PEOPLE,
                "unreadable": "most",
            },
        }
    },
}
LAW = b"""
@id("law-people") @reason("too many people") @hint("ask for an authority") @clause("t") @source("test")
forbid (principal, action, resource) when { context.meter.people > 1000 };
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What the meters told after a story: of the red line's kind, and each of the kinds that callers choose."""

    named: int
    people: int
    operator: int
    per_account: int
    per_app: int
    per_mission: int


def meter(name: str, *per: str) -> Mapping[str, object]:
    """A meter of people."""
    window = {"seconds": 86_400, "parts": 24, "exact_to": 1000, "unreadable": 50}
    return {"id": name, "measure": "data-subjects", "per": [*per], **window}


METERS = (
    meter("people", "agreement", "unit"),
    meter("operator"),
    meter("account", "principal"),
    meter("app", "app"),
    meter("mission", "mission"),
)


def agreement() -> Signed:
    """The agreement of every story."""
    return house_agreement(METERS, {"law/people.cedar": LAW, "effectors.json": json.dumps(TOOLS).encode()})


def email(number: int) -> str:
    """The address of one person."""
    return f"person.{number}@example.org"


# How the same address can be written.
WAYS: Sequence[Callable[[str, random.Random], str]] = (
    lambda text, chance: text,
    lambda text, chance: text.upper(),
    lambda text, chance: f"<{text.title()}>",
    lambda text, chance: f"mailto:{text}",
    lambda text, chance: text.replace("@", "\uff20"),
    lambda text, chance: "".join(chr(ord(each) + 0xFEE0) if each.isalnum() else each for each in text),
    lambda text, chance: text[:3] + "\u200b" + text[3:],
    lambda text, chance: f'"{text}";',
)


@dataclass(slots=True)
class Asker:
    """Makes the calls of one story; `keys` are those of its accounts."""

    chance: random.Random
    keys: Sequence[str]
    turn: int = 0

    def body(self, dialect: str, people: Sequence[int]) -> bytes:
        """A call in `dialect` that names `people` in some place."""
        chance = self.chance
        self.turn += 1
        written = [chance.choice(WAYS)(email(each), chance) for each in people]
        place = chance.choice(("prompt", "arguments", "result", "encoded", "system", "rows"))
        text = f"turn {self.turn} of session {chance.randrange(10**9)}: what is known?"
        words = " and ".join(written)
        before: list[dict[str, object]] = []
        if place == "prompt":
            text = f"{text} {words}"
        elif place == "encoded":
            text = f"{text} {base64.b64encode(words.encode()).decode()}"
        elif place == "rows":
            text = f"{text} {json.dumps([{'contact': each} for each in written], ensure_ascii=False)}"
        elif place in ("arguments", "result"):
            plain = [email(each) for each in people]
            before = _called(dialect, f"c{self.turn}", plain, words if place == "result" else "done")
        more = {"system": words} if place == "system" and dialect == "anthropic" else {}
        if place == "system" and dialect == "openai":
            before = [{"role": "system", "content": words}]
        asked = {"model": chance.choice(MODELS), "max_tokens": 64, "stream": chance.random() < 0.3, **more}
        asked["messages"] = [*before, {"role": "user", "content": text}]
        if chance.random() < 0.5:
            asked["metadata"] = {"user_id": f"agent-{chance.randrange(10**6)}"}
        return json.dumps(asked).encode()

    def headers(self) -> list[tuple[str, str]]:
        """What a caller states, as it likes."""
        chance = self.chance
        stated = [("brightline-mission", chance.choice(MISSIONS))]
        if chance.random() < 0.5:
            stated.append(("brightline-purpose", f"purpose {chance.randrange(99)}"))
        if chance.random() < 0.5:
            stated.append(("brightline-authority", f"warrant {chance.randrange(99)}"))
        return stated


def _called(dialect: str, call_id: str, people: Sequence[str], result: str) -> list[dict[str, object]]:
    """A call of the registered tool, and what came back."""
    if dialect == "openai":
        function = {"name": "look_up", "arguments": json.dumps({"ids": [*people]})}
        call = {"id": call_id, "type": "function", "function": function}
        return [
            {"role": "user", "content": "look"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": call_id, "content": result},
        ]
    use = {"type": "tool_use", "id": call_id, "name": "look_up", "input": {"ids": [*people]}}
    back = {"type": "tool_result", "tool_use_id": call_id, "content": result}
    return [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": [use]},
        {"role": "user", "content": [back]},
    ]


def play(place: Path, seed: int, calls: int, *, accounts: int = ACCOUNTS) -> Told:
    """One story of so many accounts at a fresh gateway in `place`; raises `AssertionError` where the meter is wrong."""
    told: list[Told] = []

    async def story(gateway: Gateway) -> None:
        chance = random.Random(seed)
        grants = [(f"analyst-{number}", f"app-{number % 3}") for number in range(accounts)]
        asker = Asker(chance, [await gateway.add_key(name, app=app) for name, app in grants])
        named: set[int] = set()
        for _ in range(calls):
            people = chance.sample(range(PEOPLE), chance.randint(1, 3))
            named.update(people)
            dialect = chance.choice(("openai", "anthropic"))
            gateway.key = chance.choice(asker.keys)
            reply = await gateway.ask("POST", PATHS[dialect], asker.body(dialect, people), *asker.headers())
            assert reply.status == 200, reply.body
            people_now = await _readings(gateway, "people")
            assert people_now == [len(named)], f"seed {seed}, call {asker.turn}: {people_now}, {len(named)} were named"
        told.append(
            Told(
                named=len(named),
                people=max(await _readings(gateway, "people")),
                operator=max(await _readings(gateway, "operator")),
                per_account=max([max(await _readings(gateway, "account", principal=name)) for name, _ in grants]),
                per_app=max([max(await _readings(gateway, "app", app=app)) for _, app in grants]),
                per_mission=max([max(await _readings(gateway, "mission", mission=name)) for name in MISSIONS]),
            )
        )

    tell(place, story, signed=agreement())
    return told[0]


async def _readings(gateway: Gateway, name: str, **named: str) -> list[int]:
    shown = await gateway.command("meter.show", organisation="example-command", unit="analysis", **named)
    rows = shown["meters"]
    assert isinstance(rows, list)
    return [int(row["reading"]) for row in rows if row["meter"] == name]
