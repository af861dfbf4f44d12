"""Verifies a log's directory, or one entry's proof, with nothing in hand but the log's public key.

What `verify_directory` checks, in this order:
1. the checkpoint is a note in its one form, signed by the log's key and by nobody whom the caller did not name;
2. the directory holds exactly the files that the checkpoint's size calls for (C2SP tlog-tiles), each of exact length;
3. every hash in every tile of every level is what the entries hash to (RFC 6962 section 2.1);
4. the entries tell one possible story: each decodes; the first is the genesis and no other; time never goes back; one
   enclave; the agreement changes only by an `agreement` entry; nothing points forward; each outcome or abandonment
   closes one open intent of the same use and agreement; what is said of a hold refers to one (a review
   of glass that was broken before a fork refers to the fork);
5. the root over all entries is the checkpoint's, and at an earlier checkpoint's size it is that checkpoint's.

It verifies or raises `VerifyError` naming the entry or the file; in memory are one tile a level, the open intents and
the indexes of holds.
INVARIANT: this file imports `domain` and `crypto` only, so an inspector can read all of what it runs.
LIMIT: use ids are not compared across the whole log, and a time is the log's own word.
LIMIT: a log cut back to an older checkpoint of its own verifies: keep a checkpoint, and pass it as `old_checkpoint`.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from brightline.crypto.checkpoint import Checkpoint, open_checkpoint
from brightline.crypto.errors import CryptoError
from brightline.crypto.merkle import Frontier, leaf_hash, root_of
from brightline.crypto.note import MAX_NOTE_BYTES, Verifier
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import LEAF_BYTES, NO_REFERENCE, Flag, Kind, Leaf, LeafError, Outcome, Verdict, decode
from brightline.domain.tiles import (
    CHECKPOINT_NAME,
    ENTRIES,
    HASH_BYTES,
    WIDTH,
    Tile,
    TileError,
    decode_bundle,
    is_tile_of,
    parse_name,
    partial_tiles,
    tiles_at,
)

_CLOSING = frozenset({Kind.OUTCOME, Kind.ABANDONED})
_OF_HOLDS = frozenset({Kind.SIGN_OFF, Kind.EXECUTION, Kind.BREAK_GLASS, Kind.REVIEW, Kind.DECOY})
_VOTES = frozenset({Kind.SIGN_OFF, Kind.BREAK_GLASS})
_LONGEST_SHOWN_NAME = 120


class VerifyError(BrightlineError):
    """The log or the proof does not verify; `entry` and `path` say where, as far as that is known."""

    def __init__(self, code: str, what: str, *, path: str = "", entry: int | None = None) -> None:
        self.path = path
        self.entry = entry
        super().__init__(code, what=what, path=path, entry=-1 if entry is None else entry)


class CheckpointFaultError(VerifyError):
    """The checkpoint is malformed, wrongly signed, or states another root than the entries have."""

    def __init__(self, what: str) -> None:
        super().__init__("ledger/bad-checkpoint", what, path=CHECKPOINT_NAME)


class FileFaultError(VerifyError):
    """A file is missing, unknown, of a wrong kind or length, or holds wrong hashes."""

    def __init__(self, path: str, what: str) -> None:
        shown = path.encode("unicode_escape").decode("ascii")[:_LONGEST_SHOWN_NAME]
        super().__init__("ledger/bad-file", what, path=shown)


class EntryFaultError(VerifyError):
    """An entry is not what its tile says, or cannot follow the entries before it."""

    def __init__(self, entry: int, what: str, *, width: int) -> None:
        path = Tile(ENTRIES, entry // WIDTH, width).name
        super().__init__("ledger/bad-entry", what, path=path, entry=entry)


class HistoryFaultError(VerifyError):
    """The log does not continue the earlier checkpoint that the caller holds."""

    def __init__(self, what: str) -> None:
        super().__init__("ledger/not-append-only", what, path=CHECKPOINT_NAME)


class ProofFaultError(VerifyError):
    """A proof does not show that the log holds this entry."""

    def __init__(self, what: str) -> None:
        super().__init__("ledger/bad-proof", what)


class Reader(Protocol):
    """Where a log's files come from; names use forward slashes, as in C2SP tlog-tiles."""

    def names(self) -> Iterator[str]:
        """Every file's name, each once; raises `VerifyError` for anything that is no plain file."""

    def read(self, name: str, limit: int) -> bytes:
        """The file's bytes, at most `limit` + 1 of them; raises `VerifyError` when there is none."""


