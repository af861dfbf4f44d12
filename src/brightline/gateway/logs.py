"""Structured logs: one JSON object a line on a stream, never a content, never a secret.

Fields are named by whoever logs and hold only words the gateway itself made (codes, ids, counts, names of its own
configuration); exceptions are logged by type and place, not by message.
"""

import json
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from enum import IntEnum
from typing import TextIO

Field = str | int | float | bool | None


class Level(IntEnum):
    """How much is said."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


class Log:
    """A log with fixed fields (agreement and enclave, once known)."""

    def __init__(
        self,
        stream: TextIO,
        *,
        level: Level = Level.INFO,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        fields: dict[str, Field] | None = None,
    ) -> None:
        self.level = level
        self._stream = stream
        self._now = now
        self._fields = fields or {}
        self._lock = threading.Lock()

    def bind(self, **fields: Field) -> "Log":
        """The same log with more fixed fields."""
        return Log(self._stream, level=self.level, now=self._now, fields={**self._fields, **fields})

    def debug(self, event: str, **fields: Field) -> None:
        """Something only a person looking for a fault wants."""
        self._write(Level.DEBUG, event, fields)

    def info(self, event: str, **fields: Field) -> None:
        """Something that happened as it should."""
        self._write(Level.INFO, event, fields)

    def warning(self, event: str, **fields: Field) -> None:
        """Something to look at."""
        self._write(Level.WARNING, event, fields)

    def error(self, event: str, **fields: Field) -> None:
        """Something that needs a person."""
        self._write(Level.ERROR, event, fields)

    def fault(self, event: str, error: BaseException, **fields: Field) -> None:
        """An exception nobody expected: its type and the place it came from, never its message."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "unknown"
        self._write(Level.ERROR, event, {"type": type(error).__name__, "place": place, **fields})

    def _write(self, level: Level, event: str, fields: dict[str, Field]) -> None:
        if level < self.level:
            return
        row = {
            "time": self._now().isoformat(timespec="milliseconds"),
            "level": level.name.lower(),
            "event": event,
            **self._fields,
            **fields,
        }
        with self._lock:
            try:
                print(json.dumps(row), file=self._stream, flush=True)
            except (OSError, ValueError):
                # LIMIT: a log that cannot be written never stops a use; the ledger is the record.
                self.level = Level.ERROR


def stderr_log(level: Level = Level.INFO) -> Log:
    """The log a served gateway writes."""
    return Log(sys.stderr, level=level)
