from brightline.cli.ledger_verify_proof import _receipt
from brightline.crypto.tlog_proof import TlogProof


def test_a_proof_that_brings_no_entry_needs_a_receipt(tmp_path, run) -> None:
    (tmp_path / "p").write_bytes(TlogProof(0, (), b"o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n").encode())
    result = run("ledger", "verify-proof", tmp_path / "p", "--vkey", "k")
    assert result.exit_code == 2
    assert "`--receipt` is needed" in result.stderr


def test_what_is_no_proof_refuses(tmp_path, run) -> None:
    (tmp_path / "p").write_bytes(b"garbage")
    assert run("ledger", "verify-proof", tmp_path / "p", "--vkey", "k").exit_code == 1
    assert run("ledger", "verify-proof", tmp_path / "absent", "--vkey", "k").exit_code == 1


def test_a_receipt_is_read_in_its_one_form() -> None:
    found = _receipt(f" origin/x 17 {'ab' * 32}\n")
    assert found is not None
    assert (found.origin, found.index, found.leaf_hash) == ("origin/x", 17, b"\xab" * 32)
    assert _receipt(None) is None
