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
    "crypto/extra-missing": Message(
        text="this needs packages that are not installed: the extra `{extra}`",
        hint='install them with `pip install "brightline[{extra}]"`, from your own package index where there is one',
    ),
    "crypto/bad-registration": Message(
        text="the passkey is not registered: {what}",
        hint="register it again on the page of this gateway, with a device that asks for a PIN or a finger",
        status=400,
    ),
    "crypto/token-module": Message(
        text="`{module}` cannot be loaded as a PKCS#11 module",
        hint="name the shared library that came with the token or with OpenSC, such as `opensc-pkcs11.so`",
    ),
    "crypto/no-token": Message(
        text="no such token is plugged in",
        hint="put the card into the reader, and give its label with `--token`; `{module}` sees none of that label",
    ),
    "crypto/several-tokens": Message(
        text="several tokens are plugged in: {tokens}",
        hint="name one with `--token LABEL`, or take the others out",
    ),
    "crypto/no-token-key": Message(
        text="the token has no such signing key with its public half",
        hint="name the key with `--key-label` or `--key-id`; a PIV card keeps its signature key under id 02",
    ),
    "crypto/several-token-keys": Message(
        text="the token has several signing keys: {keys}",
        hint="name one with `--key-id` or `--key-label`",
    ),
    "crypto/wrong-pin": Message(
        text="the token did not take the PIN",
        hint="try again with the right PIN; after a few wrong ones the token locks itself",
    ),
    "crypto/locked-pin": Message(
        text="the token's PIN is locked",
        hint="have whoever gave out the token unlock it",
    ),
    "crypto/token-failed": Message(
        text="the token did not do what was asked: {what}",
        hint="put it in again and try once more; if it stays so, try its maker's own tool",
    ),
}
