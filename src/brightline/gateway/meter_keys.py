"""The keys of meters: one that names windows and seals entries, and one that hides people, which may be changed.

A data directory gets them with its first agreement that has meters, and not once its ledger has a meter entry.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from brightline.crypto.keyfiles import create_key, load_key, replace_key
from brightline.crypto.seal import WrappingKey
from brightline.crypto.tags import derive_tag_key

METER_KEY, PERSON_KEY = "meter.key", "person.key"
KEY_FILES = (METER_KEY, PERSON_KEY)
_KIND = "meter"


@dataclass(frozen=True, slots=True)
class MeterKeys:
    """`place` (32 bytes) hides what windows are kept for, `people` (32 bytes) hides people; `sealing` seals entries."""

    place: bytes = field(repr=False)
    people: bytes = field(repr=False)
    sealing: WrappingKey


def load_meter_keys(place: Path, *, create: bool, random: Callable[[int], bytes] = os.urandom) -> MeterKeys:
    """The keys that lie in `place`, made where they are missing and `create` is true; raises `KeyFileError`."""
    for name in KEY_FILES:
        if create and not (place / name).exists():
            create_key(place / name, random)
    master, people = load_key(place / METER_KEY), load_key(place / PERSON_KEY)
    sealing = WrappingKey(derive_tag_key(master, _KIND, "seal"))
    return MeterKeys(derive_tag_key(master, _KIND, "place"), people, sealing)


def change_person_key(place: Path) -> None:
    """Hide people under a new key from now on, durably; raises `KeyFileError`.

    INVARIANT: only this one of the keys changes. Windows are named by the other, so what the old key hid stays in them
    and counts until it slides out: whoever comes again counts twice, and nobody is forgotten.
    """
    replace_key(place / PERSON_KEY)
