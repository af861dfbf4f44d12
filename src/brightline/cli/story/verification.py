"""The whole ledger, verified from its published files and the public key alone."""

from brightline.cli.story.published import verified_log
from brightline.cli.story.stage import Chapter, Stage
from brightline.domain.leaf import Kind

STEP = "the ledger"


def tell(stage: Stage) -> str:
    """Verify, and tell what is in it."""
    verified = verified_log(stage, step=STEP)
    for kind in (Kind.INTENT, Kind.OUTCOME, Kind.REFUSAL):
        stage.expect(verified.counts.get(kind, 0) > 0, step=STEP, why=f"it has no {kind.name.lower()} entry")
    counts = ", ".join(f"{count} {kind.name.lower()}" for kind, count in sorted(verified.counts.items()) if count)
    stage.say(f"   checked:  brightline ledger verify {stage.log_directory} --vkey '{stage.vkey}'\n")
    return f"VERIFIED  {verified.size} entries ({counts}), signed root {verified.root_hex[:16]}…"


CHAPTER = Chapter(STEP, tell)
