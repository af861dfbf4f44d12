"""Reads single fields of an encoded leaf (`domain.leaf`), so that the sequencer need not decode each whole."""

from brightline.domain.leaf import TIME_OFFSET

# How many entries recovery may have to read again; a mark costs one small row.
MARK_EVERY = 4096
# The lowest bits of the flags stand in their last byte.
FLAGS_END = 5
KIND, TIME, USE, REFERENCE, CIPHERTEXT, AGREEMENT, ENCLAVE = 1, TIME_OFFSET, 14, 30, 70, 102, 134
VERDICT, OUTCOME = 152, 153


def kind_of(leaf: bytes) -> int:
    """The leaf's kind."""
    return leaf[KIND]


def time_of(leaf: bytes) -> int:
    """The leaf's time, UTC milliseconds."""
    return int.from_bytes(leaf[TIME:USE], "big")


def use_of(leaf: bytes) -> bytes:
    """What an outcome must share with its intent: use id and agreement digest, 48 bytes."""
    return leaf[USE:REFERENCE] + leaf[AGREEMENT:ENCLAVE]


def reference_of(leaf: bytes) -> int:
    """The index that the leaf refers to."""
    return int.from_bytes(leaf[REFERENCE : REFERENCE + 8], "big")


def agreement_of(leaf: bytes) -> bytes:
    """The digest of the agreement that the leaf names."""
    return leaf[AGREEMENT:ENCLAVE]


def enclave_of(leaf: bytes) -> bytes:
    """The id of the enclave that the leaf names."""
    return leaf[ENCLAVE : ENCLAVE + 8]
