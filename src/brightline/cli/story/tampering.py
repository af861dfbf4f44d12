"""One byte of one entry changed in a copy, so that a refusal looks like a permit: the verifier names the entry."""

import shutil
from pathlib import Path

from brightline.cli.story.published import verified_log
from brightline.cli.story.stage import Chapter, Stage
from brightline.domain.leaf import LEAF_BYTES, Kind, Verdict, decode
from brightline.domain.tiles import ENTRIES, tiles_for
from brightline.ledger.verify import DirectoryReader, VerifyError, verify_directory

STEP = "a changed record"
# Where a leaf keeps the decision (domain.leaf, layout of version 1), and the length before each entry in a bundle.
_VERDICT_OFFSET = 152
_PREFIX_BYTES = 2


def tell(stage: Stage) -> str:
    """Change the byte in a copy, verify the copy, and tell which entry is named."""
    size = verified_log(stage, step=STEP).size
    copy = stage.scratch / "changed-log"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(stage.log_directory, copy)
    entry = turn_a_refusal_into_a_permit(copy, size)
    stage.expect(entry is not None, step=STEP, why="no refusal was found to change")
    stage.say(f"   changed:  one byte of entry {entry} in a copy, so that a refused call looks permitted\n")
    try:
        verify_directory(DirectoryReader(copy), stage.vkey)
    except VerifyError as error:
        stage.expect(error.entry == entry, step=STEP, why=f"the verifier named another place: {error}")
        return f"CAUGHT  {error}"
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    stage.expect(False, step=STEP, why="the verifier took the changed copy")
    raise AssertionError("`expect` raised")


def turn_a_refusal_into_a_permit(log: Path, size: int) -> int | None:
    """Change the decision of the first refusal in the log at `log`; its index, or none without a refusal."""
    for tile in tiles_for(size):
        if tile.level != ENTRIES:
            continue
        path = log / tile.name
        content = bytearray(path.read_bytes())
        for place in range(len(content) // (_PREFIX_BYTES + LEAF_BYTES)):
            start = place * (_PREFIX_BYTES + LEAF_BYTES) + _PREFIX_BYTES
            if decode(bytes(content[start : start + LEAF_BYTES])).kind is Kind.REFUSAL:
                content[start + _VERDICT_OFFSET] = Verdict.PERMIT
                path.chmod(0o600)
                path.write_bytes(content)
                return tile.start + place
    return None


CHAPTER = Chapter(STEP, tell)
