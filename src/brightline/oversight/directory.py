"""The operator's directory of people: its keys and what it allows, role assertions, and the list of what is revoked.

`directory.json` in the data directory says whose word counts and which ways of signing are allowed:

    {"format": "brightline/directory/1", "keys": [{"id", "algorithm", "public"}], "algorithms": [..], "assurances": [..],
     "rp_id": "", "origins": [..], "revocations_max_age_ms": 86400000}
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brightline.crypto.party_keys import PrivateKey, PublicKey
from brightline.domain.sign_off.assertion import RoleAssertion, SignedAssertion
from brightline.domain.sign_off.revocation import RevocationList, SignedRevocationList

FORMAT = "brightline/directory/1"
DIRECTORY_NAME = "directory.json"
ASSURANCES = ("webauthn-uv", "hardware", "file")
# What holds where nobody chose: keys in files are for machines and tests.
DEFAULT_ASSURANCES = ("webauthn-uv", "hardware")


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Whose word about people counts, and which ways of signing are allowed; `keys` are by id."""

    keys: Mapping[str, PublicKey]
    algorithms: frozenset[str]
    assurances: frozenset[str]
    rp_id: str
    origins: frozenset[str]
    revocations_max_age_ms: int

    @classmethod
    def parse(cls, data: bytes) -> "Directory":
        """The directory that `data` states; raises `SignOffError`."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """The file that `parse` reads."""
        raise NotImplementedError


def make_assertion(assertion: RoleAssertion, key: PrivateKey) -> SignedAssertion:
    """`assertion` as the directory signs it with `key`."""
    raise NotImplementedError


def make_revocations(revocations: RevocationList, key: PrivateKey) -> SignedRevocationList:
    """`revocations` as the directory signs it with `key`."""
    raise NotImplementedError


def check_assertion(signed: SignedAssertion, keys: Mapping[str, PublicKey]) -> RoleAssertion:
    """The assertion, if a key of `keys` (by id) signed it; raises `SignOffError`."""
    raise NotImplementedError


def check_revocations(signed: SignedRevocationList, keys: Mapping[str, PublicKey]) -> RevocationList:
    """The list, if a key of `keys` (by id) signed it; raises `SignOffError`."""
    raise NotImplementedError


def public_entries(keys: Iterable[PublicKey]) -> list[dict[str, str]]:
    """`keys` as files list them, by id."""
    return [key.entry() for key in sorted(keys, key=lambda key: key.id)]
