"""Messages of the stage `effector`: why a machine does not act. All are 403: none is cured by sending it again."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

_ANEW = "ask for the action anew, so that people sign it as it now is"
_MAKER = "have whoever keeps this machine compare its trust bundle with `brightline directory bundle`"

MESSAGES: Mapping[str, Message] = {
    "effector/no-release": Message(
        "no release came with the action", "send the release that Brightline gave when people had signed", 403
    ),
    "effector/malformed": Message(
        "the release cannot be read: {why}", "hand on the release byte for byte as Brightline gave it", 403
    ),
    "effector/null-audience": Message(
        "the action was never meant to be released", "keep the file and tell whoever keeps the gateway", 403
    ),
    "effector/wrong-audience": Message(
        "the release is for another machine than `{audience}`", "take it to the machine that it names", 403
    ),
    "effector/unknown-tool": Message("this machine has no such tool in its trust bundle", _MAKER, 403),
    "effector/other-action": Message(
        "what is about to run is not what was signed", "run exactly the tool and arguments that were signed", 403
    ),
    "effector/other-definition": Message(
        "the tool was defined otherwise when people signed than it is here",
        "ask for the action anew once gateway and machine have the same definition of the tool",
        403,
    ),
    "effector/bad-question": Message(
        "this is not a question about the state of this machine: {why}",
        "ask as the settings of the gateway have it: the `state_url` of each `[[effector]]` is that machine's own",
        403,
    ),
    "effector/bad-reading": Message(
        "what this machine reads of itself is no state that a gateway takes: {why}",
        "have whoever keeps this machine name at least one state, and take each `before` from what it names",
        403,
    ),
    "effector/not-yet": Message("the time of this release has not begun", "wait, or check the machine's clock", 403),
    "effector/expired": Message("the time of this release is over", _ANEW, 403),
    "effector/window-too-long": Message(
        "the release lives longer than the {limit} ms that this machine takes",
        "give the rule a shorter `@term`, or the machine a bundle with a longer window",
        403,
    ),
    "effector/algorithm": Message(
        "a statement is signed by `{algorithm}`, which is not taken for its key here",
        "sign with a key and in a way that the trust bundle and the directory name",
        403,
    ),
    "effector/bad-signature": Message(
        "a signature does not verify, or its key {key} is not believed here",
        "hand on the release unchanged; if it stays so, compare the machine's trust bundle with its keys",
        403,
    ),
    "effector/other-statement": Message(
        "what `{person}` signed is about another action", "only a signature over this very action counts", 403
    ),
    "effector/other-person": Message(
        "the statement of `{person}` names another person or key than the directory asserts",
        "sign with the key that the directory asserts, in that person's name",
        403,
    ),
    "effector/same-person": Message(
        "one person or one key stands for two approvers", "have another person sign with a key of his own", 403
    ),
    "effector/vetoed": Message("somebody who was asked said no, or took the signature back", _ANEW, 403),
    "effector/no-quorum": Message(
        "not enough people in the roles that are asked for have signed",
        "have the others sign, then fetch it again",
        403,
    ),
    "effector/absolute": Message(
        "a rule that stands in the way cannot be broken in an emergency", "have the ordinary quorum sign", 403
    ),
    "effector/own-machine": Message(
        "nobody signed on a machine of his own", "have one approver sign with `brightline sign`", 403
    ),
    "effector/own-approval": Message(
        "`{person}` asks for this action, answers for who asks, or writes policy, and so does not approve it",
        "have another person sign",
        403,
    ),
    "effector/revocations-stale": Message(
        "the revocation list cannot be relied on: {why}",
        "bring the machine the newest list of `brightline directory revoke`",
        403,
    ),
    "effector/revoked": Message(
        "an approver, a key or the action itself is revoked", "have another person sign, or ask anew", 403
    ),
    "effector/role": Message(
        "`{person}` does not hold now the role in which the statement is signed",
        "have the directory assert the role, or another person sign",
        403,
    ),
    "effector/signed-at": Message(
        "`{person}` signed at a time that is not within the action's window",
        "have the person sign again, on a machine whose clock is right",
        403,
    ),
    "effector/other-agreement": Message(
        "it was decided under an agreement that this machine does not take",
        "ask for it anew under the agreement in force, or bring the machine a new trust bundle",
        403,
    ),
    "effector/no-proof": Message(
        "it is not proved that the hold stands in the log",
        "fetch the release again, with its proof under the log's own signature",
        403,
    ),
    "effector/other-leaf": Message(
        "the proof is of another entry than the hold of this action", "fetch the release again from the gateway", 403
    ),
    "effector/other-log": Message(
        "an approver was shown another log than the one that the proof is of",
        "keep the release: one of the two logs is not the one everybody sees",
        403,
    ),
    "effector/rendering-differs": Message(
        "what the approvers were shown is not this action", "keep the release, and tell whoever keeps the console", 403
    ),
    "effector/precondition": Message("the state is no longer the one that people were shown", _ANEW, 403),
    "effector/clock": Message(
        "the clock is behind a time that this machine has seen already",
        "set the clock right; a clock that once ran ahead needs a new replay store",
        403,
    ),
    "effector/store-too-young": Message(
        "the replay store began after this release could have been used",
        "ask for the action anew once the longest window has passed since the store began",
        403,
    ),
    "effector/used": Message("the release was used already", "ask for the action anew: each is done once", 403),
    "effector/unknown-outcome": Message(
        "the action was begun and nobody knows how it ended, so it is never begun again",
        "look at the machine itself, then ask anew if it is still wanted",
        403,
    ),
    "effector/store": Message(
        "the replay store cannot be relied on: {why}",
        "mend the disk or the directory's owner; until then nothing runs",
        503,
    ),
    "effector/bad-bundle": Message("a key of the trust bundle cannot be used: {why}", _MAKER, 403),
    "effector/not-done": Message("nothing was done: {why}", "see the machine's own log", 403),
}
