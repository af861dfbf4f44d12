"""What a text may be for: the thirty leaves of two levels that a describer scores.

The number of a leaf is its place, counted from one: the ledger's leaves carry it, under the digest of this list. A leaf
describes; whether what it describes may be done, an agreement says.
"""

import hashlib

ATTENDED = (
    "surveillance.person",
    "surveillance.bulk",
    "surveillance.biometric",
    "surveillance.profiling",
    "force.target_engagement",
    "force.targeting_support",
    "force.weapon_conventional",
    "force.critical_system_control",
    "wmd.chem_bio",
    "wmd.nuclear_rad",
    "cyber.intrusion",
    "cyber.malware_disruption",
    "cyber.social_engineering",
    "influence.political_elections",
    "influence.deception",
    "rights.automated_decision",
    "rights.discrimination",
    "harm.hate_harassment",
    "harm.violence_extremism",
    "harm.sexual_child",
    "harm.self_harm",
    "harm.fraud_illegal",
    "guard_evasion.jailbreak",
    "guard_evasion.injection",
)
"""The leaves that agreements, laws and published wordings speak of."""
ORDINARY = (
    "work.office_software",
    "work.legal_policy",
    "work.research",
    "work.intel_analysis",
    "work.military_planning",
    "work.cyber_defence",
)
"""Ordinary work: known classes of their own, so that what is known to be ordinary differs from what is not known."""
LEAVES = ATTENDED + ORDINARY
UNKNOWN_LABEL = 0xFFFF
"""The label of a text that cannot be read."""
DICTIONARY = hashlib.sha256(("brightline/labels/2\n" + "\n".join(LEAVES) + "\n").encode()).digest()[:8]
"""What names this list in a leaf of the ledger: the first eight bytes of its SHA-256."""


def label_of(leaf: str) -> int:
    """The number of `leaf`; nought for none."""
    return LEAVES.index(leaf) + 1 if leaf else 0


def leaf_of(label: int) -> str:
    """The leaf of a number; empty where it names none."""
    return LEAVES[label - 1] if 0 < label <= len(LEAVES) else ""
