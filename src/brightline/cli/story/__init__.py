"""The demo's story: one chapter a file, told in order on one stage.

A chapter takes the stage, does one thing that a user of the product would do, and returns the one line that tells what
happened and why; when it does not happen it raises `StoryError`. A later part of the product adds its chapter here.

Face: `CHAPTERS`, `Chapter`, `Stage`.
INVARIANT: a chapter sees only what a user or an administrator sees: HTTP, the command line's own ways, the log's files.
"""

from brightline.cli.story import enclave, law, people, question, signing, tampering, verification, wording
from brightline.cli.story.stage import Chapter, Stage

__all__ = ["CHAPTERS", "Chapter", "Stage"]

CHAPTERS: tuple[Chapter, ...] = (
    question.CHAPTER,
    law.CHAPTER,
    enclave.CHAPTER,
    signing.CHAPTER,
    people.CHAPTER,
    wording.CHAPTER,
    verification.CHAPTER,
    tampering.CHAPTER,
)
