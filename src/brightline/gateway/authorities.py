"""The individual authorities that were registered, and which of them covers a use.

INVARIANT: an authority counts by the signatures that the agreement in force asks for, from the entry of the ledger that
registers it on, and never for what was before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from brightline.crypto.errors import CryptoError, SealError
from brightline.crypto.note import encode_base64
from brightline.crypto.party_keys import read_public
from brightline.crypto.seal import WrappingKey, unseal
from brightline.crypto.signatures import verify
from brightline.domain.authority import MAX_PERSONS, AuthorityKind, SignedAuthority
from brightline.domain.leaf import decode
from brightline.domain.metering import Measure, MeterRule, Per, Place, Tally
from brightline.domain.record import Group
from brightline.domain.sign_off.errors import SignOffError
from brightline.metering import MeteringError, MeterRecordError
from brightline.storage import MeterEntry

REGISTERED, REVOKED = "registered", "revoked"


@dataclass(frozen=True, slots=True)
class Cover:
    """A registered authority: whom it covers (keyed hashes), from `from_ms` until `until_ms`."""

    signed: SignedAuthority
    persons: frozenset[int]
    from_ms: int
    until_ms: int

    @property
    def id(self) -> str:
        """The authority's id."""
        return self.signed.authority.id

    @property
    def kind(self) -> str:
        """The authority's kind."""
        return self.signed.authority.kind


class Authorities:
    """What was registered and not revoked."""

    def __init__(self) -> None:
        self._known: dict[str, Cover] = {}
        self._ever: set[str] = set()
        self._kinds: Mapping[str, AuthorityKind] = {}
        self._standing: dict[str, Cover] = {}

    @property
    def all(self) -> Sequence[Cover]:
        """Every authority that was registered and not revoked, in the order of registration."""
        return tuple(self._known.values())

    def load(self, entries: Iterable[MeterEntry], sealing: WrappingKey) -> None:
        """Take what the ledger says from its beginning; raises `MeterRecordError`."""
        self._known, self._ever, self._standing = {}, set(), {}
        for entry in entries:
            try:
                said = orjson.loads(unseal(entry.blob or b"", sealing)[Group.METER])
                if REVOKED in said:
                    self.revoke(said[REVOKED])
                else:
                    signed = SignedAuthority.parse(said[REGISTERED].encode())
                    self.add(signed, decode(entry.leaf).time_ms)
            except (SealError, SignOffError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise MeterRecordError("metering/bad-record", index=entry.index) from error

    def add(self, signed: SignedAuthority, registered_ms: int) -> None:
        """It is registered in the ledger, at `registered_ms`."""
        authority = signed.authority
        persons = frozenset([int(person, 16) for person in authority.persons])
        cover = Cover(signed, persons, max(registered_ms, authority.not_before_ms), authority.expires_ms)
        self._known[authority.id] = cover
        self._ever.add(authority.id)
        self._stand(cover)

    def get(self, authority: str) -> Cover:
        """The authority of that id; raises `MeteringError` where there is none."""
        if authority not in self._known:
            raise MeteringError("metering/authority-unknown", authority=authority)
        return self._known[authority]

    def standing(self, cover: Cover) -> bool:
        """Whether the agreement in force lets it cover anybody."""
        return cover.id in self._standing

    def revoke(self, authority: str) -> None:
        """It covers nobody any more; raises `MeteringError` where there is none."""
        del self._known[self.get(authority).id]
        self._standing.pop(authority, None)

    def adopt(self, kinds: Sequence[AuthorityKind]) -> None:
        """Judge all by `kinds` from now on."""
        self._kinds = {kind.kind: kind for kind in kinds}
        self._standing = {}
        for cover in self._known.values():
            self._stand(cover)

    def _stand(self, cover: Cover) -> None:
        try:
            self._check(cover.signed)
        except MeteringError:
            return
        self._standing[cover.id] = cover

    def find(self, authority: str | None, place: Place, now_ms: int) -> Cover | None:
        """The authority of that id, where it covers uses at `place` now."""
        cover = None if authority is None else self._standing.get(authority)
        if cover is None or not cover.from_ms <= now_ms < cover.until_ms:
            return None
        said, values = cover.signed.authority, place.values
        there = (said.agreement, f"{said.organisation}/{said.unit}")
        return cover if there == (values[Per.AGREEMENT], values[Per.UNIT]) else None

    def check(self, signed: SignedAuthority, *, agreement: str, units: Iterable[tuple[str, str]], now_ms: int) -> None:
        """Refuse what cannot be registered now; raises `MeteringError` with the reason."""
        authority = signed.authority
        if authority.id in self._ever:
            raise MeteringError("metering/authority-known", authority=authority.id)
        if authority.agreement != agreement or (authority.organisation, authority.unit) not in set(units):
            raise MeteringError("metering/authority-elsewhere", authority=authority.id)
        if authority.expires_ms <= now_ms:
            raise MeteringError("metering/authority-over", authority=authority.id)
        self._check(signed)

    def _check(self, signed: SignedAuthority) -> None:
        authority = signed.authority
        kind = self._kinds.get(authority.kind)
        if kind is None:
            raise MeteringError("metering/authority-kind", kind=authority.kind)
        if len(authority.persons) > kind.most_persons:
            count = len(authority.persons)
            raise MeteringError("metering/authority-persons", persons=count, most=kind.most_persons, kind=kind.kind)
        if authority.expires_ms - authority.not_before_ms > kind.longest_seconds * 1000:
            raise MeteringError("metering/authority-long", seconds=kind.longest_seconds, kind=kind.kind)
        signers = {each.key for each in signed.signatures if _signs(kind, each.key, authority.tagged, each.signature)}
        if len(signers) != len(signed.signatures) or len(signers) < kind.k:
            raise MeteringError("metering/authority-unsigned", kind=kind.kind, k=kind.k)


def _signs(kind: AuthorityKind, key: str, data: bytes, signature: bytes) -> bool:
    """Whether it is the signature of a key that may sign this kind."""
    found = kind.keys.get(key)
    if found is None:
        return False
    algorithm, der = found
    try:
        verify(read_public(algorithm, encode_base64(der)), signature, data)
    except CryptoError:
        return False
    return True


def cover_id(kind: str) -> str:
    """The name of the meter of those whom authorities of `kind` cover: none that a policy can read."""
    return f"authority.{kind}"


def cover_rule(kind: AuthorityKind) -> MeterRule:
    """The meter of those whom authorities of `kind` cover."""
    return MeterRule(
        id=cover_id(kind.kind),
        measure=Measure.COVERED,
        per=frozenset({Per.AGREEMENT}),
        seconds=kind.seconds,
        parts=kind.parts,
        exact_to=kind.most_covered + MAX_PERSONS,
        kind=kind.kind,
    )


def covered_by(cover: Cover, tally: Tally) -> Tally:
    """`tally` without those whom `cover` covers, who are told apart."""
    covered = tally.data_subjects & cover.persons
    if not covered:
        return tally
    return replace(
        tally,
        data_subjects=tally.data_subjects - covered,
        covered=covered,
        covered_by=cover.id,
        covered_kind=cover.kind,
    )
