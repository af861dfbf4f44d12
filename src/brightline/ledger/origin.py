"""The name of a log: `operator/agreement/enclave/first 12 digits of the genesis digest`, and `/N` from shard 2 on."""

import re

from brightline.domain.agreement import AgreementRef
from brightline.ledger.errors import OpenRefusedError

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
_DIGEST_DIGITS = 12


def check_part(part: str) -> str:
    """`part` if it can stand in an origin and in a path; raises `OpenRefusedError` for anything else."""
    if _PART.fullmatch(part) is None:
        raise OpenRefusedError("ledger/bad-origin", part=part)
    return part


def log_name(operator: str, agreement: AgreementRef) -> str:
    """The origin of the first shard, whose genesis names this version of the agreement."""
    parts = [check_part(part) for part in (operator, agreement.id, agreement.enclave)]
    return "/".join([*parts, agreement.digest.hex()[:_DIGEST_DIGITS]])


def shard_origin(name: str, number: int) -> str:
    """The origin of shard `number` (from 1) of the log `name`."""
    return name if number == 1 else f"{name}/{number}"


def anchor_name(origin: str) -> str:
    """The file in which an anchor directory keeps this log's last checkpoint."""
    return f"{origin.replace('/', '_')}.checkpoint"
