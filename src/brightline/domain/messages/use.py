"""Messages of the stage `use`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "use/bad-gazetteer": Message(
        "the list of names {path} cannot be read, line {line}: {why}",
        "put the line right, one person a line with `|` between the ways to write the name, and start again",
        400,
    ),
    "use/unreadable-count": Message(
        "a call of a tool does not say how many people it touches, or says more than {most}",
        "have the tool called with a count that its register can read, or with fewer people",
        403,
    ),
}
