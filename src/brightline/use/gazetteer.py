"""People whom an operator lists by name, so that a name in prose counts too, and as one person however often it stands.

A line is one person: a name, and after `|` further ways to write it. Case, accents, punctuation and the space between
words do not matter. A name that stands for several lines counts as all of them.
LIMIT: only who is listed is found, and only in scripts that put spaces between words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from brightline.domain.data_subjects import Identifier
from brightline.use.errors import GazetteerError

KIND = "listed"
MOST_BYTES = 16 << 20
MOST_NAMES = 100_000
MOST_WORDS = 8
_FEWEST_CHARACTERS = 3
_WORD = re.compile(r"\w+")
_COMMENT = "#"


class Gazetteer:
    """Names, and who has each of them."""

    def __init__(self, persons: Iterable[Iterable[str]] = ()) -> None:
        self._persons: dict[str, tuple[str, ...]] = {}
        # By the first word of a name how many words names that begin with it have.
        self._lengths: dict[str, frozenset[int]] = {}
        for names in persons:
            self._add([_plain(name) for name in names])

    def __len__(self) -> int:
        return len(self._persons)

    @classmethod
    def read(cls, path: Path) -> "Gazetteer":
        """The names in the file at `path` (UTF-8); raises `GazetteerError`."""
        try:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise _fault(path, 0, (error.strerror or type(error).__name__).lower()) from error
        if len(data) > MOST_BYTES:
            raise _fault(path, 0, f"it has more than {MOST_BYTES} bytes")
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise _fault(path, data[: error.start].count(b"\n") + 1, "it is no UTF-8") from error
        return cls(_lines(path, text))

    def find(self, text: str) -> Iterator[Identifier]:
        """Everybody whom `text` names; each as often as it does."""
        if not self._persons:
            return
        words = _plain(text).split(" ")
        for at, word in enumerate(words):
            for length in self._lengths.get(word, ()):
                for person in self._persons.get(" ".join(words[at : at + length]), ()):
                    yield Identifier(KIND, person)

    def _add(self, names: list[str]) -> None:
        for name in names:
            first, *rest = name.split(" ")
            known = self._persons.get(name, ())
            if names[0] not in known:
                self._persons[name] = (*known, names[0])
            self._lengths[first] = self._lengths.get(first, frozenset()) | {1 + len(rest)}


NOBODY = Gazetteer()


def _lines(path: Path, text: str) -> Iterator[list[str]]:
    count, persons = 0, dict[str, int]()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(_COMMENT):
            continue
        names = [part.strip() for part in line.split("|")]
        for name in names:
            plain = _plain(name)
            if len(plain) < _FEWEST_CHARACTERS:
                raise _fault(path, number, f"a name needs {_FEWEST_CHARACTERS} letters or digits")
            if plain.count(" ") >= MOST_WORDS:
                raise _fault(path, number, f"a name may have {MOST_WORDS} words")
        if persons.setdefault(_plain(names[0]), number) != number:
            raise _fault(path, number, f"line {persons[_plain(names[0])]} begins with the same name")
        count += len(names)
        if count > MOST_NAMES:
            raise _fault(path, number, f"there are more than {MOST_NAMES} names")
        yield names


def _plain(text: str) -> str:
    """The words of `text` without case and accents, a space between them."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join([each for each in parts if not unicodedata.combining(each)])
    return " ".join(_WORD.findall(text.casefold()))


def _fault(path: Path, line: int, why: str) -> GazetteerError:
    return GazetteerError("use/bad-gazetteer", path=str(path), line=line, why=why)
