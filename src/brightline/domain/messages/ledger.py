"""Messages of the stage `ledger`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "ledger/unavailable": Message(
        text="nothing can be recorded now, so nothing is let through: {why}",
        hint="try again shortly; the operator sees the cause in `/readyz` and in the log",
        status=503,
    ),
    "ledger/low-disk": Message(
        text="the ledger's disk has {free} bytes left, below the watermark of {watermark}, so no new use is taken",
        hint="the operator frees space on that disk; running uses still end as they should",
        status=503,
    ),
    "ledger/clock-in-doubt": Message(
        text="the gateway's clock is in doubt, so no new use is taken: {why}",
        hint="the operator sets the clock right, then acknowledges it",
        status=503,
    ),
    "ledger/behind-anchor": Message(
        text="the store is behind what was published or anchored, so nothing is recorded: {why}",
        hint="put the newest store there, or start a new shard with `brightline restore --fork-reason`",
        status=503,
    ),
    "ledger/closed": Message(text="the ledger is closed", hint="start the gateway again", status=503),
    "ledger/bad-leaf": Message(
        text="this entry cannot be recorded: {what}", hint="this is a defect: tell whoever maintains Brightline"
    ),
    "ledger/agreement-changed": Message(
        text="another version of the agreement took effect while this was decided",
        hint="try again: it is then decided under the version that is in force",
        status=503,
    ),
    "ledger/other-agreement": Message(
        text="the log's agreement in force is `{found}`, and the store's highest accepted version is another",
        hint="restore the data directory from a backup; nothing is served until both say the same",
    ),
    "ledger/not-open": Message(
        text="entry {index} is not an open intent of this use",
        hint="an intent is closed once; look at the use with `brightline ledger show`",
        status=409,
    ),
    "ledger/claim-taken": Message(
        text="this idempotency key was taken by another request",
        hint="wait for the other request, or use a new key",
        status=409,
    ),
    "ledger/no-entry": Message(
        text="there is no entry {index} in this log", hint="ask for an index below the log's size", status=404
    ),
    "ledger/bad-origin": Message(
        text="`{part}` cannot be part of a log's name",
        hint="use 1 to 63 letters, digits, dots, dashes or underscores, starting with a letter or a digit",
    ),
    "ledger/wrong-origin": Message(
        text="the store holds the log `{origin}`, of another operator, agreement or enclave",
        hint="use the data directory of this log, or the settings of that one",
    ),
    "ledger/wrong-key": Message(
        text="the log's signing key is not the one in use, which is `{vkey}`",
        hint="put the right key into `keys/log.seed`; after a rotation that was cut short it is the newer one",
    ),
    "ledger/same-key": Message(text="this key signs already", hint="make a new key and rotate to that one", status=409),
    "ledger/not-behind": Message(
        text="the store is not behind what was published or anchored, so there is nothing to fork",
        hint="start the gateway as usual",
        status=409,
    ),
    "ledger/no-reason": Message(
        text="a new shard needs a reason", hint="say in `--fork-reason` why the old one cannot go on", status=400
    ),
    "ledger/clock-not-in-doubt": Message(
        text="the clock is not in doubt, so there is nothing to acknowledge", hint="nothing needs doing", status=409
    ),
    "ledger/moved": Message(
        text="`{path}` was moved, replaced or deleted while it was in use",
        hint="put it back where it was; the gateway heals by itself",
        status=503,
    ),
    "ledger/read-only": Message(
        text="the disk of `{path}` takes no writes",
        hint="mount it for writing; the gateway heals by itself",
        status=503,
    ),
    "ledger/cannot-publish": Message(
        text="the public log cannot be written at `{path}`: {why}",
        hint="mend what is wrong there; the gateway heals by itself",
        status=503,
    ),
    "ledger/log-damaged": Message(
        text="the public log misses `{path}`, which was published",
        hint="put the file back from a copy, or move the shard's directory away and start again to have it rebuilt",
        status=503,
    ),
    "ledger/lost-entries": Message(
        text="the store does not hold the first {size} entries as they were acknowledged or signed",
        hint="put the right store back; if it is lost, restore a backup and start a new shard",
        status=503,
    ),
    "ledger/anchor-unreadable": Message(
        text="the anchor `{path}` cannot be read",
        hint="mount the anchor's disk, and check owner and mode",
        status=503,
    ),
    "ledger/no-node": Message(
        text="the store misses part of the log's tree (level {level}, number {index})",
        hint="restore the store from a backup with `brightline restore`",
        status=503,
    ),
    "ledger/internal": Message(
        text="the ledger met a fault of its own ({what})",
        hint="the gateway tries to heal; tell whoever maintains Brightline",
        status=503,
    ),
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
