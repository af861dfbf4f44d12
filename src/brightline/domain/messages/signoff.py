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
}
