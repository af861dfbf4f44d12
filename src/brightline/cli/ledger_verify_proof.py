"""`brightline ledger verify-proof`: check a proof that somebody gave you.

INVARIANT: loads neither store, network nor policy engine.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import click

from brightline.cli.errors import ProofError
from brightline.cli.moments import utc
from brightline.cli.output import json_option, report
from brightline.crypto.merkle import leaf_hash
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.leaf import Leaf, decode
from brightline.ledger.verify import verify_proof

_MOST_BYTES = 4 * 1024 * 1024
_RECEIPT = re.compile(r"(?P<origin>\S{1,256}) (?P<index>0|[1-9][0-9]{0,18}) (?P<hash>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an answer's `Brightline-Receipt` says: which log, which entry, and the entry's leaf hash."""

    origin: str
    index: int
    leaf_hash: bytes


@click.command("verify-proof")
@click.argument("file", type=click.Path())
@click.option("--vkey", required=True, metavar="K", help="The log's verification key, had from the operator.")
@click.option("--cosigner", "cosigners", multiple=True, metavar="K", help="A further key that may sign; repeatable.")
@click.option("--receipt", default=None, metavar="R", help="The `Brightline-Receipt` of the answer the proof is for.")
@json_option
def command(file: str, vkey: str, cosigners: tuple[str, ...], receipt: str | None, *, as_json: bool) -> None:
    """Check a proof that somebody gave you.

    With `--receipt` the proof must be for the entry the receipt names; without, for the entry that it brings along.

    \b
    Example:
      brightline ledger verify-proof entry-17.proof --vkey 'KEY' --receipt 'ORIGIN 17 HASH'
    """
    named = _receipt(receipt)
    with Path(file).open("rb") as opened:
        proof = opened.read(_MOST_BYTES)
    carried = TlogProof.parse(proof).extra
    hash_ = _entry_hash(named, carried)
    verified = verify_proof(proof, hash_, vkey, cosigners=cosigners)
    if named is not None and (verified.origin, verified.index) != (named.origin, named.index):
        raise ProofError("cli/other-entry")
    # What the proof brings along is shown only where it is the entry that was proved.
    leaf = decode(carried) if carried is not None and leaf_hash(carried) == hash_ else None
    result: dict[str, object] = {"origin": verified.origin, "index": verified.index, "size": verified.size}
    result["leaf_hash"] = hash_.hex()
    lines = [f"verified: entry {verified.index} is in {verified.origin}, signed at {verified.size} entries"]
    if leaf is not None:
        result["entry"] = _shown(leaf)
        lines.append(", ".join(f"{name} {value}" for name, value in _shown(leaf).items()))
    report(result, lines, as_json=as_json)


def _receipt(text: str | None) -> Receipt | None:
    if text is None:
        return None
    match = _RECEIPT.fullmatch(text.strip())
    if match is None:
        raise click.UsageError("the receipt is not `ORIGIN INDEX HASH`")
    return Receipt(match["origin"], int(match["index"]), bytes.fromhex(match["hash"]))


def _entry_hash(named: Receipt | None, carried: bytes | None) -> bytes:
    if named is not None:
        return named.leaf_hash
    if carried is None:
        raise click.UsageError("the proof brings no entry along, so `--receipt` is needed")
    return leaf_hash(carried)


def _shown(leaf: Leaf) -> dict[str, str]:
    return {
        "kind": leaf.kind.name.lower(),
        "time": utc(leaf.time_ms),
        "use": leaf.use_id.hex(),
        "verdict": leaf.verdict.name.lower(),
        "outcome": leaf.outcome.name.lower(),
    }
