"""Messages of the stage `signoff`: the objects that people sign, the statements, and the people."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

_AGAIN = "fetch it again from where it came; if it stays so, it was changed or not made by Brightline"

MESSAGES: Mapping[str, Message] = {
    "signoff/bad-field": Message(
        text="`{field}` {what}",
        hint="compare the object with docs/sign-off-formats.md: every field is required, and no other is taken",
        status=400,
    ),
    "signoff/duplicate-key": Message(
        text="an object has one name twice, so that two readers could see two values",
        hint=_AGAIN,
        status=400,
    ),
    "signoff/lone-surrogate": Message(
        text="a text holds half of a character (a lone surrogate)",
        hint="write the text anew where it was cut, so that it is whole Unicode",
        status=400,
    ),
    "signoff/not-canonical": Message(
        text="the bytes are not the canonical form of what they say (RFC 8785)",
        hint="hand on the file as it was made, without editing or reformatting it",
        status=400,
    ),
    "signoff/not-json": Message(text="the bytes are no JSON in UTF-8", hint=_AGAIN, status=400),
    "signoff/number-range": Message(
        text="a number is larger than 2^53 - 1 or no number that JSON has",
        hint="write a number of that size as text",
        status=400,
    ),
    "signoff/other-hold": Message(
        text="the opening of a decoy is of another hold than the one that it is held against",
        hint="take the opening and the hold from the same log; if they are, the decoy was changed after the vote",
        status=400,
    ),
    "signoff/rendering-differs": Message(
        text="the action is not rendered as it says that it was shown",
        hint="do not sign and do not act; keep the file, since somebody changed the action or what was shown of it",
        status=400,
    ),
    "signoff/too-deep": Message(
        text="objects and lists lie more than {limit} levels inside each other",
        hint="flatten the arguments of the tool",
        status=400,
    ),
    "signoff/too-large": Message(
        text="the object is larger than {limit} bytes",
        hint="name large contents as evidence, by their SHA-256, and leave them out of the arguments",
        status=400,
    ),
    "signoff/unknown-directory": Message(
        text="key {key} is none of the directory's",
        hint="add it to `directory.json` if it is, and if you read its id out of band",
        status=400,
    ),
    "signoff/directory-signature": Message(
        text="the directory key {key} did not sign this",
        hint="fetch it again from whoever keeps the directory; if it stays so, it was changed",
        status=400,
    ),
    "signoff/other-binding": Message(
        text="the statement is about another action",
        hint="sign the action that is shown now: any change of it makes another one",
        status=400,
    ),
    "signoff/other-person": Message(
        text="the statement names another person or key than its assertion",
        hint="sign with the key that the directory asserts, in that person's name",
        status=400,
    ),
    "signoff/assertion-not-yet": Message(
        text="the roles of `{person}` are not asserted yet",
        hint="wait until the assertion begins, or have the directory assert them from now on",
        status=400,
    ),
    "signoff/assertion-expired": Message(
        text="the roles of `{person}` were asserted until a time that has passed",
        hint="have the directory assert them anew with `brightline directory assert`",
        status=400,
    ),
    "signoff/revocations-stale": Message(
        text="the revocation list cannot be relied on: {why}",
        hint="have the directory issue a list with `brightline directory revoke`, and import it",
        status=400,
    ),
    "signoff/revoked": Message(
        text="{what} is revoked",
        hint="another person whom the rule names may sign; whoever keeps the directory knows why",
        status=400,
    ),
    "signoff/algorithm": Message(
        text="signatures of `{algorithm}` are not taken for this key",
        hint="sign with a key and in a way that `directory.json` allows",
        status=400,
    ),
    "signoff/assurance": Message(
        text="a key kept by `{assurance}` is not sure enough here",
        hint="sign with a passkey or a smart card, or have `directory.json` allow this way",
        status=400,
    ),
    "signoff/role": Message(
        text="`{person}` cannot sign this in the role `{role}`",
        hint="sign in a role that the rule asks for and the directory asserts",
        status=400,
    ),
    "signoff/several-roles": Message(
        text="the rule asks for more than one of your roles: {roles}",
        hint="choose one with `--role`",
        status=400,
    ),
    "signoff/no-break-glass": Message(
        text="no rule that holds this action may be broken in an emergency",
        hint="the ordinary quorum alone can allow it",
        status=400,
    ),
    "signoff/own-approval": Message(
        text="`{person}` {why}, and so does not approve it",
        hint="another person has to sign",
        status=400,
    ),
    "signoff/policy-author": Message(
        text="`{person}` writes policy, and so approves nothing",
        hint="another person has to sign",
        status=400,
    ),
    "signoff/signed-at": Message(
        text="the statement of `{person}` was signed outside of its time",
        hint="check the clock of the machine that signed, then sign anew while the hold is open",
        status=400,
    ),
    "signoff/bad-signature": Message(
        text="the signature of `{person}` does not verify",
        hint="sign again; if it stays so, the statement was changed on its way",
        status=400,
    ),
    "signoff/other-demands": Message(
        text="the file asks for other signatures than its action does",
        hint="fetch the file again, and do not sign this one: somebody changed it",
        status=400,
    ),
    "signoff/window-over": Message(
        text="the time of this action is over",
        hint="ask for the action anew if it is still wanted",
        status=400,
    ),
    "signoff/other-evidence": Message(
        text="what was opened is none of this action's evidence",
        hint="open the files that the action names, by their SHA-256",
        status=400,
    ),
    "signoff/evidence-unopened": Message(
        text="{count} of this action's items of evidence were not opened",
        hint="open each one, and say so when you sign: `--evidence FILE`, or on the action's page",
        status=400,
    ),
    "signoff/no-reason": Message(
        text="breaking the glass needs a reason",
        hint="say why with `--reason`: it is recorded, and reviewed afterwards",
        status=400,
    ),
    "signoff/other-key": Message(
        text="the signature is not by the key that the directory asserts ({key})",
        hint="use that key, or the assertion that belongs to yours",
        status=400,
    ),
    "signoff/no-answer": Message(
        text="nobody answered, so nothing was signed",
        hint="run the command at a terminal and type `allow` or `deny`",
        status=400,
    ),
    "signoff/bad-enrolment": Message(
        text="the enrolment does not hold: {why}",
        hint="enrol again with `brightline approver enrol`",
        status=400,
    ),
    "signoff/serial-taken": Message(
        text="another assertion has the serial {serial} already",
        hint="have the directory assert with a serial that was never used",
        status=400,
    ),
    "signoff/key-of-another": Message(
        text="the key asserted of `{person}` is asserted of another person already",
        hint="have the directory look at both persons: a key is one person's alone",
        status=400,
    ),
    "signoff/list-went-back": Message(
        text="the revocation list {number} is not newer than the one held, {held}",
        hint="fetch the newest list; one that goes back is refused, since it could hide a revocation",
        status=400,
    ),
    "signoff/nothing-to-import": Message(
        text="there is nothing to import",
        hint="name files with signed assertions or a signed revocation list",
        status=400,
    ),
    "signoff/not-of-people": Message(
        text="file {place} is neither a signed assertion nor a signed revocation list",
        hint="name files made by `brightline directory assert` or `brightline directory revoke`",
        status=400,
    ),
    "signoff/too-many": Message(
        text="more than {most} files at once",
        hint="import them in several runs",
        status=400,
    ),
    "signoff/no-directory": Message(
        text="this data directory has no `directory.json`, so nobody can sign",
        hint="make one with `brightline directory key show FILE --out directory.json`, and put it there",
        status=400,
    ),
    "signoff/unreadable-directory": Message(
        text="the directory of people `{path}` cannot be read: {why}",
        hint="give the file to the user who runs the gateway, readable, and try again",
        status=400,
    ),
}