class DirectoryReader:
    """A log's files in a directory; a symbolic link or special file below it refuses."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def names(self) -> Iterator[str]:
        """Every plain file's name, in no order; directories alone do not count."""
        pending = [""]
        while pending:
            prefix = pending.pop()
            try:
                with os.scandir(self._directory / prefix) as found:
                    entries = list(found)
            except OSError as error:
                raise FileFaultError(prefix or ".", _reason(error)) from error
            for entry in entries:
                name = f"{prefix}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    pending.append(f"{name}/")
                elif entry.is_file(follow_symlinks=False):
                    yield name
                else:
                    raise FileFaultError(name, "is neither a plain file nor a directory")

    def read(self, name: str, limit: int) -> bytes:
        """The file's bytes, at most `limit` + 1 of them."""
        try:
            descriptor = os.open(self._directory / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise FileFaultError(name, "is not a plain file")
                return file.read(limit + 1)
        except OSError as error:
            raise FileFaultError(name, _reason(error)) from error


@dataclass(frozen=True, slots=True)
class Verified:
    """A log that verified: its head, the times of its first and last entry (UTC ms), and what it holds."""

    origin: str
    size: int
    root_hex: str
    first_time_ms: int
    last_time_ms: int
    counts: Mapping[Kind, int]
    open_intents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VerifiedProof:
    """An entry that a log is shown to hold, under the log's signed head; `leaf` where the caller gave it."""

    origin: str
    size: int
    index: int
    leaf: Leaf | None


def verify_directory(
    reader: Reader,
    vkey: str,
    *,
    cosigners: Sequence[str] = (),
    old_checkpoint: bytes | None = None,
    look_again: Callable[[int], bool] | None = None,
) -> Verified:
    """Everything the log holds, verified; raises `VerifyError` at the first thing that does not fit.

    `cosigners` are further keys that may sign (witnesses, or the log's own key of before). `look_again(attempt)` is
    asked when the set of files does not fit the checkpoint, as a live log may be between two files; true looks again.
    Raises `KeyFormatError` for a malformed key.
    """
    log = Verifier.parse(vkey)
    known = [log, *(Verifier.parse(cosigner) for cosigner in cosigners)]
    old = None if old_checkpoint is None else _open_old(old_checkpoint, known, log.name)
    head, files = _settle(reader, log, known, look_again)
    if old is not None and old.size > head.size:
        raise HistoryFaultError(f"the log has {head.size} entries, the earlier checkpoint {old.size}")
    tree, story = _Tree(files, None if old is None else old.size), _Story()
    for tile in tiles_at(ENTRIES, head.size):
        story.read(tile, tree.add(tile))
    tree.close()
    _check_root(tree.root(), head)
    if old is not None and tree.watched_root() != old.root:
        raise HistoryFaultError(f"the first {old.size} entries are not those of the earlier checkpoint")
    return story.told(head)


def verify_proof(proof: bytes, leaf_or_hash: bytes, vkey: str, *, cosigners: Sequence[str] = ()) -> VerifiedProof:
    """What a tlog-proof shows about an entry, given as its leaf's bytes or as its 32-byte leaf hash.

    Raises `VerifyError` when it does not hold, `KeyFormatError` for a malformed key.
    """
    log = Verifier.parse(vkey)
    verifiers = [log, *(Verifier.parse(cosigner) for cosigner in cosigners)]
    leaf = None
    try:
        if len(leaf_or_hash) != HASH_BYTES:
            leaf = decode(leaf_or_hash)
        hash_ = leaf_or_hash if leaf is None else leaf_hash(leaf_or_hash)
        parsed = TlogProof.parse(proof)
        head = parsed.verify(hash_, verifiers)
    except CryptoError as error:
        raise ProofFaultError(str(error.words["what"])) from error
    except LeafError as error:
        raise ProofFaultError(f"the leaf is not readable: {error}") from error
    if head.origin != log.name:
        raise ProofFaultError(f"its checkpoint is of `{head.origin}`, not of `{log.name}`")
    return VerifiedProof(head.origin, head.size, parsed.index, leaf)


def _open_head(note: bytes, log: Verifier, known: Sequence[Verifier]) -> Checkpoint:
    """The log's own checkpoint; a signature that nobody named could be any bytes, so it refuses here."""
    try:
        head, opened = open_checkpoint(note, known)
    except CryptoError as error:
        raise CheckpointFaultError(str(error.words["what"])) from error
    if opened.unknown:
        raise CheckpointFaultError(f"it has a signature line by `{opened.unknown[0].name}`, whose key was not given")
    if all(line.key_id != log.key_id for line in opened.signed_by) or head.origin != log.name:
        raise CheckpointFaultError("the log's own key did not sign it")
    if head.size == 0:
        raise CheckpointFaultError("it states an empty log, which not even a genesis opens")
    return head


def _open_old(note: bytes, known: Sequence[Verifier], origin: str) -> Checkpoint:
    """The earlier checkpoint that the caller holds; witnesses may have signed it too, so unknown lines pass."""
    try:
        old, _ = open_checkpoint(note, known)
    except CryptoError as error:
        raise HistoryFaultError(f"the earlier checkpoint does not verify: {error.words['what']}") from error
    if old.origin != origin:
        raise HistoryFaultError(f"the earlier checkpoint is of `{old.origin}`")
    return old


def _settle(
    reader: Reader, log: Verifier, known: Sequence[Verifier], look_again: Callable[[int], bool] | None
) -> tuple[Checkpoint, "_Files"]:
    """The head, and files that fit it; full tiles never change, and the partial ones, which may go, are read here."""
    attempt = 0
    while True:
        attempt += 1
        head = _open_head(reader.read(CHECKPOINT_NAME, MAX_NOTE_BYTES), log, known)
        try:
            return head, _Files(reader, head.size)
        except FileFaultError:
            if look_again is None or not look_again(attempt):
                raise


class _Files:
    """The tiles and bundles of a log of one size; nothing else lies in the directory."""

    def __init__(self, reader: Reader, size: int) -> None:
        for name in reader.names():
            if name != CHECKPOINT_NAME and not _belongs(name, size):
                raise FileFaultError(name, f"does not belong to a log of {size} entries")
        self._reader = reader
        self._partial = {tile: self._load(tile) for tile in partial_tiles(size)}

    def read(self, tile: Tile) -> bytes:
        return self._partial[tile] if tile in self._partial else self._load(tile)

    def _load(self, tile: Tile) -> bytes:
        longest = tile.width * (2 + LEAF_BYTES if tile.level == ENTRIES else HASH_BYTES)
        data = self._reader.read(tile.name, longest)
        if len(data) > longest:
            raise FileFaultError(tile.name, f"is longer than {longest} bytes")
        return data


def _belongs(name: str, size: int) -> bool:
    try:
        return is_tile_of(parse_name(name), size)
    except TileError:
        return False


class _Tree:
    """The Merkle tree as the entries make it, each of whose tiles is held against the stored one."""

    def __init__(self, files: _Files, watched_size: int | None) -> None:
        self._files = files
        self._levels: list[list[bytes]] = [[]]
        self._filled = [0]
        self._size = 0
        self._watched_size = watched_size
        self._watched: bytes | None = None

    def add(self, tile: Tile) -> list[bytes]:
        """The entries of the next bundle, which hash to what the level 0 tile beside it holds."""
        try:
            entries = decode_bundle(self._files.read(tile), tile.width)
        except TileError as error:
            raise FileFaultError(tile.name, str(error)) from error
        hashes = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
        self._levels[0] = hashes
        # INVARIANT: bundles come in order, so everything before this one stands in the levels above.
        if self._watched_size is not None and tile.start <= self._watched_size < tile.start + tile.width:
            self._watched = self._root(self._watched_size, hashes[: self._watched_size - tile.start])
        self._size += tile.width
        # A changed entry is named before what it makes of the entries that refer to it.
        self._check(0)
        if tile.width == WIDTH:
            self._lift(0)
        return entries

    def close(self) -> None:
        """Check the partial tiles above the lowest level, once every bundle was added."""
        for level in range(1, len(self._levels)):
            if self._levels[level]:
                self._check(level)

    def root(self) -> bytes:
        """The root over all entries added."""
        return self._root(self._size, self._levels[0])

    def watched_root(self) -> bytes:
        """The root over the first entries, up to the size to watch for."""
        return self.root() if self._watched is None else self._watched

    def _lift(self, level: int) -> None:
        """Hash a full tile, which was checked, into the tile above it."""
        hash_ = root_of(self._levels[level])
        self._levels[level] = []
        self._filled[level] += 1
        if level + 1 == len(self._levels):
            self._levels.append([])
            self._filled.append(0)
        self._levels[level + 1].append(hash_)
        if len(self._levels[level + 1]) == WIDTH:
            self._check(level + 1)
            self._lift(level + 1)

    def _check(self, level: int) -> None:
        hashes = self._levels[level]
        tile = Tile(level, self._filled[level], len(hashes))
        _check_tile(tile, hashes, self._files.read(tile))

    def _root(self, size: int, lowest: Sequence[bytes]) -> bytes:
        """The root over `size` entries: the levels' own compact ranges, the widest first, are the tree's."""
        hashes: list[bytes] = []
        for level in (*reversed(self._levels[1:]), lowest):
            frontier = Frontier()
            for hash_ in level:
                frontier.push(hash_)
            hashes += frontier.hashes()
        return Frontier.from_hashes(size, hashes).root()


def _check_tile(tile: Tile, hashes: Sequence[bytes], stored: bytes) -> None:
    """Hold the hashes that the entries make against the tile that is stored."""
    if stored == b"".join(hashes):
        return
    if len(stored) != len(hashes) * HASH_BYTES:
        raise FileFaultError(tile.name, f"does not have {len(hashes) * HASH_BYTES} bytes")
    at = next(i for i, hash_ in enumerate(hashes) if stored[i * HASH_BYTES : (i + 1) * HASH_BYTES] != hash_)
    if tile.level == 0:
        raise EntryFaultError(tile.start + at, f"does not hash to what `{tile.name}` holds for it", width=tile.width)
    raise FileFaultError(tile.name, f"hash {at} is not that of the tile below it")


def _check_root(found: bytes, head: Checkpoint) -> None:
    if found != head.root:
        raise CheckpointFaultError(f"the {head.size} entries have another root than it states")


class _Story:
    """What the entries tell, one after the other, and whether it can be so."""

    def __init__(self) -> None:
        self._first_time_ms = self._last_time_ms = 0
        self._previous = (b"", b"")
        self._enclave = self._agreement = b""
        self._counts = dict.fromkeys(Kind, 0)
        self._open: dict[int, tuple[bytes, bytes]] = {}
        self._holds: set[int] = set()
        self._forked = False

    def read(self, tile: Tile, entries: Sequence[bytes]) -> None:
        """Take in the entries of bundle `tile`; raises `EntryFaultError` at one that cannot follow."""
        for index, entry in enumerate(entries, tile.start):
            try:
                leaf = decode(entry)
            except LeafError as error:
                raise EntryFaultError(index, f"is not readable: {error}", width=tile.width) from error
            fault = self._tell(index, leaf)
            if fault:
                raise EntryFaultError(index, fault, width=tile.width)

    def told(self, head: Checkpoint) -> Verified:
        """The sum of the story; only after at least one entry was read."""
        return Verified(
            origin=head.origin,
            size=head.size,
            root_hex=head.root.hex(),
            first_time_ms=self._first_time_ms,
            last_time_ms=self._last_time_ms,
            counts=MappingProxyType({kind: count for kind, count in self._counts.items() if count}),
            open_intents=tuple(self._open),
        )

    def _tell(self, index: int, leaf: Leaf) -> str:
        """Why `leaf` cannot come next, or nothing."""
        if index == 0:
            self._first_time_ms = leaf.time_ms
            self._enclave, self._agreement = leaf.enclave_id, leaf.agreement_digest
            self._forked = bool(leaf.flags & Flag.FORK)
        kind = leaf.kind
        fault = self._check_place(index, leaf)
        if not fault and (kind is Kind.METER or (kind is Kind.AUTHORITY and leaf.reference != NO_REFERENCE)):
            fault = self._check_meter(index, leaf)
        elif not fault:
            fault = self._close(leaf) if kind in _CLOSING else self._check_agreement(leaf)
        self._previous = (leaf.use_id, leaf.agreement_digest)
        if kind is Kind.INTENT:
            self._open[index] = (leaf.use_id, leaf.agreement_digest)
        elif kind is Kind.HOLD:
            self._holds.add(index)
        self._last_time_ms = leaf.time_ms
        self._counts[kind] += 1
        return fault

    def _check_place(self, index: int, leaf: Leaf) -> str:
        if (leaf.kind is Kind.GENESIS) is not (index == 0):
            return "is no genesis" if index == 0 else "is a second genesis"
        if leaf.time_ms < self._last_time_ms:
            return "is older than the entry before it"
        if leaf.enclave_id != self._enclave:
            return "belongs to another enclave"
        if leaf.reference != NO_REFERENCE and leaf.reference >= index:
            return "refers to an entry that is not before it"
        if leaf.kind in _OF_HOLDS and leaf.reference not in self._holds and not self._is_of_earlier(leaf):
            return "is said of no hold"
        return _check_verdict(leaf)

    def _is_of_earlier(self, leaf: Leaf) -> bool:
        """Whether it reviews broken glass of the shard that this one took the place of: it refers to the fork."""
        return leaf.kind is Kind.REVIEW and leaf.reference == 0 and self._forked

    def _check_agreement(self, leaf: Leaf) -> str:
        if leaf.kind is Kind.AGREEMENT:
            self._agreement = leaf.agreement_digest
        return "" if leaf.agreement_digest == self._agreement else "names an agreement that is not in force"

    def _check_meter(self, index: int, leaf: Leaf) -> str:
        """What a use touched stands right after an entry of that use, or while it is open, under its agreement."""
        use = (leaf.use_id, leaf.agreement_digest)
        goes_with = leaf.reference == index - 1 and self._previous == use
        return "" if goes_with or self._open.get(leaf.reference) == use else "meters no use before it"

    def _close(self, leaf: Leaf) -> str:
        """An outcome ends under the agreement its intent began under, though another may be in force by now."""
        intent = self._open.pop(leaf.reference, None)
        if intent is None:
            return "closes no open intent"
        return "" if intent == (leaf.use_id, leaf.agreement_digest) else "closes the intent of another use"


def _check_verdict(leaf: Leaf) -> str:
    """What was let through was permitted, what was refused was not, and only an end has an outcome."""
    if leaf.kind is Kind.INTENT and leaf.verdict is not Verdict.PERMIT:
        return "is an intent that was not permitted"
    if leaf.kind is Kind.REFUSAL and leaf.verdict is Verdict.PERMIT:
        return "is a refusal of what was permitted"
    if leaf.kind is Kind.HOLD and leaf.verdict is not Verdict.HOLD:
        return "is a hold of what was not held"
    if leaf.kind in _VOTES and leaf.verdict not in {Verdict.PERMIT, Verdict.FORBID}:
        return "is a vote for neither side"
    if leaf.kind is Kind.OUTCOME:
        return "is an outcome without one" if leaf.outcome in {Outcome.NONE, Outcome.ABANDONED} else ""
    if leaf.kind is Kind.ABANDONED:
        return "" if leaf.outcome is Outcome.ABANDONED else "is abandoned with another outcome"
    return "has an outcome before its end" if leaf.outcome is not Outcome.NONE else ""


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
