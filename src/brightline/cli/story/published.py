"""The published log, once it holds everything that the ledger does."""

import time
from collections.abc import Callable

from brightline.cli.perform import perform
from brightline.cli.story.stage import Stage
from brightline.ledger.verify import DirectoryReader, Verified, VerifyError, verify_directory

_LOOKS = 60
_SECONDS_BETWEEN = 0.25


def verified_log(stage: Stage, *, step: str, sleep: Callable[[float], None] = time.sleep) -> Verified:
    """What the log directory holds, verified, once it is as long as the ledger; raises `StoryError`."""
    size = perform(str(stage.data_dir), "ledger.show", {"last": 0})["size"]
    why = "the log was never published"
    for _ in range(_LOOKS):
        try:
            verified = verify_directory(DirectoryReader(stage.log_directory), stage.vkey)
        except VerifyError as error:
            # Between two files of one publication the directory does not fit its checkpoint yet.
            why = str(error)
        else:
            why = f"the log holds {verified.size} of {size} entries"
            if isinstance(size, int) and verified.size >= size:
                return verified
        sleep(_SECONDS_BETWEEN)
    stage.expect(False, step=step, why=why)
    raise AssertionError("`expect` raised")
