"""Messages of the stage `metering`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "metering/bad-state": Message(
        "a window of a meter cannot be read: {why}",
        "run `brightline meter rebuild`, which counts again from the ledger",
        503,
    ),
    "metering/no-record": Message(
        "meter entry {index} of the ledger has lost its record, so the meters cannot be counted",
        "restore the data directory from a backup; until then nothing is permitted",
        503,
    ),
    "metering/bad-record": Message(
        "meter entry {index} of the ledger cannot be read, so the meters cannot be counted",
        "put back `keys/meter.key` as it was when the entry was written; until then nothing is permitted",
        503,
    ),
    "metering/changed": Message(
        "the meters were changed while they were counted again",
        "run the command again",
        409,
    ),
    "metering/no-meters": Message(
        "the agreement in force has no meters",
        "name some in the manifest's `meters`, and have the parties sign that version",
        404,
    ),
    "metering/no-entry": Message(
        "entry {index} is no meter entry of the log in use",
        "find one with `brightline ledger show --last 100`; its kind is `meter`",
        404,
    ),
    "metering/no-sketches": Message(
        "a meter counts more people than are kept one by one, and the library that goes on is not installed",
        "install `datasketches`, or have the parties sign a version that keeps more people one by one (`exact_to`)",
        503,
    ),
    "metering/provider-runs": Message(
        "the provider would run the tool `{tool}` itself, and what it touches is counted: nobody here could count it",
        "offer a tool that the caller runs, or have the agreement count it in no meter",
        403,
    ),
}
