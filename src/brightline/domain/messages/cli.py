"""Messages of the stage `cli`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "cli/usage": Message("{why}", "see `{command} --help`"),
    "cli/platform": Message(
        "Brightline runs on Linux and macOS 13 or later, with Python 3.11 or later",
        "use such a machine; on Windows, install it inside WSL 2",
    ),
    "cli/system": Message("`{path}`: {why}", "mend what the system says about it, then run the command again"),
    "cli/no-space": Message("no space is left for `{path}`", "free some disk space, or use another disk"),
    "cli/defect": Message(
        "something inside Brightline failed ({kind} at {place})", "this is a defect of ours: please report this line"
    ),
    "cli/not-empty": Message(
        "`{path}` exists and is not empty", "name a directory that is not there yet; nothing is ever overwritten"
    ),
    "cli/not-a-directory": Message("`{path}` is not a directory", "check the path"),
    "cli/no-agreement": Message(
        "an agreement and the keys of its parties are needed",
        "give `--agreement DIR` with `--trust NAME=KEYID` for each key or `--trust-file FILE`, or try `--sample`",
    ),
    "cli/unknown-pack": Message("there is no pack `{pack}`", "name one of {known}"),
    "cli/pack-layer": Message(
        "pack `{pack}` does not belong into the layer `{layer}`",
        "copy it into the layer {layers}, or leave `--layer` out",
    ),
    "cli/file-exists": Message(
        "`{path}` exists already", "move it away, or copy into another agreement; nothing is ever overwritten"
    ),
    "cli/unreadable": Message("`{path}` cannot be read: {why}", "check the path and who may read it"),
    "cli/bad-text": Message("`{path}` is not one line of text", "the file holds the secret and nothing else, as UTF-8"),
    "cli/bad-person": Message(
        "line {line} of `{path}` names no person",
        "write one person a line: the kind of an identifier, a space, and its value, such as `email ann@example.org`",
    ),
    "cli/bad-answer": Message(
        "the running gateway answered something that is not understood",
        "use the `brightline` of the same version as the gateway (`brightline version`)",
    ),
    "cli/no-answer": Message(
        "the running gateway did not answer within {seconds} seconds", "look at its log, then try again"
    ),
    "cli/foreign-socket": Message(
        "`{path}` belongs to another user", "run the command as the user that runs the gateway"
    ),
    "cli/other-entry": Message(
        "the proof is for another entry than the receipt", "ask for the proof of the index that the receipt names"
    ),
    "cli/backup-exists": Message("`{path}` exists already", "name a place that is not there yet"),
    "cli/backup-broken": Message(
        "the backup is not whole: {why}", "use another backup; nothing was written from this one"
    ),
    "cli/backup-newer": Message(
        "the backup has format {format}, newer than this Brightline knows",
        "use the Brightline that wrote it, or a later one",
    ),
    "cli/port-taken": Message(
        "port {port} is taken", "choose another with `brightline demo --port {other}`, or stop what uses it"
    ),
    "cli/no-model": Message(
        "the local model cannot be had: {why}",
        "`brightline demo --no-model` tells the same story against a simulator",
    ),
    "cli/demo-space": Message(
        "{free} MB are free in `{path}`, and the demo needs {needed} MB",
        "free some space, or name a directory on another disk with `--dir`",
    ),
    "cli/story-broken": Message(
        "the step `{step}` did not go as it should: {why}",
        "run it again; if it stays, please report this line and the log `{log}`",
    ),
}
