"""A describer: weights, tables and taxonomy that are named together by one digest, and what they make of a text.

    model.json   format, taxonomy, the digest of each file, what it was trained on
    topics.bin   topic weights (`topics`)
    letters.bin  costs of letters (`letters`)
    lexicon.txt  known words (`lexicon`)

INVARIANT: pure; the same bytes under the same digest are described alike on every machine.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from brightline.domain.description import TextDescription, TextState
from brightline.domain.taxonomy import ATTENDED, LEAVES, ORDINARY
from brightline.use.errors import DescriberError
from brightline.use.letters import TABLE_BYTES, Letters
from brightline.use.lexicon import Lexicon
from brightline.use.topics import ANY, COLUMNS, Topics, windows
from brightline.use.training import Trained
from brightline.use.views import UNREAD_FROM, Known, Viewer

FORMAT = "brightline/describer/1"
MODEL_NAME, TOPICS_NAME, LETTERS_NAME, LEXICON_NAME = "model.json", "topics.bin", "letters.bin", "lexicon.txt"
MOST_BYTES = 10_000_000
_ANY_AT = COLUMNS.index(ANY)
# An explanation looks at no more words, and shows no more.
_MOST_WORDS = 200
_SHOWN_WORDS = 8


class Describer:
    """Describes texts; make it with `read`, or take the one that is `shipped`."""

    def __init__(self, topics: Topics, known: Known, *, digest: str, about: Mapping[str, object]) -> None:
        self.topics = topics
        self.known = known
        self._viewer = Viewer(known)
        self.digest = digest
        """The SHA-256 of `model.json`, which names all other files: in hexadecimal."""
        self.about = about

    @classmethod
    def read(cls, place: Traversable) -> "Describer":
        """The describer whose files lie in `place`; raises `DescriberError` unless they are those it names."""
        try:
            model = place.joinpath(MODEL_NAME).read_bytes()
            data = {name: place.joinpath(name).read_bytes() for name in (TOPICS_NAME, LETTERS_NAME, LEXICON_NAME)}
        except OSError as error:
            raise DescriberError("use/bad-describer", file=MODEL_NAME, why="a file is missing") from error
        try:
            about = json.loads(model)
            named = about["files"]
            fits = about["format"] == FORMAT and tuple(about["leaves"]) == LEAVES
        except (ValueError, KeyError, TypeError) as error:
            raise DescriberError("use/bad-describer", file=MODEL_NAME, why="it cannot be read") from error
        if not fits:
            raise DescriberError("use/bad-describer", file=MODEL_NAME, why="it is of another format or taxonomy")
        for name, content in data.items():
            if named.get(name) != hashlib.sha256(content).hexdigest():
                raise DescriberError("use/bad-describer", file=name, why=f"{MODEL_NAME} names another")
        if len(data[LETTERS_NAME]) != TABLE_BYTES:
            raise DescriberError("use/bad-describer", file=LETTERS_NAME, why="it has another length")
        try:
            lexicon = Lexicon.read(data[LEXICON_NAME].decode())
        except ValueError as error:
            raise DescriberError("use/bad-describer", file=LEXICON_NAME, why="it cannot be read") from error
        known = Known(Letters(data[LETTERS_NAME]), lexicon)
        digest = hashlib.sha256(model).hexdigest()
        return cls(Topics.decode(data[TOPICS_NAME]), known, digest=digest, about=about)

    def describe(self, text: str) -> TextDescription:
        """What `text` is for, as far as its words tell."""
        shown = self._viewer.views(text)
        every = [self.topics.score(window) for view in shown.texts for window in windows(view)]
        scores = {column: max(each) for column, each in zip(COLUMNS, zip(*every, strict=True), strict=True)}
        attention = scores.pop(ANY)
        if shown.unread >= UNREAD_FROM:
            return TextDescription(TextState.UNKNOWN, attention, "", scores, shown.evidence, len(shown.texts))
        leaf = _leaf(max(every, key=lambda each: each[_ANY_AT]))
        return TextDescription(TextState.SCORED, attention, leaf, scores, shown.evidence, len(shown.texts))

    def words(self, text: str) -> list[tuple[str, int]]:
        """The words of `text` that raise what it is described as the most, with what its score loses without them.

        In thousandths of a logit, the heaviest first; only those that count for it.
        """
        shown, found = self._viewer.views(text), self.describe(text)
        at = COLUMNS.index(found.leaf)
        every = [window for view in shown.texts for window in windows(view)]
        window = max(every, key=lambda each: self.topics.score(each)[_ANY_AT])
        whole = self.topics.score(window)[at]
        lost = []
        for word in list(dict.fromkeys(window.words))[:_MOST_WORDS]:
            (rest,) = windows(" ".join([each for each in window.words if each != word]))
            lost.append((word, whole - self.topics.score(rest)[at]))
        return sorted([each for each in lost if each[1] > 0], key=lambda each: -each[1])[:_SHOWN_WORDS]


def _leaf(scores: Sequence[int]) -> str:
    """The leaf of a window that scores so: the highest among those attended to, or among ordinary work."""
    ranked = ATTENDED if scores[_ANY_AT] > 0 else ORDINARY
    return max(ranked, key=lambda leaf: scores[COLUMNS.index(leaf)])


def write(trained: Trained, place: Path, *, about: Mapping[str, object]) -> str:
    """Write the files of a describer into `place`; its digest. Raises `DescriberError` above `MOST_BYTES`."""
    data = {
        TOPICS_NAME: trained.topics.encode(),
        LETTERS_NAME: trained.letters,
        LEXICON_NAME: trained.lexicon.write().encode(),
    }
    if sum(map(len, data.values())) > MOST_BYTES:
        raise DescriberError("use/bad-describer", file=TOPICS_NAME, why="the files are too large to ship")
    named = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(data.items())}
    model = json.dumps({"format": FORMAT, "leaves": LEAVES, "files": named, **about}, indent=1) + "\n"
    place.mkdir(parents=True, exist_ok=True)
    for name, content in data.items():
        (place / name).write_bytes(content)
    (place / MODEL_NAME).write_text(model, encoding="utf-8")
    return hashlib.sha256(model.encode()).hexdigest()
