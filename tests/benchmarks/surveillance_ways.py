"""How analysts and campaigns name people: each way as the call, the acts and the answer that a gateway would see.

People are numbers. Whatever is rotated beside (session, account, app, mission, model) is the campaign's; a way is about
what stands in a call.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from brightline.domain.data_subjects import KindedPath, PersonRule
from brightline.domain.use import ToolEffect

MOST = 500
_RULES = {
    "find_person": PersonRule(most=MOST, arguments=(KindedPath("$.id", "case"),)),
    "find_by_address": PersonRule(most=MOST, arguments=(KindedPath("$.address", "email"),)),
    "page": PersonRule(most=MOST, count_argument="$.limit"),
    "score_all": PersonRule(most=MOST, count_result="$.matched"),
}
_FIRST = ("Anna", "Bela", "Carl", "Dora", "Emil", "Fara", "Gino", "Hana", "Ivan", "Jana")
_LAST = ("Abel", "Bauer", "Conti", "Dorn", "Eder", "Falk", "Gold", "Haas", "Iser", "Jung")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one step of a way shows a gateway: a body, a tool about to run, an answer; any of them may be missing."""

    body: bytes = b""
    tool: str = ""
    arguments: bytes = b""
    call_id: str = ""
    answer: str = ""


Way = Callable[[Sequence[int], int], list[Seen]]


def effect_of(tool: str) -> ToolEffect:
    """What the register says."""
    return ToolEffect(tool, "read", persons=_RULES.get(tool))


def email(number: int) -> str:
    """One person's address."""
    return f"person{number}@example.org"


def name(number: int) -> str:
    """One person's name, another for each number."""
    return f"{_FIRST[number % 10]} {_LAST[number // 10 % 10]}{'abcdefghij'[number // 100 % 10] * (number // 1000 + 1)}"


def _asks(content: object, *before: Mapping[str, object]) -> bytes:
    messages = [*before, {"role": "user", "content": content}]
    return json.dumps({"model": "any", "max_tokens": 64, "messages": messages}, ensure_ascii=False).encode()


def _one_by_one(people: Sequence[int], turn: int) -> list[Seen]:
    return [
        Seen(tool="find_person", arguments=json.dumps({"id": f"P{each:06}"}).encode(), call_id=f"c{turn}-{each}")
        for each in people
    ]


def _by_address(people: Sequence[int], turn: int) -> list[Seen]:
    return [
        Seen(tool="find_by_address", arguments=json.dumps({"address": email(each)}).encode(), call_id=f"c{turn}-{each}")
        for each in people
    ]


def _misspelt(people: Sequence[int], turn: int) -> list[Seen]:
    ways = ("p{:06}", "P-{:06}", " P {:06}", "P{:06}\u200b", "\uff30{:06}")
    return [
        Seen(
            tool="find_person",
            arguments=json.dumps({"id": ways[(turn + each) % len(ways)].format(each)}).encode(),
            call_id=f"c{turn}-{each}",
        )
        for each in people
    ]


def _rows(people: Sequence[int], turn: int) -> list[Seen]:
    first = min(people)
    return [Seen(body=_asks(f"turn {turn}: summarise rows {first} to {first + len(people) - 1} of the table"))]


def _pages(people: Sequence[int], turn: int) -> list[Seen]:
    asked = {"offset": min(people), "limit": len(people)}
    return [Seen(tool="page", arguments=json.dumps(asked).encode(), call_id=f"c{turn}")]


def _totals(people: Sequence[int], turn: int) -> list[Seen]:
    given = json.dumps({"query": f"district {min(people)}"})
    function = {"name": "score_all", "arguments": given}
    called = {"role": "assistant", "content": None, "tool_calls": [{"id": f"c{turn}", "type": "function"}]}
    called["tool_calls"][0]["function"] = function  # type: ignore[index]
    told = {"role": "tool", "tool_call_id": f"c{turn}", "content": json.dumps({"matched": len(people), "mean": 0.4})}
    return [
        Seen(tool="score_all", arguments=given.encode(), call_id=f"c{turn}"),
        Seen(body=_asks("and now?", called, told)),
    ]


def _encoded(people: Sequence[int], turn: int) -> list[Seen]:
    listed = "\n".join(map(email, people)).encode()
    return [Seen(body=_asks(f"turn {turn}: {base64.b64encode(listed).decode()}"))]


def _photos(people: Sequence[int], turn: int) -> list[Seen]:
    data = [base64.b64encode(f"photo of {each} at {turn}".encode()).decode() for each in people]
    parts = [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{each}"}} for each in data]
    return [Seen(body=_asks([{"type": "text", "text": "who is this?"}, *parts]))]


def _listed(people: Sequence[int], turn: int) -> list[Seen]:
    return [Seen(body=_asks(f"turn {turn}, compare:\n" + "\n".join(map(name, people))))]


def _json(people: Sequence[int], turn: int) -> list[Seen]:
    return [Seen(body=_asks(json.dumps([{"name": name(each), "turn": turn} for each in people])))]


def _answered(people: Sequence[int], turn: int) -> list[Seen]:
    listed = ", ".join(map(email, people))
    return [Seen(body=_asks(f"turn {turn}: who was there?"), answer=f"There were {listed}.")]


def _prose(people: Sequence[int], turn: int) -> list[Seen]:
    return [Seen(body=_asks(f"turn {turn}: what do you make of {name(each)}?")) for each in people]


def _contradicted(people: Sequence[int], turn: int) -> list[Seen]:
    said = Seen(body=_asks(f"turn {turn}: this is about nobody at all, only the weather"))
    return [said, *_one_by_one(people, turn)]


# How many people one call of a campaign takes in each way.
WAYS: Mapping[str, tuple[Way, int]] = {
    "one by one": (_one_by_one, 1),
    "misspelt": (_misspelt, 1),
    "row numbers": (_rows, 50),
    "pagination": (_pages, 50),
    "totals only": (_totals, 50),
    "base64 lists": (_encoded, 20),
    "photos": (_photos, 3),
    "lists of names": (_listed, 20),
    "JSON rows": (_json, 20),
    "lists in answers": (_answered, 20),
    "prose that denies": (_contradicted, 1),
}
# How honest work names people, and how often each way in twenty: by the unit's own tool, in a list of addresses, and
# in rows that have no identifier, where everybody counts again each time.
HONEST: Mapping[Way, int] = {_by_address: 15, _encoded: 4, _json: 1}
# What no meter sees: a name in a sentence, without an identifier, a list or a tool. It stands in the report.
UNSEEN: Way = _prose
