"""The public vectors that lie beside the project: Merkle proofs, Ed25519's edges, and logs that others wrote."""

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from brightline.crypto.checkpoint import open_checkpoint
from brightline.crypto.errors import CheckpointError, KeyFormatError, NoteError, ProofError
from brightline.crypto.merkle import leaf_hash, root_of, verify_consistency, verify_inclusion
from brightline.crypto.note import NoteSigner, Verifier
from brightline.domain.tiles import decode_bundle

TESTLOG_VKEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


@pytest.fixture
def ledger(shared: Path) -> Path:
    return shared / "vectors" / "ledger"


def cases(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    found = [(str(path), json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.rglob("*.json"))]
    assert found, f"no vectors in {folder}"
    return found


def octets(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_inclusion_fails_where_it_must_and_only_there(ledger: Path) -> None:
    found = cases(ledger / "transparency-dev-merkle/testdata/inclusion")
    assert len(found) == 98
    for name, case in found:
        refused = False
        try:
            verify_inclusion(
                index=case["leafIdx"],
                size=case["treeSize"],
                hash_=octets(case["leafHash"]),
                path=[octets(hash_) for hash_ in case["proof"] or []],
                root=octets(case["root"]),
            )
        except ProofError:
            refused = True
        assert refused == case["wantErr"], name


def test_consistency_fails_where_it_must_and_only_there(ledger: Path) -> None:
    found = cases(ledger / "transparency-dev-merkle/testdata/consistency")
    assert len(found) == 98
    for name, case in found:
        refused = False
        try:
            verify_consistency(
                old=case["size1"],
                new=case["size2"],
                path=[octets(hash_) for hash_ in case["proof"] or []],
                old_root=octets(case["root1"]),
                new_root=octets(case["root2"]),
            )
        except ProofError:
            refused = True
        assert refused == case["wantErr"], name


def test_ed25519_edges_are_pinned(ledger: Path) -> None:
    """One rule for all verifiers of ours: no low-order or second encoding of a key; else what OpenSSL accepts."""
    verdicts: Counter[str] = Counter()
    for case in json.loads((ledger / "cctv-ed25519/ed25519/ed25519vectors.json").read_text(encoding="utf-8")):
        refused_key = bool({"low_order_A", "non_canonical_A"} & set(case["flags"] or []))
        try:
            verifier = Verifier("a", bytes.fromhex(case["key"]))
        except KeyFormatError:
            assert refused_key, case
            verdicts["key"] += 1
            continue
        assert not refused_key, case
        try:
            verifier.verify(bytes.fromhex(case["sig"]), case["msg"].encode())
            verdicts["accepted"] += 1
        except NoteError:
            verdicts["signature"] += 1
    assert verdicts == {"key": 526, "accepted": 86, "signature": 302}


def test_a_log_of_tesseras_reads(ledger: Path) -> None:
    folder, verifier = ledger / "tessera-testlog/testdata/log", Verifier.parse(TESTLOG_VKEY)
    for size in range(16):
        head, _ = open_checkpoint((folder / f"checkpoint.{size}").read_bytes(), [verifier])
        assert head.size == size
        bundle = (folder / f"tile/entries/000.p/{size}").read_bytes() if size else b""
        hashes = [leaf_hash(entry) for entry in decode_bundle(bundle, size)]
        assert root_of(hashes) == head.root
        if size:
            assert (folder / f"tile/0/000.p/{size}").read_bytes() == b"".join(hashes)


def test_what_sunlight_signed_is_not_taken_for_an_ed25519_log(ledger: Path) -> None:
    """Its own line is of type 5, and its witness's of type 4: no key of ours, so nothing vouches for them."""
    folder = ledger / "sunlight-skylight/cmd/skylight/testdata"
    notes = sorted(folder.rglob("checkpoint"))
    assert len(notes) > 3
    for path in notes:
        for name in ("rome2026h1.example.org", "witness.example.org"):
            with pytest.raises((NoteError, CheckpointError)):
                open_checkpoint(path.read_bytes(), [NoteSigner(name, bytes(32)).verifier])
    key = json.loads((folder / "witness/witness.v0.json").read_text(encoding="utf-8"))["verifier_keys"][0]
    with pytest.raises(KeyFormatError, match="only Ed25519"):
        Verifier.parse(key)
