"""Messages of the stage `storage`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "storage/full": Message(
        "the disk of `{path}` is full", "free space on that disk; the gateway heals by itself", 503
    ),
    "storage/io": Message(
        "the disk failed under `{path}`: {why}", "look at the disk and at the system's log; restore if it is lost", 503
    ),
    "storage/read-only": Message(
        "`{path}` cannot be written, because it or its disk is read-only", "make it writable for this user", 503
    ),
    "storage/damaged": Message(
        "`{path}` is damaged, or is no store", "restore it from a backup with `brightline restore`", 503
    ),
    "storage/cannot-open": Message(
        "the store `{path}` cannot be opened", "check that it is there and that this user may read and write it", 503
    ),
    "storage/busy": Message("another program uses `{path}`", "close every other program that has the file open", 503),
    "storage/pragma": Message(
        "the store `{path}` would not take the setting {name} (it says {found})",
        "use the SQLite that came with Brightline, and a local disk",
    ),
    "storage/foreign": Message("`{path}` is a database of another program", "point Brightline at its own directory"),
    "storage/newer": Message(
        "the store `{path}` has schema version {version}, newer than this Brightline knows",
        "use the Brightline that wrote it, or a later one",
    ),
    "storage/exists": Message("`{path}` exists already and is not replaced", "choose another name, or move it away"),
    "storage/key-exists": Message("a key with the id or the secret of `{key}` exists already", "make another key", 409),
    "storage/version-not-higher": Message(
        "version {version} of the agreement is not higher than version {highest}, which was accepted before",
        "put the version that is in force in its place, or have a higher one signed",
        409,
    ),
    "storage/locked": Message(
        "the data directory `{path}` is in use by process {pid}",
        "stop that process, or run the command as the user that runs the gateway",
    ),
    "storage/cannot-lock": Message("`{path}` cannot be opened to take the lock: {why}", "check its owner and mode"),
}
