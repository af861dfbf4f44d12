"""Who signed an agreement, and whether that is enough: acceptance of versions, and statements that one still stands.

An agreement takes effect only with signatures by every party, as the version before names them. A version is read,
judged and handed on; this room keeps nothing: what was accepted last comes in as an argument.

INVARIANT: one party's signatures never count for another, however many keys it has.
INVARIANT: versions follow one another without a gap, each naming the digest of the one before.
INVARIANT: nothing here solves or trusts a solver: what a proof must show is asked of a callable that comes in.
"""

from brightline.policy.signing.acceptance import Accepted, Tightening, accept, check_follows, check_lifetime
from brightline.policy.signing.certified import check_certified
from brightline.policy.signing.changes import changes_between
from brightline.policy.signing.counting import Signer
from brightline.policy.signing.current import Statement, add_to_current, check_current, make_current
from brightline.policy.signing.history import Kept, check_history
from brightline.policy.signing.making import enrol, party_of, sign
from brightline.policy.signing.signed import SignedDraft, check_covers, read_signed, signed_of
from brightline.policy.signing.trust import GenesisTrust, InForce, TrustedParty, read_trust, trust_in, trust_text

__all__ = [
    "Accepted",
    "GenesisTrust",
    "InForce",
    "Kept",
    "SignedDraft",
    "Signer",
    "Statement",
    "Tightening",
    "TrustedParty",
    "accept",
    "add_to_current",
    "changes_between",
    "check_certified",
    "check_covers",
    "check_current",
    "check_follows",
    "check_history",
    "check_lifetime",
    "enrol",
    "make_current",
    "party_of",
    "read_signed",
    "read_trust",
    "sign",
    "signed_of",
    "trust_in",
    "trust_text",
]
