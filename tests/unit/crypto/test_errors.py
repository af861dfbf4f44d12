"""Each refusal carries its code and its reason."""

import pytest

from brightline.crypto import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ProofError("why"), "crypto/bad-proof"),
        (errors.NoteError("why"), "crypto/bad-note"),
        (errors.CheckpointError("why"), "crypto/bad-checkpoint"),
        (errors.KeyFormatError("why"), "crypto/bad-key"),
        (errors.SealError("why"), "crypto/bad-seal"),
        (errors.KeyFileError("keys/log.seed", "why"), "crypto/key-file"),
    ],
)
def test_codes(error: errors.CryptoError, code: str) -> None:
    assert isinstance(error, errors.CryptoError)
    assert error.code == code
    assert "why" in error.message
    assert error.hint
