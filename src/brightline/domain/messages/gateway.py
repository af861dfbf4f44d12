"""Messages of the stage `gateway`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "gateway/no-trust": Message(
        text="there is no trust to judge the agreement by: `{path}` is not there, or cannot be read",
        hint="restore it from a backup; a directory of the first release is made anew with `brightline init`",
    ),
    "gateway/null-audience": Message(
        text="version {version} of the agreement reserves the effector id `{audience}` for decoys: no machine has it",
        hint="give the machine another id, or have the parties sign a version that reserves another",
    ),
    "gateway/unknown-agreement": Message(
        text="no version of the agreement with the digest `{digest}` took effect here",
        hint="name versions that are or were in force: `brightline ledger show` has their digests",
    ),
    "gateway/trust-changed": Message(
        text="`trust.json` is not the trust that log `{origin}` was opened under",
        hint="put the file back that `brightline init` wrote; parties and keys change by a new version only",
    ),
    "gateway/acceptance-differs": Message(
        text="the store says that version {version} was accepted, and the log does not",
        hint="restore the data directory from a backup, and find out who changed the store",
    ),
    "gateway/unsigned-house": Message(
        text="this data directory began under an agreement that nobody had signed",
        hint="make a new one with `brightline init`; keep this one for whoever inspects its log",
    ),
    "gateway/other-enclave": Message(
        text="this data directory is of enclave {known}, and its settings say `{enclave}`",
        hint="put the enclave's name back, or make another data directory for another enclave",
    ),
    "gateway/no-statement": Message(
        text="nobody states that version {version} is current in enclave `{enclave}`, so it would permit nothing",
        hint="sign one with `brightline agreement state-current`, and pass it with `--current`",
    ),
    "gateway/agreement-not-kept": Message(
        text="the agreement cannot be kept under `{path}`: {why}",
        hint="look at the disk, and at who may write there",
    ),
    "gateway/bad-http": Message(
        "this is not an HTTP/1.1 request that can be read in one way only",
        "send one Content-Length or chunked framing, CRLF line ends, no folded headers and no upgrade",
        400,
    ),
    "gateway/http-version": Message("only HTTP/1.1 is spoken here", "use an HTTP/1.1 client", 505),
    "gateway/method-not-allowed": Message(
        "this method is not served", "use GET or POST as the API reference says", 405
    ),
    "gateway/bad-target": Message("the request target is not a plain path", "ask for a path such as `/v1/models`", 400),
    "gateway/bad-host": Message("the request needs exactly one valid Host header", "send one Host header", 400),
    "gateway/trailers": Message("trailers after a chunked body are refused", "send all headers before the body", 400),
    "gateway/head-too-large": Message(
        "the request's headers are too large or too many", "send at most 100 headers and 32 KiB of them", 431
    ),
    "gateway/body-too-large": Message(
        "the body is larger than {limit} bytes", "send less, or ask the operator to raise `body_bytes`", 413
    ),
    "gateway/too-slow": Message("the request arrived too slowly", "send it again over a better connection", 408),
    "gateway/too-many-connections": Message(
        "this gateway holds as many connections as it may", "try again shortly", 503
    ),
    "gateway/too-many-requests": Message(
        "too many requests wait on this connection", "wait for answers, or use more connections", 429
    ),
    "gateway/too-many-uses": Message("this gateway runs as many uses as it may", "try again shortly", 503),
    "gateway/client-gone": Message(
        "the caller closed its connection before the answer was out", "keep the connection open until the end", 499
    ),
    "gateway/draining": Message("the gateway is shutting down", "send the request to another instance, or wait", 503),
    "gateway/not-found": Message("nothing is served at `{path}`", "see `/v1/models` and the quick start", 404),
    "gateway/idempotency-mismatch": Message(
        "this idempotency key was used before with another body",
        "use a new Idempotency-Key for a new request",
        422,
    ),
    "gateway/idempotency-running": Message(
        "a request with this idempotency key is still running", "wait for it, then repeat the request", 409
    ),
    "gateway/idempotency-spent": Message(
        "a request with this idempotency key ended without a whole answer; its entries are in the ledger",
        "use a new Idempotency-Key to try again",
        409,
    ),
    "gateway/bad-idempotency-key": Message(
        "the idempotency key must be 1 to 255 visible characters", "send a UUID as Idempotency-Key", 400
    ),
    "gateway/internal": Message(
        "the gateway could not finish this use, so it refused it",
        "try again; if it stays, give the operator the decision id",
        500,
    ),
    "gateway/settings-unreadable": Message(
        "the settings file `{path}` cannot be read: {why}", "mend the file, or make a new one with `brightline init`"
    ),
    "gateway/settings-invalid": Message(
        "the settings file `{path}` is not valid: {why}", "mend the field named, then start again"
    ),
    "gateway/settings-newer": Message(
        "the settings file `{path}` has format {format}, newer than this Brightline knows",
        "use the Brightline that wrote it, or a later one",
    ),
    "gateway/no-house": Message(
        "`{path}` is not a Brightline data directory", "make one with `brightline init {path}`"
    ),
    "gateway/port-taken": Message(
        "port {port} on {host} is taken", "stop what uses it, or choose another with `--port`"
    ),
    "gateway/admin-not-allowed": Message(
        "this user may not command the gateway", "run the command as the user that runs the gateway, or as root", 403
    ),
    "gateway/admin-bad-request": Message("the command is not understood", "use the `brightline` command line", 400),
    "gateway/no-proof": Message("there is no entry {index} in this log", "ask for an index below the log's size", 404),
    "gateway/too-many-records": Message(
        "the span holds more than {most} recorded uses",
        "export a shorter span, and the rest after it",
    ),
    "gateway/nothing-described": Message(
        "entry {index} has no description of its words",
        "name the entry of a call or of its answer, made under an agreement that names a describer",
        404,
    ),
    "gateway/cannot-write": Message(
        "`{path}` cannot be written: {why}", "mend what the system says, then export again"
    ),
}
