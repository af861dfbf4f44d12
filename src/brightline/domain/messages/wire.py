"""Messages of the stage `wire`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "wire/not-json": Message("the body is not valid JSON", "send one JSON object as RFC 8259 defines it", 400),
    "wire/not-an-object": Message("the body is JSON but not an object", "send one JSON object", 400),
    "wire/invalid-utf8": Message(
        "the body is not valid UTF-8", "encode text as UTF-8, without lone surrogates or a byte order mark", 400
    ),
    "wire/duplicate-key": Message(
        "an object in the body has the same key twice", "name every key once in each object", 400
    ),
    "wire/too-deep": Message(
        "the body is nested deeper than {limit} levels", "flatten the objects and arrays you send", 400
    ),
    "wire/too-many-parts": Message(
        "the body has more than {limit} objects and arrays", "send less structure in one call", 400
    ),
    "wire/too-large": Message("the body is larger than {limit} bytes", "send less in one call", 413),
    "wire/missing-field": Message("the field `{field}` is missing", "add `{field}` as the API reference says", 400),
    "wire/wrong-type": Message(
        "the field `{field}` must be {expected}", "send `{field}` as the API reference says", 400
    ),
    "wire/bad-name": Message(
        "the field `{field}` is not a name that can be read in one way only",
        "use 1 to 256 visible ASCII characters for a model; for a tool 1 to 128 letters, digits or any of `_ - . /`",
        400,
    ),
    "wire/bad-claim": Message(
        "what `{field}` states cannot be used",
        "state 1 to 256 printable ASCII characters, without a space at either end",
        400,
    ),
    "wire/unknown-claim": Message(
        "the call states something under a `brightline` name that nobody knows",
        "use `mission`, `purpose` or `authority`, and look for a spelling mistake",
        400,
    ),
    "wire/claims-disagree": Message(
        "header and metadata state different values for `{field}`", "state `{field}` once, or the same twice", 400
    ),
    "wire/names-another-model": Message(
        "the field `{field}` names another model, which nobody decided about",
        "remove `{field}`; which deployment serves a name is set in the agreement",
        400,
    ),
    "wire/unseen-content": Message(
        "the field `{field}` refers to a conversation that the provider keeps and the gateway cannot see",
        "send the whole conversation in `messages`",
        400,
    ),
    "wire/unknown-query": Message(
        "the query of this path is not understood", "leave the query out and put everything into the body", 400
    ),
    "wire/answer-garbage": Message(
        "the provider's answer is not in its own format",
        "try again; if it stays, ask the operator to check the deployment's base URL",
        502,
    ),
    "wire/answer-unknown-event": Message(
        "the provider's answer has a part of an unknown kind",
        "leave out the feature that brings it, or ask the operator for a newer Brightline",
        502,
    ),
    "wire/answer-unclear-tool": Message(
        "the provider's answer calls a tool in a way that can be read as two different calls",
        "try again; if it stays, tell the operator which deployment answered",
        502,
    ),
    "wire/answer-too-large": Message(
        "one event of the provider's answer is larger than {limit} bytes", "ask for less in one call", 502
    ),
    "wire/answer-after-end": Message(
        "the provider sent more after the end of its answer", "try again; if it stays, tell the operator", 502
    ),
    "wire/answer-truncated": Message(
        "the provider's answer stopped before its end", "try again; what came so far is not a whole answer", 502
    ),
}
