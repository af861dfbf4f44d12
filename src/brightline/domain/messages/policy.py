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
    "policy/unusable-fact": Message(
        "the fact `{name}` has a value that the agreement's schema has no place for",
        "call with an ordinary value; if yours is one, report it, the schema should have a place for it",
        400,
    ),
    # Refusals of a use: the code of a `Decision`, so their words have no blanks
    "policy/deployment-not-authorised": Message(
        "this deployment is not authorised in this enclave",
        "ask for one of the names that `GET /v1/models` lists, or have both parties authorise the deployment here",
        403,
    ),
    "policy/absent-entity": Message(
        "the caller's organisation and unit are not in the agreement",
        "use a key of a unit that the agreement lists, or have both parties list yours",
        403,
    ),
    "policy/errored-forbid": Message(
        "a prohibition could not be evaluated, so the use is refused",
        "tell the author of the policies named in the reasons; nothing like this passes until they are mended",
        403,
    ),
    "policy/forbidden": Message(
        "the agreement forbids this use",
        "read the reasons: each names a policy that forbids it",
        403,
    ),
    "policy/not-permitted": Message(
        "no rule of the agreement permits this use",
        "ask the party whose layer the reasons name to permit it",
        403,
    ),
    # An agreement that cannot serve
    "policy/agreement-faults": Message(
        "the agreement has faults ({count}), the first: {first}",
        "run `brightline agreement check` to see all of them",
    ),
    "policy/unknown-enclave": Message(
        "the agreement has no enclave `{enclave}`",
        "set `enclave` to one that it has: {known}",
    ),
    "policy/engine-disagrees": Message(
        "our engine and the reference engine decide sample request {sample} differently",
        "do not use this agreement, and report it: it shows a defect of Brightline",
    ),
    # Faults of an agreement's directory
    "policy/missing-file": Message("`{name}` is missing", "add it; docs/agreement.md lists what belongs there"),
    "policy/unreadable-file": Message("cannot be read: {why}", "make it an ordinary UTF-8 file within the size limits"),
    "policy/unknown-file": Message(
        "`{name}` does not belong to an agreement",
        "remove it: nothing may lie in the directory that the agreement's digest does not cover",
    ),
    "policy/bad-json": Message("not strict JSON: {why}", "mend the file here"),
    "policy/bad-field": Message("`{field}` {problem}", "compare with the form in docs/agreement.md"),
    "policy/unknown-deployment": Message(
        "{where} names deployment `{deployment}`, which is not listed{near}",
        "list it under `deployments`, or name one that is",
    ),
    "policy/foreign-vendor": Message(
        "deployment `{deployment}` is of vendor `{other}`; this agreement is with `{vendor}`",
        "put it into an agreement with its own vendor",
    ),
    "policy/schema-differs": Message(
        "the schema is not the one that this gateway decides by",
        "copy `schema.json` from the sample agreement of this release",
    ),
    "policy/syntax": Message("not Cedar: {why}", "mend the policy here"),
    "policy/invalid": Message("does not fit the schema: {why}", "compare with schema.json"),
    "policy/unsupported": Message(
        "uses {construct}, which is not supported",
        "write the policy without it; a refused construct never passes as permitted",
    ),
    "policy/missing-id": Message("the policy has no `@id`", 'write `@id("a-unique-name")` before it'),
    "policy/duplicate-id": Message(
        "the id `{policy}` is taken by {other}", "give each policy of all layers an id of its own"
    ),
    "policy/unknown-annotation": Message(
        "there is no annotation `@{name}`{near}", "use `@id`, `@reason`, `@hint`, `@clause` or `@source`"
    ),
    "policy/hold-not-yet": Message(
        "`@hold` comes with sign-off, which this release does not have",
        "forbid the use for now, or permit it without a hold",
    ),
    "policy/law-permit": Message(
        "policy `{policy}` permits, and the law layer holds prohibitions only",
        "move it to the vendor or operator layer, or turn it into a forbid",
    ),
    "policy/claimed-red-line": Message(
        "prohibition `{policy}` of the law layer rests on what the caller states",
        "rest it on `context.fact` alone: a caller can state anything",
    ),
    "policy/unknown-entity": Message(
        "`{kind}` `{name}` is not in the manifest{near}", "name one that is, or list it in the manifest"
    ),
}
