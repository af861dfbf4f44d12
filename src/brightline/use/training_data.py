"""Reads labelled texts: what a describer is trained and measured on.

Two forms of JSON lines are read. A labelled use:

    {"text", "source", "label": "restricted" | "benign" | null, "our_category", "lang", "train_ok", …}

and a pair of the contrast set, two texts of the same words of which one is for something that is attended to:

    {"leaf", "neighbour", "setting", "style", "writer", "restricted", "benign", "why"}
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import orjson

from brightline.domain.taxonomy import LEAVES
from brightline.use.errors import DescriberError
from brightline.use.training import Example

# Finer names that other people's data has, and the leaf each belongs to.
_LEAF_OF: Mapping[str, str] = MappingProxyType(
    {
        "surveillance.scoring": "surveillance.profiling",
        "surveillance.sensitive_profiling": "surveillance.profiling",
        "surveillance.workplace": "rights.automated_decision",
        "wmd.bio": "wmd.chem_bio",
        "wmd.chem": "wmd.chem_bio",
        "wmd.chembio": "wmd.chem_bio",
        "cyber.malware": "cyber.malware_disruption",
        "cyber.disruption": "cyber.malware_disruption",
        "influence.political": "influence.political_elections",
        "influence.elections": "influence.political_elections",
        "harm.hate": "harm.hate_harassment",
        "harm.harassment": "harm.hate_harassment",
        "harm.fraud": "harm.fraud_illegal",
        "harm.illegal_goods_services": "harm.fraud_illegal",
        "cyber.defensive_admin": "work.cyber_defence",
        "defence.personnel_admin": "work.military_planning",
        "defence.policy_doctrine": "work.military_planning",
        "benign.office": "work.office_software",
        "benign.software": "work.office_software",
        "benign.finance_business": "work.office_software",
        "benign.government_legal": "work.legal_policy",
        "benign.research_engineering": "work.research",
    }
)
_MOST_BYTES = 1 << 28
PAIR_WEIGHT = 16.0
"""What a text of a pair weighs: its words are those of the other side, so it teaches the use alone. Found by leaving
one writer out at a time: pairs told apart rose from 0.75 to 0.82, while XSTest went from 0.717 to 0.713."""


class LabelledText(NamedTuple):
    """One text: an example, whether it may be trained on, and its language."""

    example: Example
    train_ok: bool
    language: str


class Pair(NamedTuple):
    """One pair of the contrast set."""

    leaf: str
    neighbour: str
    writer: str
    restricted: str
    benign: str


def read_uses(path: Path) -> Iterator[LabelledText]:
    """The labelled texts of a file; those without a label are left out. Raises `DescriberError`."""
    for number, row in _rows(path):
        label = row.get("label")
        if label is None:
            continue
        if label not in ("restricted", "benign") or not isinstance(row.get("text"), str):
            raise _bad(path, number)
        category = str(row.get("our_category") or "")
        leaf = _LEAF_OF.get(category, category)
        example = Example(
            str(row["text"]), leaf if leaf in LEAVES else "", label == "restricted", str(row.get("source") or path.stem)
        )
        yield LabelledText(example, row.get("train_ok") is True, str(row.get("lang") or ""))


def read_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a file of the contrast set; raises `DescriberError`."""
    for number, row in _rows(path):
        try:
            pair = Pair(*[str(row[name]) for name in Pair._fields])
        except KeyError:
            raise _bad(path, number) from None
        if pair.leaf not in LEAVES:
            raise _bad(path, number)
        yield pair


def read_texts(path: Path) -> dict[str, Mapping[str, object]]:
    """The rows of a file by their `text`, in order; raises `DescriberError` for a row without one, or one again."""
    found: dict[str, Mapping[str, object]] = {}
    for number, row in _rows(path):
        text = row.get("text")
        if not isinstance(text, str) or not text.strip():
            raise _bad(path, number)
        if text in found:
            raise DescriberError("use/bad-examples", file=str(path), line=number, why="its text stands twice")
        found[text] = row
    return found


def examples_in(path: Path) -> tuple[list[Example], str]:
    """What a file gives to train on, in English, and its SHA-256 in hexadecimal; raises `DescriberError`."""
    data = _read(path)
    first = next(iter(_rows(path)), None)
    if first is not None and "neighbour" in first[1]:
        examples = [
            Example(text, pair.leaf if attended else "", attended, f"{pair.writer} (contrast)", PAIR_WEIGHT)
            for pair in read_pairs(path)
            for text, attended in ((pair.restricted, True), (pair.benign, False))
        ]
    else:
        examples = [each.example for each in read_uses(path) if each.train_ok and each.language in ("en", "")]
    return examples, hashlib.sha256(data).hexdigest()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise DescriberError("use/bad-examples", file=str(path), line=0, why="it cannot be read") from error
    if len(data) > _MOST_BYTES:
        raise DescriberError("use/bad-examples", file=str(path), line=0, why="it is too large")
    return data


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(_read(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise _bad(path, number) from None
        if not isinstance(row, dict):
            raise _bad(path, number)
        yield number, row


def _bad(path: Path, number: int) -> DescriberError:
    return DescriberError("use/bad-examples", file=str(path), line=number, why="it is no labelled text and no pair")
