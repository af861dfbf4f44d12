"""Messages of the stage `use`."""

from collections.abc import Mapping

from brightline.domain.messages.message import Message

MESSAGES: Mapping[str, Message] = {
    "use/bad-describer": Message(
        "the file {file} of a describer cannot be used: {why}",
        "take the describer again from where it was made, all of its files together, or train it again",
        500,
    ),
    "use/bad-examples": Message(
        "the file {file} of labelled texts cannot be used, line {line}: {why}",
        "put the line right: a JSON object with `text` and `label`, or a pair with `leaf`, `restricted` and `benign`",
        400,
    ),
    "use/bad-gazetteer": Message(
        "the list of names {path} cannot be read, line {line}: {why}",
        "put the line right, one person a line with `|` between the ways to write the name, and start again",
        400,
    ),
    "use/no-trainer": Message(
        "a describer cannot be trained here: {why}",
        "install the extra: pip install 'brightline[train]'",
        500,
    ),
    "use/nothing-to-train": Message(
        "the texts given train no describer: {why}",
        "give files with texts labelled `restricted` and `benign`, in English and marked `train_ok`",
        400,
    ),
    "use/other-describer": Message(
        "the describer {wanted} is named, and this gateway has {found}",
        "run the release of Brightline that ships that describer, or sign a version that names the one that is here",
        503,
    ),
    "use/not-reviewed": Message(
        "text {number} of {file} has no verdict",
        "read it, and set its `verdict` to `ordinary` or `drop`",
        400,
    ),
    "use/too-few-texts": Message(
        "{found} ordinary texts are too few to calibrate an app",
        "give at least {least} of the app's own, no two alike",
        400,
    ),
    "use/too-many-dropped": Message(
        "{dropped} of the {read} texts that were read are dropped, so texts that nobody read would set the threshold",
        "find out why so many of them are in the set, and take another",
        400,
    ),
    "use/unreadable-count": Message(
        "a call of a tool does not say how many people it touches, or says more than {most}",
        "have the tool called with a count that its register can read, or with fewer people",
        403,
    ),
}
