"""The export of recorded uses: their facts without contents, so that a new version can be tried on them.

INVARIANT: that records were opened is an entry of the ledger, durable before a line of the export is written; it says
who opened how many of them, from when to when, and the digest of what was written.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from brightline.crypto.seal import WrappingKey, unseal
from brightline.domain.leaf import Kind, Leaf, Verdict, decode
from brightline.domain.record import Appended, Entry, Group
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import command_of, user_name, who_of
from brightline.gateway.errors import AdminError
from brightline.policy.facts_record import recorded_json

# A line is about a kilobyte: what one export may hold in memory.
MOST_USES = 200_000
_AT_ONCE = 1_024
_EFFECTS = {Verdict.PERMIT: "permit", Verdict.FORBID: "forbid", Verdict.HOLD: "hold"}
_GROUPS = {Group.WHO: "who", Group.MISSION: "mission", Group.DECISION: "decision", Group.MODEL: "model"}

Opening = Callable[[Mapping[str, object], str], Entry]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of `uses.export`: a new file, and times in UTC milliseconds, the last not included."""

    path: str
    from_ms: int
    until_ms: int


class Records(Protocol):
    """The entries of the ledger and their sealed records."""

    @property
    def size(self) -> int:
        """How many entries are durable."""
        ...

    def leaves(self, start: int, end: int) -> list[bytes]:
        """The encoded leaves of entries `start` to `end`, without the last."""
        ...

    def blob(self, index: int) -> bytes | None:
        """The sealed record of an entry, if it has one."""
        ...

    async def append(self, entry: Entry) -> Appended:
        """Make an entry durable."""
        ...


class AdminUses:
    """The command; `commands` gives it by name for the admin socket."""

    def __init__(
        self,
        *,
        records: Records,
        wrapping_key: WrappingKey,
        opening: Opening,
        name_of: Callable[[int], str] = user_name,
    ) -> None:
        self._records = records
        self._wrapping_key = wrapping_key
        self._opening = opening
        self._name_of = name_of

    @property
    def commands(self) -> Mapping[str, Command]:
        """The command by its name."""
        return {"uses.export": command_of(Span, self.export)}

    async def export(self, asked: Span, by: Caller) -> Result:
        """Write the recorded uses of a span of time to a new file, one a line; without contents and names of people."""
        target = Path(asked.path)
        if not target.is_absolute() or target.exists():
            raise AdminError("gateway/admin-bad-request")
        lines = await asyncio.to_thread(lambda: list(self._lines(asked)))
        content = "".join(lines).encode()
        said = {
            "act": "export-uses",
            "from_ms": asked.from_ms,
            "until_ms": asked.until_ms,
            "uses": len(lines),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        appended = await self._records.append(self._opening(said, who_of(by, self._name_of)))
        await asyncio.to_thread(_write, target, content)
        return {**said, "path": str(target), "entry": appended.index, "leaf_hash": appended.leaf_hash.hex()}

    def _lines(self, asked: Span) -> Iterator[str]:
        found = 0
        for index, leaf in self._between(asked):
            blob = self._records.blob(index)
            if blob is None:
                continue
            groups = {
                _GROUPS[group]: json.loads(data)
                for group, data in unseal(blob, self._wrapping_key).items()
                if group in _GROUPS
            }
            line = recorded_json(entry=index, time_ms=leaf.time_ms, effect=_EFFECTS[leaf.verdict], groups=groups)
            if line is None:
                continue
            found += 1
            if found > MOST_USES:
                raise AdminError("gateway/too-many-records", most=MOST_USES)
            yield json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"

    def _between(self, asked: Span) -> Iterator[tuple[int, Leaf]]:
        """The entries of decided uses in the span; leaf times never fall, so the search ends at the first beyond."""
        for start in range(0, self._records.size, _AT_ONCE):
            for offset, encoded in enumerate(self._records.leaves(start, start + _AT_ONCE)):
                leaf = decode(encoded)
                if leaf.time_ms >= asked.until_ms:
                    return
                decided = leaf.kind in (Kind.INTENT, Kind.REFUSAL) and leaf.verdict in _EFFECTS
                if decided and leaf.time_ms >= asked.from_ms:
                    yield start + offset, leaf


def _write(target: Path, content: bytes) -> None:
    """Write a file that only its owner can read; the directory is the caller's."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise AdminError(
            "gateway/cannot-write", path=str(target), why=(error.strerror or "an error").lower()
        ) from error
