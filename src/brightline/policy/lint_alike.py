"""Finds words that look alike: misspelt, in another case, or in letters of another script."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

# How alike two words must be for one to be taken for the other misspelt: about one letter in six.
_ALIKE = 0.82
# Comparing costs the product of the lengths; no name that can be listed is longer.
_MAX_LETTERS = 128
_SEPARATORS = re.compile(r"[-_ .]+")
_DIGITS = re.compile(r"[0-9]+")
# Letters of other scripts that people cannot tell from Latin ones on a screen (Unicode TR39, the commonest).
_LATIN = str.maketrans(
    "аеорсухіјѕԁһоԛԝвкмнтАВЕКМНОРСТУХІЈЅαορνικτυχεΑΒΕΖΗΙΚΜΝΟΡΤΥΧı",
    "aeopcyxijsdhoqwbkmhtABEKMHOPCTYXIJSaopviktuxeABEZHIKMNOPTYXi",
)


def plain(word: str) -> str:
    """`word` as it looks: compatible forms, case, separators and look-alike letters made one."""
    latin = unicodedata.normalize("NFKC", word).translate(_LATIN)
    return _SEPARATORS.sub("-", latin.casefold().strip())


def look_the_same(word: str, other: str) -> bool:
    """Whether `word` is `other` but for case, separators and the script of its letters."""
    return word != other and plain(word) == plain(other)


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of `known` that `word` is a misspelling of; empty when there is none.

    Words that differ in numbers alone are names of different things.
    """
    if len(word) > _MAX_LETTERS:
        return ""
    bare = plain(word)
    matcher = SequenceMatcher(None, "", bare)
    best, found = _ALIKE, ""
    for other in sorted(name for name in known if len(name) <= _MAX_LETTERS):
        like = plain(other)
        if bare == like and word != other:
            return other
        if _DIGITS.sub("", bare) == _DIGITS.sub("", like):
            continue
        matcher.set_seq1(like)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
            best, found = matcher.ratio(), other
    return found


class Lookups:
    """Gives near misses, a bounded number of times: policies come from others, and each one costs."""

    def __init__(self, most: int) -> None:
        self._left = most

    def nearest(self, word: str, known: Iterable[str]) -> str | None:
        """As `nearest`; None when none is looked for any more."""
        if self._left <= 0:
            return None
        self._left -= 1
        return nearest(word, known)


def hint(near: str) -> str:
    """`; did you mean …`, or nothing."""
    return f"; did you mean `{near}`" if near else ""


def doubt_about(word: str) -> str:
    """Why the characters of `word` are not what they seem to a reader; empty when they are."""
    if word.isascii():
        return "" if word.isprintable() else "holds characters that cannot be seen"
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") for letter in word):
        return "holds characters that cannot be seen"
    if unicodedata.normalize("NFC", word) != word:
        return "is not in Unicode's composed form (NFC)"
    scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in word if letter.isalpha()}
    if len(scripts) > 1:
        return f"mixes letters of {' and '.join(sorted(script.capitalize() for script in scripts))}"
    return ""
