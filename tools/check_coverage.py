"""Holds a report of `coverage json` against the bound of each room; prints one line a room."""

import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePath

WHOLE = 100.0  # per cent, lines and branches
REST = 95.0
WHOLE_ROOMS = frozenset({"crypto", "ledger", "metering", "oversight", "policy"})


@dataclass
class Count:
    """Lines and branches of a room, and how many of them ran."""

    all: int = 0
    ran: int = 0

    @property
    def per_cent(self) -> float:
        """The share that ran; a room without code counts as whole."""
        return 100.0 * self.ran / self.all if self.all else WHOLE


def count_rooms(report: dict[str, dict[str, dict[str, dict[str, int]]]]) -> dict[str, Count]:
    """Sums of each room below `brightline`."""
    rooms: dict[str, Count] = defaultdict(Count)
    for name, file in report["files"].items():
        parts = PurePath(name).parts
        inside = parts[parts.index("brightline") + 1 :]
        summary = file["summary"]
        room = rooms[inside[0] if len(inside) > 1 else "brightline"]
        room.all += summary["num_statements"] + summary["num_branches"]
        room.ran += summary["covered_lines"] + summary["covered_branches"]
    return rooms


def judge(rooms: dict[str, Count]) -> list[str]:
    """The rooms under their bound; a room that must be whole and was not measured is one of them."""
    faults = [f"{room}: not measured" for room in sorted(WHOLE_ROOMS - set(rooms))]
    for room, count in sorted(rooms.items()):
        bound = WHOLE if room in WHOLE_ROOMS else REST
        print(f"{room:12} {count.per_cent:6.2f} % of {count.all:5} lines and branches (bound {bound:.0f} %)")
        if count.per_cent < bound:
            faults.append(f"{room}: {count.per_cent:.2f} % is under {bound:.0f} %")
    return faults


def main() -> int:
    """Reads the report named on the command line; says which rooms are under their bound, and their worst files."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    faults = judge(count_rooms(report))
    short = {fault.split(":")[0] for fault in faults}
    if faults:
        print("\n" + "\n".join(faults))
    for name, file in sorted(report["files"].items()):
        missing, branches = file["missing_lines"], file.get("missing_branches", [])
        if short.intersection(PurePath(name).parts) and (missing or branches):
            print(f"  {name}: lines {missing[:20]} branches {branches[:10]}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
