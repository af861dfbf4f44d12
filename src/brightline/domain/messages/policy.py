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
    "policy/held": Message(
        "this use waits for a sign-off, and is refused until it exists",
        "read the reasons: each names a policy that holds it, and who has to sign",
        403,
    ),
    "policy/not-permitted": Message(
        "no rule of the agreement permits this use",
        "ask the party whose layer the reasons name to permit it",
        403,
    ),
    "policy/engine-disagrees-live": Message(
        "our engine and the reference engine decide this use differently, so it is refused",
        "report it with the policies named in the reasons: it shows a defect of Brightline",
        403,
    ),
    "policy/no-decision": Message(
        "the reference engine gives no decision where ours gives one, so nothing is permitted",
        "report it with the agreement: it shows a defect of Brightline",
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
    # Looking at decisions
    "policy/request-action": Message(
        "the schema has no action `{action}`", "name one of the actions in schema.json; `generate` is the usual one"
    ),
    "policy/request-scope": Message(
        "a `{kind}` cannot be the {part} of action `{action}`", "schema.json lists what each action applies to"
    ),
    "policy/request-unknown": Message(
        "the request has `{path}`, which the schema does not know", "remove it, or write what schema.json lists"
    ),
    "policy/request-missing": Message("the request lacks `{path}`", "add it; schema.json lists what must be there"),
    "policy/request-type": Message("`{path}` is not {wanted}", "write a value of that type; schema.json lists them"),
    "policy/bad-request-file": Message(
        "{place}: not a request: {why}",
        "write it as `agreement diff --requests` does: principal, action, resource and context in Cedar's JSON form",
    ),
    "policy/diff-contradicted": Message(
        "a solver and our engine disagree about a request under the two versions",
        "do not rely on this diff, and report it: it shows a defect of Brightline",
    ),
    # Faults of an agreement's directory
    "policy/missing-file": Message("`{name}` is missing", "add it; docs/agreement.md lists what belongs there"),
    "policy/unreadable-file": Message("cannot be read: {why}", "make it an ordinary UTF-8 file within the size limits"),
    "policy/unknown-file": Message(
        "`{name}` does not belong to an agreement",
        "remove it: nothing may lie in the directory that the agreement's digest does not cover",
    ),
    "policy/bad-json": Message("not strict JSON: {why}", "mend the file here"),
    "policy/duplicate-field": Message("`{name}` stands twice in one object", "remove one of the two"),
    "policy/unknown-field": Message(
        "`{field}` is not a field of {where}{near}", "remove it, or write the field that you meant; docs/agreement.md"
    ),
    "policy/not-ascii": Message(
        "`{field}` holds letters beyond ASCII; the form is `{form}`",
        "write it in plain letters: a letter of another script can look like one of ours",
    ),
    "policy/old-format": Message(
        "format {found} is no longer read; this release reads format {wanted}",
        "move the manifest to format {wanted}: docs/agreement.md lists its fields, and `agreement new` writes one",
    ),
    "policy/bad-key": Message(
        "key `{key}` of party `{party}` is refused: {why}",
        "write what `brightline agreement key show` prints",
    ),
    "policy/shared-key": Message(
        "key `{key}` is listed for `{party}` and for `{other}`",
        "give each party keys of its own: a key speaks for one party",
    ),
    "policy/bad-parties": Message("{problem}", "docs/agreement.md says which parties an agreement has"),
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
        "there is no annotation `@{name}`{near}", "use those that docs/agreement.md lists, and nothing else"
    ),
    "policy/permit-hold": Message(
        "`@hold` stands at a permit, where it would hold nothing",
        "write a `forbid` with the hold beside the permit: it refuses until the sign-off exists",
    ),
    "policy/law-permit": Message(
        "policy `{policy}` permits, and the law layer holds prohibitions only",
        "move it to the vendor or operator layer, or turn it into a forbid",
    ),
    "policy/chosen-meter": Message(
        "the red line `{policy}` reads the meter `{meter}`, whose windows a caller can choose: {chosen}",
        "give the red line a meter that is kept by organisation, unit, enclave or agreement only",
    ),
    "policy/claimed-red-line": Message(
        "prohibition `{policy}` of the law layer rests on what the caller states",
        "rest it on `context.fact` alone: a caller can state anything",
    ),
    "policy/text-decides": Message(
        "policy `{policy}` lets what words seem to be for decide: {why}",
        "have it hold (`@hold`) where `context.text.held` or `.advised` contains a leaf, and rest the rest on facts",
    ),
    "policy/unlisted-word": Message(
        "`{path}` is compared with the {kind} `{word}`, which the agreement does not list{near}",
        "write it as it is listed, or list it: a prohibition that asks for a word nobody uses never fires",
    ),
    "policy/alike-roles": Message(
        "the role `{role}` looks like `{near}`, which other policies name",
        "name one role in one way; the agreement lists no roles, so nothing else would notice",
    ),
    "policy/doubtful-word": Message(
        "the word `{word}` {why}",
        "write it in plain letters: two words that look alike must not be two words",
    ),
    "policy/hidden-character": Message(
        "a character stands here that nobody sees: {name}",
        "delete it: it can make a policy look like another one",
    ),
    "policy/unknown-attribute": Message(
        "`{path}` has no attribute `{name}`, so this is never true{near}", "compare with schema.json"
    ),
    "policy/unlike-types": Message(
        "`{path}` is a `{kind}` and is compared with a `{other}`, which it never is",
        "compare it with one of its own type; schema.json lists them",
    ),
    "policy/missing-annotation": Message(
        "policy `{policy}` has no `@{name}`",
        "say where the rule comes from: `@clause` is the place in `@source`",
    ),
    "policy/wide-permit": Message(
        "permit `{policy}` is wider than its clause: it does not depend on {facts}, which `@limits` names",
        "add the condition, in every alternative, or correct `@limits` if the clause does not speak of it",
    ),
    "policy/unlimited-permit": Message(
        "permit `{policy}` permits everything to everybody, and does not say that its clause does",
        'narrow it, or write `@limits("nothing")` if its clause sets no limit',
    ),
    "policy/never-applies": Message(
        "policy `{policy}` can never apply: {why}",
        "look for a condition that contradicts another, the scope, or what the manifest lists",
    ),
    "policy/never-matters": Message(
        "policy `{policy}` can never matter: {why}",
        "remove it, or look for what it should have said",
    ),
    "policy/unknown-entity": Message(
        "`{kind}` `{name}` is not in the manifest{near}", "name one that is, or list it in the manifest"
    ),
    # Signatures, the sequence of versions, and statements that one is current
    "policy/unsigned": Message(
        "nobody has signed version {version} of agreement `{agreement}`",
        "have every party run `brightline agreement sign`",
    ),
    "policy/signed-another": Message(
        "what was signed is another manifest: {found}, and this one is {wanted}",
        "have every party sign this one, or fetch the files that they signed",
    ),
    "policy/swapped-file": Message(
        "`{file}` is not the file that was signed ({count} in all)",
        "fetch the files that the parties signed, or have every party sign these",
    ),
    "policy/another-agreement": Message(
        "this is agreement `{found}`, and the one in force is `{wanted}`", "activate a version of the one in force"
    ),
    "policy/rollback": Message(
        "version {version} is older than version {highest}, which was accepted",
        "an older version never comes back; have every party sign its contents as the next version",
    ),
    "policy/equal-version": Message(
        "another version {version} of agreement `{agreement}` was accepted before",
        "two agreements claim one version: find out who signed both, and have every party sign the next version",
    ),
    "policy/already-accepted": Message(
        "version {version} of agreement `{agreement}` is in force already", "nothing needs to be done"
    ),
    "policy/skipped-version": Message(
        "this is version {version}, and the next one is {wanted}", "activate the versions one after the other"
    ),
    "policy/unchained": Message(
        "this version follows {found}, and the one in force is {wanted}",
        "set `previous` to the digest of the version in force, and have every party sign",
    ),
    "policy/not-the-accepted": Message(
        "version {version} is {found}, and the version accepted last is {wanted}",
        "put back the files of the version accepted last: `brightline restore` does from a backup",
    ),
    "policy/broken-history": Message(
        "version {version} of the agreement, accepted before, cannot be read: {why}",
        "put its files back: `brightline restore` does from a backup",
    ),
    "policy/not-yet-valid": Message(
        "version {version} of agreement `{agreement}` is not valid yet",
        "activate it when its `not_before` has come",
        403,
    ),
    "policy/expired": Message(
        "version {version} of agreement `{agreement}` has expired, so nothing is permitted",
        "have every party sign the next version, and activate it",
        403,
    ),
    "policy/party-without-keys": Message(
        "party `{party}` must sign with {k} keys and lists {count}",
        "enter its keys in the manifest: `brightline agreement key show` prints the entry",
    ),
    "policy/no-such-party": Message("there is no party `{party}`", "name one of the manifest's parties: {known}"),
    "policy/key-not-listed": Message(
        "key {key} is not listed for {party}",
        "enter it in the manifest first; the version in force must list it too, or its keys must sign as well",
    ),
    "policy/unknown-signer": Message(
        "key {key} signed, and no party lists it", "remove its signature, or enter the key for its party and sign anew"
    ),
    "policy/forged-signature": Message(
        "the signature under key {key} of `{party}` was not made by that key over this agreement",
        "do not use this agreement; ask `{party}` whether it signed it",
    ),
    "policy/one-party-alone": Message(
        "only `{party}` has signed; missing: {missing}", "have every party sign: one alone changes nothing"
    ),
    "policy/one-party-twice": Message(
        "all signatures are by keys of `{party}`; missing: {missing}",
        "have every party sign: further keys of one party count for no other",
    ),
    "policy/missing-signatures": Message(
        "signatures are missing of: {missing}", "have them run `brightline agreement sign`"
    ),
    "policy/party-change": Message(
        "the parties or their keys change, and signatures are missing of: {missing}",
        "such a change needs k signatures by the keys of the version in force and k by the new ones, of each party",
    ),
    "policy/genesis-differs": Message(
        "party `{party}` is not listed with the role, keys and k that were read out of band",
        "compare the key ids with the party in person; then mend the trust or the manifest",
    ),
    "policy/bad-trust": Message("`{file}` states no trust: {why}", "compare with the form in docs/agreement.md"),
    "policy/tightening-without-right": Message(
        "only `{party}` has signed, and the agreement in force does not let it tighten alone",
        "have every party sign; `may_tighten` in the version in force gives that right",
    ),
    "policy/tightening-changes": Message(
        "only `{party}` has signed, and this version changes {what}",
        "have every party sign, or change no more than added prohibitions and lowered limits",
    ),
    "policy/tightening-without-solver": Message(
        "only `{party}` has signed, and no solver is installed to show that less is permitted",
        'run `pip install "brightline[prove]"`, or have every party sign',
    ),
    "policy/not-current": Message(
        "the last statement that agreement `{agreement}` is current in enclave `{enclave}` has run out",
        "have the parties named for it sign a new one: `brightline agreement state-current`",
        403,
    ),
    "policy/bad-current": Message("the statement cannot be read: {why}", "make it anew with `agreement state-current`"),
    "policy/current-of-another": Message(
        "the statement is about another {what}: `{found}`, and not `{wanted}`",
        "make one for the version in force, in this enclave",
    ),
    "policy/current-too-long": Message(
        "the statement lasts {days} days, and enclave `{enclave}` allows 1 to {most}", "make one that lasts less"
    ),
    "policy/current-unsigned": Message(
        "the statement lacks signatures of: {missing}",
        "have every party in `current_by` sign it: `brightline agreement state-current --add`",
    ),
    "policy/current-goes-back": Message(
        "the statement for agreement `{agreement}` in enclave `{enclave}` is older than the one held",
        "use the newest statement; an older one never replaces it",
    ),
    "policy/current-ahead": Message(
        "the statement for agreement `{agreement}` in enclave `{enclave}` was issued in the future",
        "compare the clocks of whoever issued it and of this machine",
    ),
    # Red lines, their proof, and its certificate
    "policy/red-line-permit": Message(
        "a red line must be a `forbid`: it says what must never be permitted",
        "write it as `forbid`, or move it to the vendor or operator layer",
    ),
    "policy/no-red-lines": Message(
        "the agreement has no red lines, so there is nothing to prove",
        "write at least one in `redlines/*.cedar`; docs/agreement.md shows the form",
    ),
    "policy/red-line-crossed": Message(
        "red line `{red_line}` does not hold: a request crosses it and is {effect}",
        "forbid it in a layer: the request shown was decided by both engines; {policies} let it pass",
    ),
    "policy/red-line-errors": Message(
        "prohibition `{policy}` cannot be evaluated for a request",
        "guard what can fail with `has`, or do without arithmetic; the request shown makes it fail",
    ),
    "policy/vacuous-red-line": Message(
        "no request can cross red line `{red_line}`, so its proof says nothing",
        "look for a condition that contradicts another, or that the schema rules out",
    ),
    "policy/misspelt-trigger": Message(
        "red line `{red_line}` asks for `{word}`, which the agreement knows nowhere{near}",
        "write the word as the registers and layers write it, or list it where it belongs",
    ),
    "policy/empty-agreement": Message(
        "the agreement permits nothing to anybody, so a proof about it says nothing",
        "have vendor and operator each permit something to a unit and deployment that the manifest lists",
    ),
    "policy/not-proved": Message(
        "the claim `{claim}` is not proved: {why}",
        "give the solvers more time (`--seconds`), or write the policies more simply; unknown never counts as proved",
    ),
    "policy/no-certificate": Message(
        "there is no certificate of a proof", "run `brightline agreement prove` on the agreement"
    ),
    "policy/no-solver": Message(
        "the solver `{solver}` is not installed",
        'install both solvers with `pip install "brightline[prove]"`',
    ),
    "policy/replay-differs": Message(
        "two engines differ about a request that a solver found: {why}",
        "report it with the agreement; one of the engines has a fault",
    ),
    "policy/bad-certificate": Message(
        "the certificate cannot be read: {why}", "make it anew with `brightline agreement prove`"
    ),
    "policy/foreign-certificate": Message(
        "the certificate is for other policies: it names {found}, and these are {wanted}",
        "prove the agreement as it is, with `brightline agreement prove`",
    ),
    "policy/certificate-claims": Message(
        "the certificate does not make the claims that these red lines need: {what}",
        "make it anew with `brightline agreement prove`, in this release",
    ),
    "policy/certificate-formula": Message(
        "the formula of claim `{claim}` is not the one that these policies give",
        "do not trust the certificate; make it anew with `brightline agreement prove`, in this release",
    ),
    "policy/certificate-verdict": Message(
        "the certificate's verdict on claim `{claim}` is not confirmed: {why}",
        "do not trust the certificate; make it anew with `brightline agreement prove`",
    ),
    "policy/certificate-witness": Message(
        "a witness of claim `{claim}` does not show what the certificate says: {why}",
        "do not trust the certificate; make it anew with `brightline agreement prove`",
    ),
    "policy/tightening-widens": Message(
        "the change is no tightening: a request that was {before} would be {after}",
        "have every party sign it; one signature is enough only for what permits less",
    ),
    "policy/tightening-not-shown": Message(
        "it could not be shown that the change only tightens: {why}",
        "have every party sign it, or make the change simpler",
    ),
}
