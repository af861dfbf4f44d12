"""The operator proposes new wording: an example shows what it would permit; one alone cannot activate it, both can.

The proposal lets partners work on reports. The person who watches plays both parties, with the keys that the demo made.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from brightline.cli.data_directory import PARTIES_NAME, read_files
from brightline.cli.perform import perform
from brightline.cli.sample_parties import read_texts
from brightline.cli.story.stage import Chapter, Stage
from brightline.crypto.party_keys import PrivateKey, load
from brightline.domain.errors import BrightlineError
from brightline.gateway.proving import installed_prover
from brightline.policy.directory import CERTIFICATE, MANIFEST, SIGNATURES
from brightline.policy.draft import Draft
from brightline.policy.proof.diff import diff
from brightline.policy.proof.prove import prove
from brightline.policy.proof.sentences import lines_of
from brightline.policy.proof.solver import Limits
from brightline.policy.signing import make_current, sign

STEP = "a new wording"
# The sample lets either party tighten alone, and this is no tightening.
ALONE = "policy/tightening-changes"
FILE = "operator/missions.cedar"
OLD = b'when { context.fact.mission == "translation" };'
NEW = b'when { ["translation", "reporting"].contains(context.fact.mission) };'
# The sample takes a second; a slow machine may take ten times that.
_LIMITS = Limits(seconds=20.0)
# How much of the comparison is told: its first example.
_TOLD = 1


def tell(stage: Stage) -> str:
    """Propose, show by example, let one party try alone, and let both activate."""
    if installed_prover() is None:
        return "LEFT OUT  the solvers that show what a wording would permit are not installed (`brightline[prove]`)"
    before = read_texts(read_files(stage.data_dir / "agreements" / "1"))
    stage.say(f"   proposed: `{NEW.decode()}` in {FILE}, for partners\n")
    proposal = stage.scratch / "proposal"
    draft = _propose(before, proposal)
    stage.say("".join(f"   {line}\n" for line in _shown(before, draft)))
    keys = {role: load(stage.data_dir / PARTIES_NAME / f"{role}.pem", "") for role in ("operator", "vendor")}
    statement = _statement(draft, keys)
    _put(proposal, SIGNATURES, sign(draft, [keys["operator"]]).to_bytes())
    refused = _activate(stage, proposal, statement)
    stage.expect(refused.get("code") == ALONE, step=STEP, why=f"one party alone: {refused}")
    stage.say(f"   alone:    the operator signs and activates: REFUSED, {refused['message']} ({ALONE})\n")
    _put(proposal, SIGNATURES, sign(draft, list(keys.values())).to_bytes())
    done = _activate(stage, proposal, statement)
    stage.expect(done.get("version") == before.manifest.version + 1, step=STEP, why=f"both parties: {done}")
    return f"ACTIVATED  version {done['version']}, once the vendor signed too; it is entry {done['entry']}"


def _propose(before: Draft, place: Path) -> Draft:
    """Write the proposal, as the version after `before` and with its proof, to `place`."""
    files = {name: text.encode() for name, text in before.texts.items() if name not in (SIGNATURES, CERTIFICATE)}
    manifest = json.loads(files[MANIFEST])
    manifest |= {"version": before.manifest.version + 1, "previous": before.digest.hex()}
    files |= {MANIFEST: json.dumps(manifest, indent=1).encode(), FILE: files[FILE].replace(OLD, NEW)}
    certificate = prove(read_texts(files), limits=_LIMITS, progress=_silently)
    files[CERTIFICATE] = certificate.to_json().encode()
    for name, content in files.items():
        _put(place, name, content)
    return read_texts(files)


def _shown(before: Draft, after: Draft) -> list[str]:
    """What the proposal would permit: the first example, and how many more there are."""
    found = diff(before, after, limits=_LIMITS)
    lines = [line.strip() for line in lines_of(found)]
    examples = [line.partition(". ")[2] for line in lines if line[:1].isdigit()]
    more = len(examples) - _TOLD
    return [f"example:  {line}" for line in examples[:_TOLD]] + ([f"          and {more} more"] if more > 0 else [])


def _statement(draft: Draft, keys: Mapping[str, PrivateKey]) -> str:
    """The statement that the proposal, once in force, is current in the demo's enclave."""
    by = [keys[party.role] for party in draft.manifest.parties if party.name in draft.manifest.current_by]
    (enclave, days), *_ = draft.manifest.current_days.items()
    return make_current(draft, enclave, issued_ms=time.time_ns() // 1_000_000, days=days, keys=by).decode()


def _activate(stage: Stage, proposal: Path, statement: str) -> Mapping[str, object]:
    """What the gateway says to the command: its result, or the refusal's code and message."""
    asked = {"path": str(proposal), "statement": statement}
    try:
        return perform(str(stage.data_dir), "agreement.activate", asked)
    except BrightlineError as error:
        return {"code": error.code, "message": error.message}


def _put(place: Path, name: str, content: bytes) -> None:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _silently(step: object) -> None:
    """Nobody watches the steps."""


CHAPTER = Chapter(STEP, tell)
