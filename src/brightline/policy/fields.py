"""Takes a strict JSON object apart, field by field, collecting every fault instead of stopping at the first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches

from brightline.policy.faults import Fault, fault
from brightline.policy.strict_json import Node

MAX_ITEMS = 1_000
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
# A name that clients ask for may be any published model name.
ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}")
# A party or vendor: words for people.
TITLE = re.compile(r"(?! )[ -~]{1,100}(?<! )")
# RFC 3339 in UTC, to the second: one way to write each moment.
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
# An organisation or unit, as keys name them. No slash: `organisation/unit` must read one way only.
UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:-]{0,63}")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
# A role, as keys name them (`identity`).
ROLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:/-]{0,63}")
# An effector, as releases are made out to it.
AUDIENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
TOOL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}")


def near(word: str, known: Iterable[str]) -> str:
    """`, near is …` when one of `known` looks like `word`, else nothing."""
    found = get_close_matches(word, list(known), 1)
    return f"; did you mean `{found[0]}`" if found else ""


@dataclass(slots=True)
class Fields:
    """The readers of one file; a bad value goes to `faults`, and an empty one is given in its place."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def bad(self, at: tuple[int, int], name: str, problem: str) -> None:
        """Note a bad field."""
        self.faults.append(fault("policy/bad-field", self.file, at, field=name, problem=problem))

    def members(
        self, node: Node, name: str, wanted: tuple[str, ...], *, optional: tuple[str, ...] = ()
    ) -> dict[str, Node]:
        """The members of the object `node`; all of `wanted` must stand there, and nothing else but `optional` may."""
        known = (*wanted, *optional)
        if not isinstance(node.value, dict):
            self.bad(node.at, name, "must be an object")
            return {}
        for extra in node.value.keys() - set(known):
            words = {"field": extra, "where": name, "near": near(extra, known)}
            self.faults.append(fault("policy/unknown-field", self.file, node.names[extra], **words))
        for missing in sorted(set(wanted) - node.value.keys()):
            self.bad(node.at, missing, f"is missing from {name}")
        return {item: value for item, value in node.value.items() if item in known}

    def text(self, node: Node | None, name: str, pattern: re.Pattern[str]) -> str:
        """The string `node`, of the form `pattern`; empty for a bad one, which becomes a fault."""
        if node is None:
            return ""
        if isinstance(node.value, str) and pattern.fullmatch(node.value):
            return node.value
        if isinstance(node.value, str) and not node.value.isascii():
            # Letters of other scripts that look like ours would let two names look like one.
            self.faults.append(fault("policy/not-ascii", self.file, node.at, field=name, form=pattern.pattern))
            return ""
        self.bad(node.at, name, f"must be a string of the form `{pattern.pattern}`")
        return ""

    def one_of(self, node: Node | None, name: str, known: tuple[str, ...]) -> str:
        """The string `node`, one of `known`; empty for another, which becomes a fault with the near miss named."""
        if node is None:
            return ""
        if isinstance(node.value, str) and node.value in known:
            return node.value
        self.bad(node.at, name, f"must be one of {', '.join(known)}{near(str(node.value), known)}")
        return ""

    def flag(self, node: Node | None, name: str) -> bool:
        """The truth value `node`; false for a bad one, which becomes a fault."""
        if node is None:
            return False
        if isinstance(node.value, bool):
            return node.value
        self.bad(node.at, name, "must be true or false")
        return False

    def moment(self, node: Node | None, name: str) -> int:
        """The moment `node` in UTC milliseconds since 1970; 0 for a bad one, which becomes a fault."""
        text = self.text(node, name, MOMENT)
        if not text or node is None:
            return 0
        try:
            return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()) * 1000
        except ValueError:
            self.bad(node.at, name, "must be a date and time that exists")
            return 0

    def number(self, node: Node | None, name: str, smallest: int, largest: int) -> int:
        """The integer `node` within bounds; `smallest` for a bad one, which becomes a fault."""
        if node is None:
            return smallest
        if type(node.value) is int and smallest <= node.value <= largest:
            return node.value
        self.bad(node.at, name, f"must be a whole number from {smallest} to {largest}")
        return smallest

    def items(self, node: Node | None, name: str) -> list[Node]:
        """The items of the list `node`; none for a bad one, which becomes a fault."""
        if node is None:
            return []
        if isinstance(node.value, list) and len(node.value) <= MAX_ITEMS:
            return node.value
        self.bad(node.at, name, f"must be a list of at most {MAX_ITEMS} items")
        return []

    def table(self, node: Node | None, name: str) -> dict[str, Node]:
        """The members of the object `node`, whatever their names; none for a bad one, which becomes a fault."""
        if node is None:
            return {}
        if isinstance(node.value, dict) and len(node.value) <= MAX_ITEMS:
            return node.value
        self.bad(node.at, name, f"must be an object of at most {MAX_ITEMS} members")
        return {}

    def unique(self, pairs: Iterable[tuple[str, Node]], name: str) -> None:
        """Note every name that stands twice."""
        seen: set[str] = set()
        for value, node in pairs:
            if value and value in seen:
                self.bad(node.at, name, f"`{value}` stands twice")
            seen.add(value)
