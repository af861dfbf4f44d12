"""Reads what a pack says of itself, in its `pack.json`, and finds the pack's files.

INVARIANT: a pack is data of this release and not of a user, so an ill-formed one is a defect and raises as it comes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Kind = Literal["law", "vendor", "bill"]
TargetLayer = Literal["law", "vendor"]

PACK_FILE = "pack.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Source:
    """A text that a pack rests on, and how it could be read: `in full`, `in part`, `as quoted` or `in summary`."""

    title: str
    publisher: str
    date: str
    read: str
    address: str


@dataclass(frozen=True, slots=True)
class NotEncoded:
    """What a source demands and a pack does not say, with the reason."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class PackInfo:
    """A pack as it describes itself; `layers` are those that its rules may be copied to, its own first."""

    name: str
    title: str
    kind: Kind
    date: str
    summary: str
    disclaimer: str
    layers: tuple[TargetLayer, ...]
    sources: tuple[Source, ...]
    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    readings: tuple[str, ...]
    not_encoded: tuple[NotEncoded, ...]


def read_packs(directory: Path) -> tuple[PackInfo, ...]:
    """Every pack in `directory`, by name."""
    return tuple(_read(path.parent) for path in sorted(directory.glob(f"*/{PACK_FILE}")))


def read_files(directory: Path) -> Mapping[str, bytes]:
    """The policies of the pack in `directory`: `rules/…` and `redlines/…` with their bytes."""
    found = [path for folder in ("redlines", "rules") for path in sorted((directory / folder).glob("*.cedar"))]
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in found}


def _read(directory: Path) -> PackInfo:
    written = json.loads((directory / PACK_FILE).read_text(encoding="utf-8"))
    if written["format"] != FORMAT or written["id"] != directory.name:
        raise ValueError(f"pack {directory.name}: not of format {FORMAT}, or not of this name")
    return PackInfo(
        name=directory.name,
        title=written["title"],
        kind=cast("Kind", written["kind"]),
        date=written["date"],
        summary=written["summary"],
        disclaimer=written["disclaimer"],
        layers=tuple(written["layers"]),
        sources=tuple(Source(**source) for source in written["sources"]),
        facts=_words(written["facts"]),
        parameters=_words(written["parameters"]),
        readings=_words(written["readings"]),
        not_encoded=tuple(NotEncoded(**item) for item in written["not_encoded"]),
    )


def _words(lines: list[str]) -> tuple[str, ...]:
    return tuple(lines)
