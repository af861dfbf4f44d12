"""The sample agreement that `brightline init` copies and the demo tells its story with; data, and where it lies.

Its parties are invented. Its rules show each layer at work; they are no legal advice and claim no compliance.
"""

from collections.abc import Mapping
from pathlib import Path

__all__ = ["AGREEMENT_DIRECTORY", "ENCLAVE", "agreement_files"]

AGREEMENT_DIRECTORY = Path(__file__).parent / "agreement"
# The enclave of the demo; the sample has one more, `outside`, which authorises more.
ENCLAVE = "demo"


def agreement_files() -> Mapping[str, bytes]:
    """The bytes of every file of the sample agreement, by its path inside the agreement's directory."""
    found = sorted(path for path in AGREEMENT_DIRECTORY.rglob("*") if path.is_file())
    return {path.relative_to(AGREEMENT_DIRECTORY).as_posix(): path.read_bytes() for path in found}
