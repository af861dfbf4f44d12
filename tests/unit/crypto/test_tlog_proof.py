"""Proofs that stand alone: every departure from the one form refuses."""

import pytest

from brightline.crypto.checkpoint import Checkpoint
from brightline.crypto.errors import NoteError, ProofError
from brightline.crypto.merkle import inclusion_path, leaf_hash, root_of
from brightline.crypto.note import MAX_NOTE_BYTES, NoteSigner, encode_base64
from brightline.crypto.tlog_proof import MAX_PATH, TlogProof

LEAVES = [leaf_hash(b"%d" % number) for number in range(7)]
SIGNER = NoteSigner("example.org/log", bytes(32))
NOTE = SIGNER.sign(Checkpoint("example.org/log", 7, root_of(LEAVES)).text())


def read_node(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


PROOF = TlogProof(5, inclusion_path(5, 7, read_node), NOTE)
TEXT = PROOF.encode().decode()


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("another version", TEXT.replace("@v1", "@v2", 1)),
        ("no blank line", TEXT.split("\n\n")[0] + "\n"),
        ("no checkpoint", TEXT.split("\n\n")[0] + "\n\n"),
        ("no index", TEXT.replace("index 5\n", "", 1)),
        ("no lines at all", "c2sp.org/tlog-proof@v1\n\n" + NOTE.decode()),
        ("leading zero", TEXT.replace("index 5", "index 05", 1)),
        ("negative index", TEXT.replace("index 5", "index -5", 1)),
        ("two blanks", TEXT.replace("index 5", "index  5", 1)),
        ("extra after the index", TEXT.replace("index 5\n", "index 5\nextra YQ==\n", 1)),
        ("extra not canonical", TEXT.replace("index 5", "extra YR==\nindex 5", 1)),
        ("carriage returns", TEXT.replace("\n", "\r\n")),
        ("not ASCII", TEXT.replace("index 5", "index \u0665", 1)),
        ("a hash of 31 bytes", TEXT.replace("index 5\n", f"index 5\n{encode_base64(bytes(31))}\n", 1)),
        ("a path too long", TEXT.replace("index 5\n", "index 5\n" + f"{encode_base64(bytes(32))}\n" * MAX_PATH, 1)),
        ("endless", TEXT + "a" * (MAX_NOTE_BYTES * 3)),
    ],
)
def test_another_form_refuses(reason: str, changed: str) -> None:
    assert changed != TEXT, reason
    with pytest.raises(ProofError):
        TlogProof.parse(changed.encode())


def test_a_proof_of_another_entry_refuses() -> None:
    with pytest.raises(ProofError):
        TlogProof(4, PROOF.path, NOTE).verify(LEAVES[5], [SIGNER.verifier])
    with pytest.raises(ProofError):
        PROOF.verify(LEAVES[4], [SIGNER.verifier])


def test_an_unknown_log_refuses() -> None:
    with pytest.raises(NoteError):
        PROOF.verify(LEAVES[5], [NoteSigner("example.org/log", b"1" * 32).verifier])


@pytest.mark.parametrize("extra", [None, b"", b"anything"])
def test_a_proof_reads_back_and_verifies(extra: bytes | None) -> None:
    proof = TlogProof(5, PROOF.path, NOTE, extra)
    parsed = TlogProof.parse(proof.encode())
    assert parsed == proof
    assert parsed.verify(LEAVES[5], [SIGNER.verifier]).size == 7


def test_a_log_of_one_entry_needs_no_path() -> None:
    note = SIGNER.sign(Checkpoint("example.org/log", 1, LEAVES[0]).text())
    assert TlogProof.parse(TlogProof(0, (), note).encode()).verify(LEAVES[0], [SIGNER.verifier]).size == 1
