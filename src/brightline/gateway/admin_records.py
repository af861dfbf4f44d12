"""Turns an administrative act into an entry of the ledger: what was done, to which key or mission, and by whom.

The leaf everybody may see tells the kind and, for a key, whether its secret is weak; the rest is sealed like a use.
INVARIANT: neither a secret nor its hash is in any entry.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence

import orjson

from brightline.crypto.seal import WrappingKey, seal
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.credential import KeyRecord
from brightline.domain.leaf import Flag, Kind, Leaf, short_id
from brightline.domain.record import Entry, Group


class AdminRecorder:
    """Makes the entries of administrative acts under one agreement in one enclave."""

    def __init__(
        self,
        *,
        wrapping_key: WrappingKey,
        tag_keys: TagKeys,
        agreement: Callable[[], AgreementRef],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._wrapping_key = wrapping_key
        self._tag_keys = tag_keys
        self._agreement = agreement
        self._random = random

    def key(self, act: str, record: KeyRecord, *, by: str) -> Entry:
        """The entry of `act` (`add`, `import`, `revoke`) on a key."""
        who = record.principal
        content = {
            "act": act,
            "app": who.app,
            "default_mission": who.default_mission,
            "imported": record.imported,
            "key": who.key_id,
            "missions": sorted(who.missions),
            "organisation": who.organisation,
            "owner": who.owner,
            "principal": who.name,
            "roles": sorted(who.roles),
            "unit": who.unit,
            "weak": record.weak,
        }
        flags = Flag.WEAK_SECRET if record.weak else Flag(0)
        tags = {"mission": who.default_mission or "", "principal": who.name, "app": who.app}
        return self._entry(Kind.KEY, content, by=by, flags=flags, tags=tags)

    def mission(self, mission: str, *, by: str) -> Entry:
        """The entry that opens a mission."""
        tags = {"mission": mission, "principal": "", "app": ""}
        # Tags of this mission can be made under one key only: the entry that opens it commits to that key.
        key = hashlib.sha256(self._tag_keys.mission_key(mission)).hexdigest()
        content = {"act": "open", "mission": mission, "tag_key_sha256": key}
        return self._entry(Kind.MISSION, content, by=by, flags=Flag(0), tags=tags)

    def people(self, summary: Sequence[Mapping[str, object]], *, by: str) -> Entry:
        """The entry of what was taken from the directory of people: who may sign, and what no longer counts."""
        tags = {"mission": "", "principal": "", "app": ""}
        content = {"act": "import-people", "imported": list(summary)}
        return self._entry(Kind.KEY, content, by=by, flags=Flag(0), tags=tags)

    def opening(self, content: Mapping[str, object], by: str) -> Entry:
        """The entry that says that records were opened, which and by whom."""
        tags = {"mission": "", "principal": "", "app": ""}
        return self._entry(Kind.OPENING, content, by=by, flags=Flag(0), tags=tags)

    def _entry(
        self, kind: Kind, content: Mapping[str, object], *, by: str, flags: Flag, tags: Mapping[str, str]
    ) -> Entry:
        agreement = self._agreement()
        decision = {"agreement": agreement.id, "enclave": agreement.enclave, "version": agreement.version}
        groups = {
            Group.CONTENT: orjson.dumps(content),
            Group.WHO: orjson.dumps({"by": by}),
            Group.DECISION: orjson.dumps(decision),
        }
        sealed = seal(groups, wrapping_key=self._wrapping_key, random=self._random)
        nonce = self._random(16)
        leaf = Leaf(
            kind=kind,
            flags=int(flags),
            use_id=self._random(16),
            commitment=sealed.commitment,
            ciphertext_hash=sealed.ciphertext_hash,
            agreement_digest=agreement.digest,
            enclave_id=short_id(agreement.enclave),
            tag_nonce=nonce,
            tags=b"".join(self._tag_keys.tag(nonce, name, value) for name, value in tags.items()),
        )
        return Entry(leaf.encode(), sealed.blob)
