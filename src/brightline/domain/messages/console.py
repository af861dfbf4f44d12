"""Messages of the stage `console`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "console/not-installed": Message(
        "the console needs the extra `console`, which is not installed",
        "install `brightline[console]`, or take `[console]` out of the settings",
    ),
    "console/bad-origin": Message(
        "`{origin}` is not an origin on which people can sign",
        "set `console.origin` to `https://NAME` or `https://NAME:PORT`; plain `http` works for `localhost` only",
    ),
    "console/port-taken": Message(
        "the console cannot listen on `{host}:{port}`",
        "end what listens there, or set another `console.port`",
    ),
    "console/bad-certificate": Message(
        "the console's TLS certificate or its key cannot be used",
        "check `console.tls_certificate` and `console.tls_key`: two PEM files that belong together",
    ),
    "console/other-host": Message(
        "the page was asked for under another name than the console's own",
        "open the console under the address that `console.origin` names",
        421,
    ),
    "console/no-page": Message(
        "there is no page at this address",
        "go to the inbox",
        404,
    ),
    "console/no-method": Message(
        "this page does not take such a request",
        "go to the inbox and use the page's own forms",
        405,
    ),
    "console/too-large": Message(
        "what was sent is longer than {limit} bytes",
        "send one signed statement, as `brightline sign` wrote it",
        413,
    ),
    "console/too-slow": Message(
        "what was sent did not arrive within {seconds} seconds",
        "send it again",
        408,
    ),
    "console/late": Message(
        "the gateway did not answer within {seconds} seconds",
        "look at the inbox: what you signed may have been recorded",
        503,
    ),
    "console/broken": Message(
        "the console failed while it made this page",
        "look at the gateway's log for `console-fault`; nothing was signed that the inbox does not show",
        500,
    ),
    "console/signed-out": Message(
        "you are not signed in",
        "sign in; a session ends after {hours} hours, and when the console starts again",
        401,
    ),
    "console/foreign-form": Message(
        "the form did not come from a page of this session",
        "open the page again and send the form from there",
        403,
    ),
    "console/bad-form": Message(
        "the form's field `{field}` is missing or is not what it must be",
        "open the page again and send the form from there",
        400,
    ),
    "console/old-challenge": Message(
        "the challenge that the passkey answered is not one of this session, or was used",
        "open the page again and use your passkey once more",
        403,
    ),
    "console/evidence-unopened": Message(
        "{count} items of evidence were not opened",
        "open each of them on the action's page, then decide",
        409,
    ),
    "console/reason-needed": Message(
        "this is decided only with a reason",
        "say why in a few words, then decide",
        422,
    ),
    "console/not-your-role": Message(
        "you may not decide on this action as `{decision}` in that role",
        "leave it to a person who holds the role that the rule names",
        403,
    ),
    "console/not-asserted": Message(
        "the directory has not said yet in which role you sign",
        "make a passkey under Passkeys and give the file to whoever keeps the directory",
        403,
    ),
    "console/no-passkey": Message(
        "you have no passkey with which you may sign",
        "enrol one under Passkeys and have the directory assert it, or sign the request with `brightline sign`",
        409,
    ),
    "console/other-rendering": Message(
        "the rendering that was shown is not that of the action",
        "do not sign; tell whoever runs the gateway",
        409,
    ),
}
