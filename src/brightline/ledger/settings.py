"""What the operator chose for one log, and the machine it runs on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from brightline.domain.agreement import AgreementRef
from brightline.ledger.clock import SystemClock
from brightline.ledger.files import LocalFiles
from brightline.ledger.origin import check_part
from brightline.ledger.ports import Clock, Files, Space
from brightline.ledger.space import WATERMARK_BYTES, SystemSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """How a version of the agreement came into force: by whose signatures (`party key-id`), and who activated it."""

    how: str = "all-parties"
    signers: Sequence[str] = ()
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSettings:
    """One log: whose it is, under which agreement, and where it is published and anchored.

    `trust` is the digest of the keys that the log's first agreement was judged by, and `acceptance` how that was
    accepted; both go into the entries that open the log.
    """

    operator: str
    agreement: AgreementRef
    log_dir: Path
    trust: str = ""
    acceptance: Acceptance = Acceptance()
    anchor_dir: Path | None = None
    watermark_bytes: int = WATERMARK_BYTES
    publish_seconds: float = 1.0

    @property
    def shards_dir(self) -> Path:
        """Where the shards' directories lie, each under its number; raises `OpenRefusedError` for an odd name."""
        return self.log_dir / check_part(self.agreement.id) / check_part(self.agreement.enclave)


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine's clock, disks and files, or a test's."""

    clock: Clock = field(default_factory=SystemClock)
    space: Space = field(default_factory=SystemSpace)
    files: Files = field(default_factory=LocalFiles)
