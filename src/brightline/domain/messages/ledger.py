"""Messages of the stage `ledger`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "ledger/bad-checkpoint": Message(
        text="the log does not verify: its checkpoint is refused, {what}",
        hint="check that the key is this log's; if it is, keep a copy of the directory and tell the other parties",
    ),
    "ledger/bad-entry": Message(
        text="the log does not verify: entry {entry} in `{path}` {what}",
        hint="keep a copy of the directory, and compare it with another party's copy or with the store's backup",
    ),
    "ledger/bad-file": Message(
        text="the log does not verify: `{path}` {what}",
        hint="keep a copy of the directory; if it was copied by hand, copy it again whole, with nothing added",
    ),
    "ledger/bad-proof": Message(
        text="the proof does not show this entry: {what}",
        hint="check that the proof, the leaf and the key are of one log, and fetch the proof again",
    ),
    "ledger/not-append-only": Message(
        text="the log does not continue the earlier checkpoint: {what}",
        hint="keep both checkpoints and tell the other parties: the log was cut back, forked or replaced",
    ),
}
