"""Messages of the stage `crypto`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "crypto/bad-checkpoint": Message(
        text="the checkpoint is not readable: {what}",
        hint="fetch the checkpoint again from the log; if it stays so, keep the file and tell the log's operator",
    ),
    "crypto/bad-envelope": Message(
        text="the envelope of signatures is refused: {what}",
        hint="fetch `signatures.json` again from the party that signed; if it stays so, have every party sign anew",
    ),
    "crypto/bad-signature": Message(
        text="the signature of key {key} is refused: {what}",
        hint="have the holder of the key sign again; if it stays so, somebody changed what was signed",
    ),
    "crypto/too-many-signatures": Message(
        text="the envelope holds {count} signatures, and {most} is the most",
        hint="have every party sign anew; no agreement needs so many",
    ),
    "crypto/bad-key": Message(
        text="the key is refused: {what}",
        hint="copy the key again, whole and on one line, from the party that owns it",
    ),
    "crypto/bad-note": Message(
        text="the signed note is refused: {what}",
        hint="check that the key is the log's own; if it is, keep the file and tell the log's operator",
    ),
    "crypto/bad-proof": Message(
        text="the proof does not hold: {what}",
        hint="fetch the proof and its checkpoint again; if it still fails, the log and the proof disagree",
    ),
    "crypto/bad-seal": Message(
        text="the sealed record does not open: {what}",
        hint="check that the key file belongs to this store; if it does, the record was damaged or changed",
    ),
    "crypto/passphrase": Message(
        text="the key file `{path}` stays closed: {what}",
        hint="give its passphrase at the prompt, by `--passphrase-file` or in `BRIGHTLINE_PASSPHRASE`",
    ),
    "crypto/key-file": Message(
        text="the key file `{path}` is refused: {what}",
        hint="restore the file from the backup with owner-only permission (chmod 600), or run `brightline init` anew",
    ),
}
