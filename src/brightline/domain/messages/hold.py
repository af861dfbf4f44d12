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
}
