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
    "metering/authority-unknown": Message(
        "no authority `{authority}` is registered",
        "see `brightline authority list`",
        404,
    ),
    "metering/authority-known": Message(
        "an authority `{authority}` was registered before",
        "give the new one another id: each authority is registered once",
        409,
    ),
    "metering/authority-elsewhere": Message(
        "authority `{authority}` is for another agreement, or for a unit that the agreement does not list",
        "register it with the gateway that serves its unit",
        403,
    ),
    "metering/authority-over": Message(
        "authority `{authority}` has expired",
        "have its issuer sign a new one",
        403,
    ),
    "metering/authority-kind": Message(
        "the agreement knows no authority of the kind `{kind}`",
        "use one of the manifest's `authorities`",
        403,
    ),
    "metering/authority-persons": Message(
        "the authority covers {persons} persons, and one of the kind `{kind}` may cover {most}",
        "have it cover fewer persons",
        403,
    ),
    "metering/authority-long": Message(
        "the authority is valid for longer than the {seconds} seconds that one of the kind `{kind}` may be",
        "have its issuer sign a shorter one",
        403,
    ),
    "metering/authority-unsigned": Message(
        "the authority does not have signatures by {k} of the keys that may sign the kind `{kind}`, and by no others",
        "have it signed with `brightline authority sign`, each with a key that the manifest lists for the kind",
        403,
    ),
    "metering/authority-exhausted": Message(
        "authorities of the kind `{kind}` would cover more than the {most} persons that the agreement lets them",
        "ask for fewer persons, or wait until earlier ones have left the window",
        403,
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
