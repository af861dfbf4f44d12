"""The sealed record of a meter entry: what one use added, and where, in keyed hashes.

It is a disclosure group of its own under a key of its own, so it outlives the contents: whoever has that key counts
again, and learns no name. Canonical JSON; hashes in hexadecimal, in order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from brightline.crypto.errors import SealError
from brightline.crypto.seal import WrappingKey, seal, unseal
from brightline.domain.leaf import NO_REFERENCE, Kind, Leaf
from brightline.domain.metering import Per, Tally
from brightline.domain.record import Entry, Group
from brightline.metering import MeterRecordError

FORMAT = 1
MOST_LABEL = 2**16 - 1
_FIELDS = frozenset(
    {"format", "place", "data_subjects", "mentions", "settled", "unreadable", "effects", "tokens", "money"}
    | {"corrects_ms", "covered", "covered_by", "covered_kind"}
)


@dataclass(frozen=True, slots=True)
class MeterRecord:
    """What one entry says: keyed hashes of where the use stands (16 bytes each), and what it adds."""

    place: Mapping[Per, bytes]
    tally: Tally


def meter_entry(
    record: MeterRecord,
    leaf: Leaf,
    *,
    sealing: WrappingKey,
    random: Callable[[int], bytes],
    reference: int = NO_REFERENCE,
) -> Entry:
    """The entry of `record`; `leaf` has the use, the agreement and the enclave.

    What an authority covers makes it an authority's entry, whose label is how many people that are.
    """
    covered = len(record.tally.covered)
    sealed = seal({Group.METER: encode_record(record)}, wrapping_key=sealing, random=random)
    whole = Leaf(
        kind=Kind.AUTHORITY if covered else Kind.METER,
        label=min(covered, MOST_LABEL),
        use_id=leaf.use_id,
        reference=reference,
        commitment=sealed.commitment,
        ciphertext_hash=sealed.ciphertext_hash,
        agreement_digest=leaf.agreement_digest,
        enclave_id=leaf.enclave_id,
    )
    return Entry(whole.encode(), sealed.blob)


def encode_record(record: MeterRecord) -> bytes:
    """The bytes that are sealed."""
    tally = record.tally
    return orjson.dumps(
        {
            "format": FORMAT,
            "place": {per.value: digest.hex() for per, digest in record.place.items()},
            "data_subjects": [_hex(each) for each in sorted(tally.data_subjects)],
            "mentions": _numbered(tally.mentions),
            "settled": _numbered(tally.settled),
            "unreadable": _numbered(tally.unreadable),
            "effects": dict(tally.effects),
            "tokens": tally.tokens,
            "money": tally.money,
            "corrects_ms": tally.corrects_ms,
            "covered": [_hex(each) for each in sorted(tally.covered)],
            "covered_by": tally.covered_by,
            "covered_kind": tally.covered_kind,
        },
        option=orjson.OPT_SORT_KEYS,
    )


def open_record(blob: bytes | None, sealing: WrappingKey) -> MeterRecord:
    """The record of a meter entry; raises `MeterRecordError` where it is missing or cannot be read."""
    if blob is None:
        raise MeterRecordError("metering/no-record", index=0)
    try:
        return _read(orjson.loads(unseal(blob, sealing)[Group.METER]))
    except (SealError, KeyError, TypeError, ValueError) as error:
        raise MeterRecordError("metering/bad-record", index=0) from error


def _read(said: Mapping[str, object]) -> MeterRecord:
    if said.keys() != _FIELDS or said["format"] != FORMAT:
        raise ValueError("another format")
    place, effects = said["place"], said["effects"]
    if not (isinstance(place, dict) and isinstance(effects, dict)):
        raise TypeError("another type")
    tally = Tally(
        data_subjects=_people(said["data_subjects"]),
        mentions=_counts(said["mentions"]),
        settled=_counts(said["settled"]),
        unreadable=_counts(said["unreadable"]),
        effects={str(effect): _whole(count) for effect, count in effects.items()},
        tokens=_whole(said["tokens"]),
        money=_whole(said["money"]),
        corrects_ms=_whole(said["corrects_ms"]),
        covered=_people(said["covered"]),
        covered_by=str(said["covered_by"]),
        covered_kind=str(said["covered_kind"]),
    )
    return MeterRecord({Per(name): bytes.fromhex(digest) for name, digest in place.items()}, tally)


def _people(value: object) -> frozenset[int]:
    if not isinstance(value, list):
        raise TypeError("another type")
    return frozenset([int(each, 16) for each in value])


def _counts(value: object) -> Mapping[int, int]:
    if not isinstance(value, dict):
        raise TypeError("another type")
    return {int(each, 16): _whole(count) for each, count in value.items()}


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError("no whole number")
    return value


def _numbered(counts: Mapping[int, int]) -> dict[str, int]:
    return {_hex(each): count for each, count in counts.items()}


def _hex(number: int) -> str:
    return f"{number:016x}"
