"""Who calls: API keys, the principals they stand for, and the missions those may name.

A key is 256 random bits, kept as a keyed hash only; a verified key is remembered until any key changes. What a caller
states about its mission counts only where its key allows it. Whoever shows no valid key is told nothing but that.

Face: `Door.authenticate`, `Keyring` (`authenticate`, `draft`, `draft_import`, `keep`, `revoke`, `find`, `records`,
`missions`), `choose_mission`, `NewKey`, `UnauthenticatedLimiter`.
INVARIANT: a revoked key fails on the next request.
INVARIANT: no secret leaves this room but once, from `Keyring.draft` to the person who asked for the key.
"""

from brightline.identity.credential import Headers
from brightline.identity.door import Door
from brightline.identity.errors import CredentialError, IdentityError, KeyRefusedError, MissionError
from brightline.identity.key import NewKey, Secret
from brightline.identity.limiter import FailureLimit, UnauthenticatedLimiter
from brightline.identity.mission import choose_mission
from brightline.identity.ports import KeyStore
from brightline.identity.service import Drafted, Keyring, Verified

__all__ = [
    "CredentialError",
    "Door",
    "Drafted",
    "FailureLimit",
    "Headers",
    "IdentityError",
    "KeyRefusedError",
    "KeyStore",
    "Keyring",
    "MissionError",
    "NewKey",
    "Secret",
    "UnauthenticatedLimiter",
    "Verified",
    "choose_mission",
]
