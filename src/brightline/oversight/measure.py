"""Measures how people decide: what they catch, how long they look, what they open, how much they have to do.

INVARIANT: pure; everything comes from votes that people signed and from decoys that were opened after the vote.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """One vote of one person on one hold, as his signed statement has it.

    `hold` is the hold's id in hex; `decision` is `allow`, `deny`, `break-glass` or `revoke`; `decoy` tells that the
    hold was a decoy, which is known only after it was opened. `dwell_ms` is what the approver's own page says, so it is
    a hint and no proof. `evidence_listed` and `evidence_opened` count pieces of evidence. `opened_ms` is when the hold
    was placed.
    """

    hold: str
    person: str
    role: str
    risk: str
    decision: str
    decoy: bool
    dwell_ms: int
    evidence_listed: int
    evidence_opened: int
    opened_ms: int
    signed_at_ms: int
