"""Messages of the stage `hold`: calls and tool calls that wait for people. None is 409 or 429, which SDKs try again,
but for the one where trying again is right.
"""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "hold/pending": Message(
        "this waits for people to sign the exact action",
        "once it is signed, send the same request again with the header `Brightline-Hold: {holds}`",
        403,
    ),
    "hold/denied": Message(
        "somebody who was asked to sign this action denied it",
        "ask for something else; a denied action is never released",
        403,
    ),
    "hold/revoked": Message(
        "a signature over this action was taken back before it was released",
        "send the request without `Brightline-Hold` to ask again",
        403,
    ),
    "hold/expired": Message(
        "the time in which this action could be signed and released is over",
        "send the request without `Brightline-Hold` to ask again",
        403,
    ),
    "hold/changed": Message(
        "what was signed was decided under other rules than those in force now",
        "send the request without `Brightline-Hold` to ask again under the rules in force",
        403,
    ),
    "hold/mismatch": Message(
        "this hold is of another caller, of another request or of another answer",
        "send exactly the request that was held, with the same key and every hold that its answer named",
        403,
    ),
    "hold/not-found": Message(
        "there is no hold `{hold}` of yours", "check the id that the header `Brightline-Hold` of the answer gave", 404
    ),
    "hold/bad-header": Message(
        "the header `Brightline-Hold` is not a list of at most {limit} hold ids",
        "send the ids as the answer gave them: 32 hexadecimal digits each, with commas between",
        400,
    ),
    "hold/running": Message(
        "another request resumes this hold now", "wait for it, then send the same request again", 409
    ),
    "hold/unknown": Message(
        "this call was begun and nobody knows how it ended, so it is never begun again",
        "find out what happened at the provider; send the request without `Brightline-Hold` to ask anew",
        403,
    ),
    "hold/spent": Message(
        "the call that this hold let pass did not end with a whole answer, and is not made twice",
        "send the request without `Brightline-Hold` to ask again",
        403,
    ),
    "hold/provider-runs": Message(
        "the agreement forbids acts of the tool `{tool}` or holds them, and the provider runs that tool itself",
        "leave the tool out, or offer one that your own program runs",
        403,
    ),
    "hold/cannot-bind": Message(
        "this action cannot be written down so that it could be signed: {why}",
        "offer each tool once, with plain names and smaller arguments, and try again",
        403,
    ),
    "hold/no-state": Message(
        "the machine `{audience}` did not say how it stands, so nobody is asked to sign: {why}",
        "look after the machine, or after its `state_url` in `brightline.toml`, and send the request again",
        403,
    ),
    "hold/bad-state": Message(
        "what the machine `{audience}` says of its state is not taken: {why}",
        "compare the machine's key and clock with `[[effector]]` in `brightline.toml`, and send the request again",
        403,
    ),
    "hold/started": Message(
        "this action was begun before, and nothing more is begun or signed for it",
        "to stop the machine that acts, put the action on the directory's revocation list; to act again, ask anew",
        403,
    ),
    "hold/not-approved": Message(
        "this action is not approved by as many people as its rules ask for",
        "have it signed, or look at what is missing with `brightline hold show`",
        403,
    ),
    "hold/not-open": Message(
        "nothing more can be said of this hold: it is {state}",
        "look at it with `brightline hold show`; to act, let the request be sent anew",
        403,
    ),
    "hold/voted": Message(
        "`{person}` has voted on this action",
        "a person has one vote; take an approval back with a revocation",
        403,
    ),
    "hold/too-many": Message(
        "you have {most} open holds, as many as one caller may have",
        "wait until some are decided or expire; `GET /brightline/holds/ID` tells how each stands",
        403,
    ),
    "hold/queue-full": Message(
        "{most} actions wait for `{role}`, as many as may",
        "let people in that role work the queue off first",
        403,
    ),
    "hold/too-many-signatures": Message(
        "`{person}` signed {most} times within the hour, as often as anybody may",
        "let somebody else in that role sign, or wait",
        403,
    ),
    "hold/other-log": Message(
        "the checkpoint in this statement is not of this log with the hold in it",
        "sign what `brightline hold show --out` or the console gives out now",
        400,
    ),
    "hold/review-overdue": Message(
        "{count} reviews of broken glass are overdue, and nobody breaks it again before they are done",
        "review them: `brightline hold review`",
        403,
    ),
    "hold/no-review": Message(
        "no review of this hold is wanted",
        "list those that are with `brightline hold review`",
        404,
    ),
    "hold/own-review": Message(
        "`{person}` broke this glass, and does not review it",
        "let somebody else review it",
        403,
    ),
    "hold/decoy": Message(
        "this hold was made to see whether people look, and is never released",
        "nothing is to be done; `brightline oversight report` counts it",
        403,
    ),
    "hold/damaged": Message(
        "what the store keeps of this hold is not what its entry committed to",
        "compare the data directory with a backup; the hold is not used",
        500,
    ),
    "hold/forked": Message(
        "this hold ended when the log began anew after a restore, and is never released",
        "send the request without `Brightline-Hold` to ask again",
        403,
    ),
    "hold/store-differs": Message(
        "the log says more of this hold than the store does, so somebody took a row away",
        "verify the log and restore the data directory from a backup; the hold is not used",
        500,
    ),
    "hold/no-such-binding": Message(
        "no hold of yours has this binding and this audience",
        "send the receipt with the key that asked for the action",
        404,
    ),
    "hold/unknown-effector": Message(
        "no key of the effector `{audience}` in the settings made this receipt",
        "put its key into `brightline.toml`, as `[[effector]]` with `audience`, `algorithm` and `public`",
        403,
    ),
    "hold/bad-receipt": Message(
        "the signature of this receipt of `{audience}` does not verify",
        "have the effector write it again; do not change it on the way",
        400,
    ),
    "hold/too-many-receipts": Message(
        "there are {most} receipts of this action, and no more are taken",
        "look at those that are there; an action ends once",
        403,
    ),
    "hold/receipt-known": Message(
        "this receipt was taken a moment ago",
        "nothing is to be done; send it again to have its entry",
        409,
    ),
    "hold/not-asked": Message(
        "nobody asks `{person}` about this hold",
        "look at the inbox: it holds what your roles are asked for",
        403,
    ),
    "hold/other-command": Message(
        "this statement says `{decision}`, which this command does not take",
        "hand in a revocation with `brightline hold revoke`, and every other statement with `brightline hold sign`",
        400,
    ),
    "hold/no-evidence": Message(
        "this hold has no such evidence, or its bytes are not those that were bound",
        "open what the action's page lists",
        404,
    ),
}
