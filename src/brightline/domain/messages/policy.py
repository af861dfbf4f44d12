"""Messages of the stage `policy`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    # A request that names what the agreement does not have
    "policy/unknown-model": Message(
        "no model is called `{asked}` in agreement `{agreement}`",
        "ask for one of the names that `GET /v1/models` lists",
        404,
    ),
    "policy/alias-without-deployment": Message(
        "the name `{asked}` stands for no deployment",
        "the agreement withdrew this name; ask for one of the names that `GET /v1/models` lists",
        404,
    ),
    "policy/no-translation": Message(
        "no deployment behind `{asked}` speaks `{dialect}`",
        "call it in a dialect it speaks ({spoken}); translation between dialects does not exist yet",
        400,
    ),
    # Refusals of a use (the code of a Decision)
    "policy/deployment-not-authorised": Message(
        "deployment `{deployment}` is not authorised in enclave `{enclave}`",
        "ask for a model that is authorised here, or have both parties add it to the enclave in the agreement",
        403,
    ),
    "policy/absent-entity": Message(
        "`{entity}` is not named in the agreement",
        "have the agreement list this organisation and unit, or use a key that belongs to a listed one",
        403,
    ),
    "policy/errored-forbid": Message(
        "a prohibition could not be evaluated, so the use is refused",
        "tell the author of the policies named in the reasons; nothing passes until it can be evaluated",
        403,
    ),
    "policy/forbidden": Message(
        "the agreement forbids this use",
        "read the reasons: each names the policy that forbids it",
        403,
    ),
    "policy/not-permitted": Message(
        "no rule of the agreement permits this use",
        "ask the party of the layer named in the reasons to permit it",
        403,
    ),
    # An agreement that cannot serve
    "policy/agreement-faults": Message(
        "the agreement has {count} faults, the first: {first}",
        "run `brightline agreement check` to see all of them",
    ),
    "policy/unknown-enclave": Message(
        "the agreement has no enclave `{enclave}`",
        "set `enclave` to one of: {known}",
    ),
    "policy/engine-disagrees": Message(
        "our engine and the reference engine disagree about a sample request: {detail}",
        "do not use this agreement; report the policy, it shows a defect of Brightline",
    ),
}
