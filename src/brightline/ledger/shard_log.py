"""One shard as the sequencer writes it: its tree, its open intents, its last time and its signer.

Only the sequencer's thread uses it. After any fault the object is dropped and loaded afresh from the store.
INVARIANT: opening it takes bounded work, however long the log is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from brightline.crypto.checkpoint import Checkpoint
from brightline.crypto.merkle import leaf_hash
from brightline.crypto.note import NoteSigner
from brightline.domain.leaf import Kind
from brightline.domain.tiles import HEIGHT, WIDTH
from brightline.ledger import layout
from brightline.ledger.errors import LogFaultError
from brightline.ledger.tree import TileTree, TreeView
from brightline.storage import EntryStore, Shard, SignedRow, Store

_MARKED = 8 + 16 + 32


@dataclass(frozen=True, slots=True)
class Signed:
    """The last checkpoint signed: its note, and the tree it states."""

    note: bytes = field(repr=False)
    view: TreeView = field(repr=False)


class OpenIntent(NamedTuple):
    """What an outcome must match, use id and agreement digest (48 bytes), and the caller's claim, if any."""

    use: bytes
    claim: bytes | None = None


class ShardLog:
    """One shard, open for writing."""

    def __init__(self, store: Store, shard: Shard, signer: NoteSigner) -> None:
        """An empty log; `load` fills it from the store."""
        self.shard = shard
        self.signer = signer
        self.entries: EntryStore = store.entries(shard)
        self.claims = store.claims(shard)
        self.settings = store.settings(shard.scope)
        self.agreement_name = f"agreement-in-force/{shard.number}"
        self._database = store.database
        self.tree = TileTree(0, (), self.entries.tile)
        self.durable: TreeView = self.tree.view()
        self.signed: Signed | None = None
        self.open_intents: dict[int, OpenIntent] = {}
        self.last_ms = 0
        self.agreement = b""
        self.enclave = b""
        self.marked = 0

    @property
    def size(self) -> int:
        """How many entries are durable."""
        return self.durable.size

    def load(self) -> None:
        """Read everything from the store; bounded work however long the log is.

        Raises `LogFaultError` when the rows contradict each other, `StoreFaultError` when they cannot be read.
        """
        size = self.entries.size()
        self.tree = TileTree(size, self._read_partials(size), self.entries.tile)
        self.durable = self.tree.view()
        if size:
            first, last = self.entries.leaves(0, 1)[0], self.entries.leaves(size - 1, size)[0]
            self.last_ms = layout.time_of(last)
            self.enclave = layout.enclave_of(first)
            self.agreement = self.settings.get(self.agreement_name) or b""
        self._load_open(size)
        row = self.entries.last_checkpoint()
        if row is not None:
            self._check_row(row)

    def _read_partials(self, size: int) -> Sequence[bytes]:
        start = size - size % WIDTH
        leaves = self.entries.leaves(start, size)
        partials = [b"".join(map(leaf_hash, leaves))]
        counts, level = [(len(leaves), size % WIDTH)], 0
        while items := size >> (HEIGHT * (level + 1)):
            roots = self.entries.tile_roots(level, items - items % WIDTH, items)
            counts.append((len(roots), items % WIDTH))
            partials.append(b"".join(roots))
            level += 1
        if any(found != wanted for found, wanted in counts):
            raise LogFaultError("ledger/no-node", level=0, index=size)
        return partials

    def _load_open(self, size: int) -> None:
        mark = self.entries.mark()
        self.marked = mark.size
        packed = mark.intents
        for at in range(0, len(packed), _MARKED):
            index = int.from_bytes(packed[at : at + 8], "big")
            self.open_intents[index] = OpenIntent(packed[at + 8 : at + _MARKED])
        for start in range(mark.size, size, layout.MARK_EVERY):
            for index, leaf in enumerate(self.entries.leaves(start, min(start + layout.MARK_EVERY, size)), start):
                if layout.kind_of(leaf) == Kind.INTENT:
                    self.open_intents[index] = OpenIntent(layout.use_of(leaf))
                elif layout.kind_of(leaf) in (Kind.OUTCOME, Kind.ABANDONED):
                    self.open_intents.pop(layout.reference_of(leaf), None)

    def _check_row(self, row: SignedRow) -> None:
        """A checkpoint that was signed must still be a prefix."""
        checkpoint = Checkpoint.parse(row.note[: row.note.rfind(b"\n\n") + 1])
        if checkpoint.size > self.size or self.durable.root_at(checkpoint.size) != checkpoint.root:
            raise LogFaultError("ledger/lost-entries", size=checkpoint.size)
        if checkpoint.size == self.size:
            self.signed = Signed(row.note, self.durable)

    def settle(self) -> None:
        """What was written is durable now."""
        self.durable = self.tree.view()

    def sign(self, settled: int) -> Signed:
        """A signed checkpoint of everything durable, itself durable before it is returned; raises `StoreFaultError`."""
        signed = self.signed
        if signed is None or signed.view.size != self.size:
            view = self.durable
            note = self.signer.sign(Checkpoint(self.shard.origin, view.size, view.root()).text())
            with self._database.transaction():
                self.entries.add_checkpoint(SignedRow(view.size, settled, note))
            signed = self.signed = Signed(note, view)
        return signed

    def packed_intents(self) -> bytes:
        """The open intents as a mark keeps them."""
        return b"".join(index.to_bytes(8, "big") + opened.use for index, opened in self.open_intents.items())
