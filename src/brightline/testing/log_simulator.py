"""A whole log in memory: entries that tell a possible story, their files, and a reader over files.

Written apart from the ledger's publisher, straight from the format's text, so that each can be held against the other.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from brightline.crypto.checkpoint import Checkpoint
from brightline.crypto.merkle import inclusion_path, leaf_hash, root_of
from brightline.crypto.note import NoteSigner
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.leaf import Kind, Leaf, Outcome, Verdict, short_id
from brightline.domain.tiles import CHECKPOINT_NAME, ENTRIES, WIDTH, Tile, encode_bundle
from brightline.ledger.verify import FileFaultError

_FIRST_TIME_MS = 1_790_000_000_000
_AGREEMENT = hashlib.sha256(b"a simulated agreement").digest()


def story(size: int) -> list[Leaf]:
    """`size` entries that can follow each other: a genesis, then intents with their outcomes; the last may be open."""
    leaves = [_leaf(0, Kind.GENESIS)]
    while len(leaves) < size:
        index = len(leaves)
        leaves.append(_leaf(index, Kind.INTENT, verdict=Verdict.PERMIT))
        leaves.append(_leaf(index, Kind.OUTCOME, outcome=Outcome.COMPLETE, reference=index))
    return leaves[:size]


def _leaf(use: int, kind: Kind, **fields: int) -> Leaf:
    digest = hashlib.sha256(b"use %d" % use).digest()
    return Leaf(
        kind=kind,
        time_ms=_FIRST_TIME_MS + use,
        use_id=digest[:16],
        commitment=digest,
        ciphertext_hash=hashlib.sha256(digest).digest(),
        agreement_digest=_AGREEMENT,
        enclave_id=short_id("simulated"),
        deployment_id=short_id("simulated-deployment"),
        tag_nonce=digest[16:],
        tags=digest + digest[:16],
        verdict=Verdict(fields.get("verdict", 0)),
        outcome=Outcome(fields.get("outcome", 0)),
        reference=fields.get("reference", 2**64 - 1),
    )


@dataclass(frozen=True, slots=True)
class SimulatedLog:
    """A log of `entries`, signed by a key that everybody knows."""

    entries: Sequence[bytes]
    origin: str = "example.org/simulated"
    seed: bytes = field(default=b"\x07" * 32, repr=False)

    @classmethod
    def of(cls, size: int) -> "SimulatedLog":
        """The log of a story of `size` entries."""
        return cls([leaf.encode() for leaf in story(size)])

    @property
    def signer(self) -> NoteSigner:
        """Who signs its checkpoints."""
        return NoteSigner(self.origin, self.seed)

    @property
    def vkey(self) -> str:
        """The key to verify it with."""
        return self.signer.vkey

    @property
    def root(self) -> bytes:
        """The root over all entries."""
        return root_of(leaf_hash(entry) for entry in self.entries)

    def checkpoint(self) -> bytes:
        """Its signed head."""
        return self.signer.sign(Checkpoint(self.origin, len(self.entries), self.root).text())

    def files(self) -> dict[str, bytes]:
        """Every file of its directory, by name."""
        files = {CHECKPOINT_NAME: self.checkpoint()}
        for at in range(0, len(self.entries), WIDTH):
            bundle = self.entries[at : at + WIDTH]
            files[Tile(ENTRIES, at // WIDTH, len(bundle)).name] = encode_bundle(bundle)
        level, hashes = 0, [leaf_hash(entry) for entry in self.entries]
        while hashes:
            tiles = [hashes[at : at + WIDTH] for at in range(0, len(hashes), WIDTH)]
            for index, tile in enumerate(tiles):
                files[Tile(level, index, len(tile)).name] = b"".join(tile)
            level, hashes = level + 1, [root_of(tile) for tile in tiles if len(tile) == WIDTH]
        return files

    def write(self, directory: Path) -> None:
        """Write its files below `directory`."""
        for name, data in self.files().items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def proof(self, index: int) -> bytes:
        """The tlog-proof of one entry."""
        hashes = [leaf_hash(entry) for entry in self.entries]

        def read_node(level: int, at: int) -> bytes:
            return root_of(hashes[at << level : (at + 1) << level])

        return TlogProof(index, inclusion_path(index, len(hashes), read_node), self.checkpoint()).encode()


@dataclass(frozen=True, slots=True)
class MemoryReader:
    """A log's files by name, as `ledger.verify` reads them."""

    files: Mapping[str, bytes]

    def names(self) -> Iterator[str]:
        """Every file's name."""
        return iter(self.files)

    def read(self, name: str, limit: int) -> bytes:
        """The file's bytes, at most `limit` + 1 of them; raises `FileFaultError` when there is none."""
        if name not in self.files:
            raise FileFaultError(name, "no such file or directory")
        return self.files[name][: limit + 1]
