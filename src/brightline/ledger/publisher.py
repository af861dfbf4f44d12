"""Publishes signed checkpoints with everything they call for, in the order that keeps the directory whole."""

from collections.abc import Sequence

from brightline.crypto.checkpoint import Checkpoint
from brightline.ledger.anchor import Anchor
from brightline.ledger.errors import LogFaultError
from brightline.ledger.log_directory import LogDirectory
from brightline.ledger.shard_log import ShardLog, Signed


class Publisher:
    """One shard's directory and anchor.

    INVARIANT: what was anchored or published was signed, durably, before.
    """

    def __init__(self, directory: LogDirectory, anchor: Anchor) -> None:
        self._directory = directory
        self._anchor = anchor
        self.size = 0
        """The size of the checkpoint in place."""
        self.settled = 0
        """The smallest size of which tiles may still lie there, or come back; a signed checkpoint keeps it."""

    def open(self, log: ShardLog) -> None:
        """Remove what a publication that was cut short left behind; raises `LogFaultError`.

        Only checkpoints as large as the last settled size can have left anything.
        """
        last = log.entries.last_checkpoint()
        try:
            note = self._directory.checkpoint()
            if note is None:
                self._directory.check_empty()
            self.size = 0 if note is None else Checkpoint.parse(note[: note.rfind(b"\n\n") + 1]).size
            since = min(self.size, last.settled if last else 0)
            self._directory.sweep(self.size, self._sizes(log, since))
            self._directory.check_edge(self.size)
        except OSError as error:
            raise self._fault(error) from error
        self.settled = since

    def _sizes(self, log: ShardLog, since: int) -> Sequence[int]:
        return [row.size for row in log.entries.checkpoints(since) if row.size != self.size]

    def publish(self, log: ShardLog, signed: Signed) -> None:
        """Publish `signed`; raises `LogFaultError`, and then nobody may rely on the public log."""
        view, note = signed.view, signed.note
        try:
            self._directory.check_edge(self.size)
            self._directory.add(view, self.size, log.entries.leaves)
            self._anchor.write(log.shard.origin, note)
            self._directory.place(note)
            previous, self.size = self.size, view.size
            self._directory.sweep(view.size, [previous])
        except OSError as error:
            raise self._fault(error) from error
        self.settled = previous

    def _fault(self, error: OSError) -> LogFaultError:
        why = (error.strerror or type(error).__name__).lower()
        return LogFaultError("ledger/cannot-publish", path=str(error.filename or self._directory.path), why=why)
