"""Verifiers that nobody here wrote take our logs, keys and proofs, and ours takes theirs."""

from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import PlainEd25519Signer, Vkey
from tlog_scales.tlog import Checkpoint as ForeignCheckpoint
from tlog_scales.tlog import ConsistencyProof, InclusionProof

from brightline.crypto.checkpoint import Checkpoint, open_checkpoint
from brightline.crypto.merkle import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from brightline.crypto.note import NoteSigner, Verifier
from brightline.testing.log_simulator import SimulatedLog

SIZES = [1, 2, 255, 256, 257, 700]


@pytest.mark.parametrize("size", SIZES)
def test_tlog_scales_takes_a_directory_of_ours(size: int, tmp_path: Path) -> None:
    log = SimulatedLog.of(size)
    log.write(tmp_path)
    reader = TilesReader(LocalBackend(tmp_path))
    head = reader.get_checkpoint()
    head.verify(Vkey.from_string(log.vkey))
    assert (head.origin, head.size) == (log.origin, size)
    assert reader.calculate_root_hash() == head.root_hash == log.root
    for index in range(0, size, 1 + size // 50):
        entry = reader.get_entry(index)
        assert entry == log.entries[index]
        reader.get_inclusion_proof(index, size).check(leaf_hash(entry), head.root_hash)


def test_tlog_scales_refuses_a_log_of_ours_under_another_key(tmp_path: Path) -> None:
    SimulatedLog.of(3).write(tmp_path)
    head = TilesReader(LocalBackend(tmp_path)).get_checkpoint()
    with pytest.raises(RuntimeError, match="no signature"):
        head.verify(Vkey.from_string(NoteSigner(head.origin, bytes(32)).vkey))


def test_paths_are_the_same_on_both_sides(tmp_path: Path) -> None:
    log = SimulatedLog.of(300)
    log.write(tmp_path)
    reader = TilesReader(LocalBackend(tmp_path))
    reader.get_checkpoint()
    hashes = [leaf_hash(entry) for entry in log.entries]

    def read_node(level: int, index: int) -> bytes:
        return root_of(hashes[index << level : (index + 1) << level])

    for index in range(0, 300, 7):
        ours = inclusion_path(index, 300, read_node)
        assert list(ours) == reader.get_inclusion_proof(index, 300).node_hashes
        InclusionProof(index, 300, list(ours)).check(hashes[index], log.root)
        verify_inclusion(index=index, size=300, hash_=hashes[index], path=ours, root=log.root)
    for old in range(1, 300, 7):
        path, old_root = consistency_path(old, 300, read_node), root_of(hashes[:old])
        assert list(path) == reader.get_consistency_proof(old, 300).node_hashes
        ConsistencyProof(old, 300, list(path)).check(old_root, log.root)
        verify_consistency(old=old, new=300, path=path, old_root=old_root, new_root=log.root)


def test_keys_and_notes_are_the_same_on_both_sides() -> None:
    seed, head = b"7" * 32, Checkpoint("example.org/log", 7, bytes(32))
    ours, theirs = NoteSigner(head.origin, seed), PlainEd25519Signer(head.origin, seed)
    assert ours.vkey == theirs.vkey.serialize()
    note = ForeignCheckpoint.make_signed(head.origin, head.size, head.root, [theirs]).serialize().encode()
    assert note == ours.sign(head.text())
    assert open_checkpoint(note, [Verifier.parse(theirs.vkey.serialize())])[0] == head
