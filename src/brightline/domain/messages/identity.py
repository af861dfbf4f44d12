"""Messages of the stage `identity`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "identity/no-credential": Message(
        "the call carries no API key",
        "send the key as `Authorization: Bearer KEY` or as `x-api-key: KEY`",
        401,
    ),
    # One text for unknown, revoked and malformed keys, so that a prober learns nothing from it.
    "identity/bad-credential": Message(
        "the API key is not valid",
        "check the key you send; whoever runs the gateway sees its keys with `brightline key list`",
        401,
    ),
    "identity/ambiguous-credential": Message(
        "the call carries more than one API key",
        "send one key, once, in one header",
        401,
    ),
    "identity/too-many-failures": Message(
        "too many calls without a valid API key came from this address",
        "wait {seconds} seconds, then call with a valid key",
        429,
    ),
    "identity/no-mission": Message(
        "the call states no mission and its key has no default mission",
        "state one in the header `Brightline-Mission`, or have a key made with a default mission",
        403,
    ),
    "identity/bad-mission": Message(
        "the mission stated is not a name",
        "a name has 1 to 64 letters, digits or any of `. _ - @ : /`, and starts with a letter or a digit",
        403,
    ),
    "identity/mission-not-allowed": Message(
        "this key may not act for mission `{mission}`",
        "state a mission the key allows, or have a key made for this mission",
        403,
    ),
    "identity/bad-name": Message(
        "`{field}` is not a name",
        "a name has 1 to 64 letters, digits or any of `. _ - @ : /`, and starts with a letter or a digit",
    ),
    "identity/bad-person": Message(
        "`{field}` does not name a person",
        "a person's name has 1 to 128 letters, digits or any of `. _ - @ : /`, starts with a letter or a digit, "
        "and stands so in the directory of people",
    ),
    "identity/too-many-names": Message(
        "`{field}` has more than {limit} entries",
        "make several keys, each with what one app needs",
    ),
    "identity/default-mission-not-allowed": Message(
        "the default mission `{mission}` is not among the key's missions",
        "add it with `--mission {mission}` or choose another default",
    ),
    "identity/bad-secret": Message(
        "the secret has characters that a header cannot carry, or is longer than {limit}",
        "use printable ASCII without spaces",
    ),
    "identity/weak-secret": Message(
        "the secret is too easy to guess",
        "use at least 32 characters of good variety, let `brightline key add` make one, "
        "or pass `--weak` for a test suite that fixes its key (the ledger records that)",
    ),
    "identity/secret-in-use": Message(
        "a key with this secret exists or existed",
        "choose another secret; a revoked secret never comes back",
    ),
    "identity/unknown-key": Message(
        "there is no key `{key_id}`",
        "see the ids with `brightline key list`",
    ),
    "identity/key-already-revoked": Message(
        "key `{key_id}` is revoked already", "nothing is left to do; it never works again"
    ),
}
