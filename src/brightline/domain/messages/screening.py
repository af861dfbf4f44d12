"""Messages of the stage `screening`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "screening/tool-not-offered": Message(
        "the model called a tool that the call did not offer",
        "offer the tool in `tools` so that it can be decided about, or try again",
        403,
    ),
    "screening/tool-forbidden": Message(
        "the model called the tool `{tool}`, and the agreement forbids that act",
        "read the reasons; ask for something the agreement permits",
        403,
    ),
    "screening/bad-arguments": Message(
        "the model called the tool `{tool}` with arguments that are not one whole JSON object",
        "try again; if it stays, simplify the tool's parameters",
        502,
    ),
    "screening/too-many-calls": Message(
        "the model called tools more than {limit} times in one answer",
        "ask for less at once, or limit parallel calls in the request",
        502,
    ),
    "screening/provider-failed": Message(
        "the provider reported a failure inside its answer",
        "try again; the operator finds the provider's own words in the sealed record",
        502,
    ),
    "screening/too-much-held": Message(
        "more than {limit} bytes of the answer waited for a tool call to be whole",
        "try again; if it stays, tell the operator which deployment answered",
        502,
    ),
    "screening/after-end": Message(
        "something came after the end of the answer", "try again; if it stays, tell the operator", 502
    ),
    "screening/out-of-order": Message(
        "the end of the answer was asked for before it was there", "tell the operator; this is a defect", 500
    ),
}
