"""What describing a use refuses.

BrightlineError
├── CountError       use/unreadable-count   a tool does not say how many people its call touches
├── GazetteerError   use/bad-gazetteer      the operator's list of names cannot be read
└── DescriberError   use/bad-describer      the files of a describer are not what they say
                     use/other-describer    the agreement names another describer than the one that is here
                     use/bad-examples       a file of labelled texts cannot be read
                     use/too-few-texts      a calibration has too few texts that count
                     use/not-reviewed       a text that a person has to read before a calibration has no verdict
                     use/too-many-dropped   so many texts were dropped that others went unread
                     use/nothing-to-train   there are no texts to train on, or of one side alone
                     use/no-trainer         the extra `train` is not installed
"""

from brightline.domain.errors import BrightlineError


class CountError(BrightlineError):
    """Nobody can tell how many people a call touches, and its register lets nothing run then."""


class GazetteerError(BrightlineError):
    """The operator's list of names cannot be read."""


class DescriberError(BrightlineError):
    """A describer cannot be read, or cannot be trained."""
