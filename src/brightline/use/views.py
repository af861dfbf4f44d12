"""A text as its words can be read, whatever was done to hide them: the views that a describer scores.

What is hidden is shown, also inside of one another: characters that look like others, invisible ones, letters apart
from each other or in another order, shifted alphabets, encodings. What stays unread is counted, never left out.
INVARIANT: pure, and bounded: no text takes more than `DEEPEST` rounds, nor has more than `MOST_VIEWS` views.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import unquote

from anyascii import anyascii

from brightline.use.hidden import DEEPEST, hidden_in, without_runs
from brightline.use.letters import READABLE, STRANGE, Letters, Span
from brightline.use.lexicon import Lexicon, Words
from brightline.use.shape import Shape

MOST_VIEWS = 12
MOST_CHARACTERS = 1 << 20
# So many letters that nobody can read are more than a name or a number.
UNREAD_FROM = 24
_LOOKED_AT = 240
_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_LONG_FROM, _FEWEST_APART, _FEWEST_MARKS = 14, 5, 4
_APART = re.compile(rf"(?<!\w)\w(?:([^\w\n]{{1,3}}+)\w){{{_FEWEST_APART - 1},}}+(?!\w)")
_GAP = re.compile(r"[^\w\n]+")
_APOSTROPHE = "'"
_INSIDE = re.compile(r"(?<=[a-z])[^\w\s](?=[a-z])")
_WORDED = re.compile(r"\w")
_PIECE = re.compile(r"\S+")
_LONG = re.compile(rf"[a-z]{{{_LONG_FROM},}}+")
# Digits or marks within a word or at its beginning; and what can be such a word once others of them were seen.
_MIXED = re.compile(r"[0-9@$!|+]{1,3}+[a-z]")
_MIXED_OR_ALONE = re.compile(r"[a-z0-9@$|+]{1,40}+(?:![a-z0-9@$|+]{1,40}+)*")
_FEW_MIXED = 3
_BEFORE_MIXED = frozenset("abcdefghijklmnopqrstuvwxyz \n\t(\"'")
_LEET = tuple([str.maketrans("013456789@$!|+", letters) for letters in ("oieasgtbgasiit", "oleasgtbgaslit")])


class Views(NamedTuple):
    """The views of a text, the plainest first; what was done to hide words; and how many letters nobody can read."""

    texts: tuple[str, ...]
    evidence: frozenset[str]
    unread: int


@cache
def _looks_like() -> dict[int, str]:
    table = files("brightline.use").joinpath("confusables.txt").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {ord(each): seen for seen, alike in rows for each in alike}


class Known(NamedTuple):
    """The language of a describer."""

    letters: Letters
    lexicon: Lexicon

    def better(self, text: str, *others: str) -> str | None:
        """The one of `others` that reads best, or none where `text` reads better than all."""
        least = min(others, key=self.letters.cost)
        return least if self.letters.cost(least) < self.letters.cost(text) else None

    def trimmed(self, text: str, span: Span) -> Span:
        """`span` without the known words at its ends, where something is left of it."""
        found = list(_PIECE.finditer(text, span.start, span.end))
        odd = [at for at, each in enumerate(found) if not self.lexicon.knows(each[0])]
        if not odd:
            return span
        start, end = found[odd[0]].start(), found[odd[-1]].end()
        return Span(start, end, sum(map(str.isalpha, text[start:end])))


class Viewer:
    """Makes views of texts in the language that is `known`."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._letters = known.letters

    def views(self, text: str) -> Views:
        """All views of `text`."""
        found: dict[str, None] = {}
        evidence: set[str] = set()
        unread = max(0, len(text) - MOST_CHARACTERS)
        waiting = [(text[:MOST_CHARACTERS], 0)]
        while waiting:
            each, depth = waiting.pop(0)
            plain, hidden = self._unmasked(each, evidence)
            read, left = self._read(plain, evidence)
            unread += left
            for view in read:
                if len(found) < MOST_VIEWS:
                    found[view] = None
                elif view not in found:
                    unread += len(view)
            for inner in hidden:
                if inner is None or depth == DEEPEST:
                    unread += UNREAD_FROM
                else:
                    evidence.add("encoded")
                    waiting.append((inner, depth + 1))
        return Views(self._readable(tuple(found)), frozenset(evidence), unread)

    def _readable(self, views: tuple[str, ...]) -> tuple[str, ...]:
        """Those of `views` whose words are known, where there are any: what hid them, or is left, says nothing."""
        if len(views) == 1:
            return views
        known = tuple([view for view in views if self._known.lexicon.knows_most(view)])
        return known or tuple([view for view in views if _WORDED.search(view)]) or views

    def _unmasked(self, text: str, evidence: set[str]) -> tuple[str, list[str | None]]:
        """`text` in small letters that are what they look like, and what is hidden in it."""
        hidden: list[str | None] = []
        if not text.isascii():
            hidden += _smuggled(text)
            text = self._seen(text, evidence)
        if "&" in text and ";" in text:
            text = html.unescape(text)
        if text.count("%") > 2:
            text = unquote(text)
        shown = list(hidden_in(text))
        return (without_runs(text) if shown else text).lower(), hidden + shown

    def _seen(self, text: str, evidence: set[str]) -> str:
        folded = unicodedata.normalize("NFKC", text.casefold())
        shown = "".join([each for each in folded if unicodedata.category(each) not in _UNSEEN or each in "\n\t\r"])
        if len(folded) - len(shown) > 2:
            evidence.add("invisible")
        if shown.isascii():
            return shown
        apart = unicodedata.normalize("NFD", shown)
        bare = "".join([each for each in apart if unicodedata.category(each) != "Mn"])
        if 3 * (len(apart) - len(bare)) > len(bare):
            evidence.add("marks")
        alike = bare.translate(_looks_like())
        if _mixed_scripts(bare):
            evidence.add("mixed-scripts")
        if alike.isascii():
            return alike
        spoken = anyascii(bare).lower()
        alike = anyascii(alike).lower()
        return min(alike, spoken, key=self._letters.cost)

    def _read(self, text: str, evidence: set[str]) -> tuple[list[str], int]:
        """The views of a text that is in no encoding, and how many letters of it are not read."""
        read = [text]
        shape = Shape(text)
        for name, might, change in _CHANGES:
            changed = change(text, self._known) if might(shape) else None
            if changed is not None:
                evidence.add(name)
                text = changed
                shape = Shape(text)
                read.append(text)
        told, unread, lexicon = [text, text], 0, self._known.lexicon
        words = lexicon.words(text)
        for span in reversed(self._hidden_spans(words)):
            hidden = text[span.start : span.end]
            shown, how = self._undone(hidden, short=not span.letters)
            evidence.update(how)
            if not shown and span.letters and lexicon.unknown(lexicon.words(hidden), least=UNREAD_FROM):
                unread += max(span.letters, UNREAD_FROM)
            # By itself too: a harmless text around it does not thin it out.
            read += shown
            for at, piece in enumerate(shown):
                told[at] = told[at][: span.start] + piece + told[at][span.end :]
        read += told
        if told[0] != text:
            words = lexicon.words(told[0])
        return list(dict.fromkeys(read)), unread or lexicon.unknown(words, least=UNREAD_FROM)

    def _hidden_spans(self, words: Words) -> list[Span]:
        """The parts of a text that are to be undone, without the known words at their ends; all where they are most."""
        text = words.text
        if not words.odd:
            return []
        found = [self._known.trimmed(text, span) for span in self._letters.strange(text)]
        letters = sum([span.letters for span in found])
        if found and 5 * letters > 4 * sum(map(str.isalpha, text)):
            return [Span(0, len(text), letters)]
        # What is too short for its letters to look strange: its words must read once it is undone.
        rows = [Span(start, end, 0) for start, end in self._known.lexicon.rows(words)]
        found += [row for row in rows if all(row.end <= span.start or span.end <= row.start for span in found)]
        return sorted(found)

    def _undone(self, piece: str, *, short: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """`piece` as it reads once what was done to it is undone, in two ways, and what that was; nothing if unread.

        Letters alone do not tell whether words or all of a text were turned round: both ways may read.
        """
        letters = self._letters
        tried = []
        for names, shown in _orders(piece):
            shift, cost = letters.cheapest_shift(shown[:_LOOKED_AT])
            if cost <= (STRANGE if short else READABLE):
                how = (*names, "shifted") if shift else names
                clear = _shifted(shown, shift)
                if short and not (how and self._known.lexicon.knows_most(clear)):
                    continue
                tried.append((cost, len(how), _parted(clear, self._known) or clear, how))
        if not tried:
            return (), ()
        best, second, *_ = *sorted(tried), min(tried)
        return (best[2], second[2]), best[3]


_UNSEEN = frozenset({"Cf", "Cc", "Co", "Cs", "Cn"})


def _smuggled(text: str) -> Iterator[str]:
    """What stands in characters that show nothing: tags, and selectors of variants."""
    for run in _TAGS.findall(text):
        yield "".join([chr(ord(each) - 0xE0000) for each in run if 0xE0020 <= ord(each) < 0xE007F])
    for run in _SELECTORS.findall(text):
        data = bytes([ord(each) - 0xFE00 if ord(each) < 0xFF00 else ord(each) - 0xE0100 + 16 for each in run])
        yield data.decode("utf-8", "replace")


def _mixed_scripts(text: str) -> bool:
    """Whether a word has letters of more than one script."""
    return any(
        not word.isascii() and any(each.isascii() and each.isalpha() for each in word) and _foreign(word)
        for word in text.split()
    )


def _foreign(word: str) -> bool:
    return any(each.isalpha() and not unicodedata.name(each, "").startswith("LATIN") for each in word)


def _together(text: str, known: Known) -> str | None:
    """`text` with letters that stand apart put together, or none where none do."""
    if not _APART.search(text):
        return None
    return _APART.sub(lambda found: _joined(found[0], known.lexicon), text)


def _joined(run: str, lexicon: Lexicon) -> str:
    """The letters of `run` together; words part where the gap is another than the usual."""
    parts = _GAP.split(run)
    gaps = _GAP.findall(run)
    usual = Counter(gaps).most_common(1)[0][0]
    between = {gap: _APOSTROPHE if gap.strip(usual) == _APOSTROPHE else " " for gap in gaps} | {usual: ""}
    words = "".join([part + between[gap] for part, gap in zip(parts, [*gaps, usual], strict=True)])
    return words if " " in words else lexicon.split(words)


def _without_marks(text: str, known: Known) -> str | None:
    """`text` without marks inside its words, where there are more of them than hyphens and apostrophes make."""
    marks = len(_INSIDE.findall(text))
    if marks < _FEWEST_MARKS or marks * 4 < len(text.split()):
        return None
    return known.better(text, _INSIDE.sub("", text))


def _parted(text: str, known: Known) -> str | None:
    """`text` with spaces in runs of letters that are several known words, or none where there is no such run."""
    parted = _LONG.sub(lambda found: _pieces(found[0], known.lexicon), text)
    return parted if parted != text else None


def _pieces(run: str, lexicon: Lexicon) -> str:
    if lexicon.knows(run):
        return run
    parts = [lexicon.split(run[start : start + _LOOKED_AT]) for start in range(0, len(run), _LOOKED_AT)]
    words = " ".join(parts)
    return words if lexicon.knows_most(words) else run


def _unleeted(text: str, known: Known) -> str | None:
    """`text` with letters for the digits and marks that stand in their place."""
    mixed = [found.start() for found in _MIXED.finditer(text)]
    if len(mixed) < _FEW_MIXED or sum([not at or text[at - 1] in _BEFORE_MIXED for at in mixed]) < _FEW_MIXED:
        return None
    return known.better(text, *[_translated(text, table) for table in _LEET])


def _translated(text: str, table: dict[int, int]) -> str:
    return _MIXED_OR_ALONE.sub(lambda found: found[0].translate(table), text)


# What was done, whether the characters of a text allow that it was, and how it is undone.
_CHANGES: tuple[tuple[str, Callable[[Shape], bool], Callable[[str, Known], str | None]], ...] = (
    ("apart", lambda shape: shape.alone(_FEWEST_APART), _together),
    ("marks", lambda shape: shape.inside(_FEWEST_MARKS), _without_marks),
    ("leet", lambda shape: shape.mixed(_FEW_MIXED), _unleeted),
    ("run-together", lambda shape: shape.together(_LONG_FROM), _parted),
)


def _orders(piece: str) -> Iterator[tuple[tuple[str, ...], str]]:
    yield (), piece
    yield ("reversed",), piece[::-1]
    yield ("reversed",), " ".join([word[::-1] for word in piece.split(" ")])


def _shifted(text: str, shift: int) -> str:
    if not shift:
        return text
    table = {97 + number: 97 + (25 - number if shift == 26 else (number + 26 - shift) % 26) for number in range(26)}
    return text.translate(table)
