"""What an administrator may command about individual authorities: write one down, register, list and revoke it.

Nothing is believed because an administrator brought it: an authority counts by the signatures that the agreement asks
for.
INVARIANT: what is registered or revoked is an entry of the ledger, durable before it has any effect.
"""

import asyncio
import hashlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec
import orjson

from brightline.crypto.seal import seal
from brightline.domain.authority import Authority, SignedAuthority
from brightline.domain.leaf import Kind, Leaf, short_id
from brightline.domain.record import Entry, Group
from brightline.gateway.admin import Caller, Command, Result
from brightline.gateway.admin_journeys import Nothing, command_of, user_name, who_of
from brightline.gateway.admin_ports import AdminLedger
from brightline.gateway.authorities import REGISTERED, REVOKED, Cover
from brightline.gateway.counting import Counting, Opened
from brightline.gateway.errors import AdminError
from brightline.gateway.meter_record import MOST_LABEL
from brightline.metering import MeteringError, data_subject_hash
from brightline.policy import AgreementPort
from brightline.use import normal


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person: the kind of an identifier, and its value."""

    kind: str
    value: str


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of `authority.draft`; times are UTC milliseconds."""

    id: str
    kind: str
    issuer: str
    organisation: str
    unit: str
    not_before_ms: int
    expires_ms: int
    persons: list[Named]

    def __repr__(self) -> str:
        return f"Wanted({self.id}, {len(self.persons)} persons)"


class SignedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `authority.register`: the signed authority's bytes in base64."""

    signed: str


class AuthorityId(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of `authority.revoke`."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the commands stand on; `random(n)` gives n random bytes."""

    counting: Counting
    ledger: AdminLedger
    agreement: Callable[[], AgreementPort]
    now_ms: Callable[[], int]
    random: Callable[[int], bytes]
    name_of: Callable[[int], str] = field(default=user_name)


class AdminAuthorities:
    """The commands; `commands` gives them by name for the admin socket."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._changing = asyncio.Lock()

    @property
    def commands(self) -> Mapping[str, Command]:
        """Every command by its name."""
        return {
            "authority.draft": command_of(Wanted, self.draft),
            "authority.register": command_of(SignedFile, self.register),
            "authority.list": command_of(Nothing, self.list),
            "authority.revoke": command_of(AuthorityId, self.revoke),
        }

    async def draft(self, asked: Wanted, by: Caller) -> Result:
        """The authority that its issuer is to sign: persons as keyed hashes, which only this operator can make."""
        opened, agreement = self._opened(), self._means.agreement()
        identifiers = {normal(each.kind, each.value) for each in asked.persons}
        hashes = {data_subject_hash(opened.keys.people, *each) for each in identifiers}
        drafted = Authority(
            id=asked.id,
            kind=asked.kind,
            issuer=asked.issuer,
            agreement=agreement.ref.id,
            organisation=asked.organisation,
            unit=asked.unit,
            not_before_ms=asked.not_before_ms,
            expires_ms=asked.expires_ms,
            persons=tuple([f"{each:016x}" for each in sorted(hashes)]),
        )
        checked = Authority.parse(drafted.canonical)
        return {"authority": checked.canonical.decode(), "persons": len(checked.persons)}

    async def register(self, asked: SignedFile, by: Caller) -> Result:
        """Take a signed authority: it covers its persons from the entry on that says so."""
        signed = SignedAuthority.parse(_decoded(asked.signed))
        means = self._means
        async with self._changing:
            opened, agreement = self._opened(), means.agreement()
            means.counting.authorities.check(
                signed, agreement=agreement.ref.id, units=agreement.units, now_ms=means.now_ms()
            )
            said = {REGISTERED: signed.canonical.decode(), "by": who_of(by, means.name_of)}
            count = len(signed.authority.persons)
            entry = self._entry(opened, said, signed.authority.id, count)
            placed = (await means.ledger.append_all([entry]))[-1]
            means.counting.authorities.add(signed, placed.time_ms)
        return {"id": signed.authority.id, "persons": count, "entry": placed.index}

    async def list(self, asked: Nothing, by: Caller) -> Result:
        """Every authority that was registered and not revoked."""
        self._opened()
        authorities, now_ms = self._means.counting.authorities, self._means.now_ms()
        return {"authorities": [_row(cover, authorities.standing(cover), now_ms) for cover in authorities.all]}

    async def revoke(self, asked: AuthorityId, by: Caller) -> Result:
        """Let an authority cover nobody from now on."""
        means = self._means
        async with self._changing:
            opened = self._opened()
            means.counting.authorities.get(asked.id)
            said = {REVOKED: asked.id, "by": who_of(by, means.name_of)}
            placed = (await means.ledger.append_all([self._entry(opened, said, asked.id, 0)]))[-1]
            means.counting.authorities.revoke(asked.id)
        return {"id": asked.id, "entry": placed.index}

    def _opened(self) -> Opened:
        means = self._means
        opened = means.counting.opened(means.agreement())
        if opened is None:
            raise MeteringError("metering/no-meters")
        return opened

    def _entry(self, opened: Opened, said: Mapping[str, object], authority: str, persons: int) -> Entry:
        """The entry that says it; its label is how many persons are covered."""
        record = {Group.METER: orjson.dumps(said, option=orjson.OPT_SORT_KEYS)}
        sealed = seal(record, wrapping_key=opened.keys.sealing, random=self._means.random)
        ref = self._means.agreement().ref
        leaf = Leaf(
            kind=Kind.AUTHORITY,
            use_id=hashlib.sha256(authority.encode()).digest()[:16],
            commitment=sealed.commitment,
            ciphertext_hash=sealed.ciphertext_hash,
            agreement_digest=ref.digest,
            enclave_id=short_id(ref.enclave),
            label=min(persons, MOST_LABEL),
        )
        return Entry(leaf.encode(), sealed.blob)


def _row(cover: Cover, stands: bool, now_ms: int) -> Mapping[str, object]:
    said = cover.signed.authority
    state = "expired" if now_ms >= cover.until_ms else "not yet" if now_ms < cover.from_ms else "covers"
    return {
        "id": said.id,
        "kind": said.kind,
        "issuer": said.issuer,
        "organisation": said.organisation,
        "unit": said.unit,
        "persons": len(said.persons),
        "from_ms": cover.from_ms,
        "until_ms": cover.until_ms,
        "state": state if stands else "not of this agreement",
    }


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise AdminError("gateway/admin-bad-request") from error
