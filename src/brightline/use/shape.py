"""What kinds of characters stand beside one another in a text, from one look at its bytes.

To see that a text holds nothing of a kind costs a tenth of looking for it with an expression. What is told here is
never less than what there is: whoever is told of something looks closely.
"""

import string

# Beside these stands whatever is no ASCII, as another mark.
_KINDS = (
    (string.whitespace, " "),
    (string.ascii_lowercase, "a"),
    (string.ascii_uppercase + "_", "A"),
    (string.digits, "0"),
    ("@$!|+", "@"),
)
_MARK = b"."


def _table(kinds: tuple[tuple[str, str], ...], other: bytes) -> bytes:
    table = bytearray(other * 256)
    for characters, kind in kinds:
        for each in characters:
            table[ord(each)] = ord(kind)
    return bytes(table)


_KIND = _table(_KINDS, _MARK)
_WORDED = _table(((string.ascii_letters + string.digits + "_", "w"),), b" ")
_ENCODED = _table(((string.ascii_letters + string.digits + "+/_-", "x"),), b" ")


def may_be_encoded(text: str, shortest: int) -> bool:
    """Whether `shortest` characters stand together that base64 and hexadecimal are made of."""
    return b"x" * shortest in text.encode("ascii", "replace").translate(_ENCODED)


class Shape:
    """What there may be in a `text` of small letters."""

    def __init__(self, text: str) -> None:
        data = f" {text} ".encode("ascii", "replace")
        self._kinds, self._words = data.translate(_KIND), data.translate(_WORDED)

    def alone(self, least: int) -> bool:
        """Whether `least` letters or digits may have none beside them."""
        # One space may part two of them, and is met once.
        return 2 * self._words.count(b" w ") >= least

    def inside(self, least: int) -> bool:
        """Whether `least` marks may stand within words."""
        return self._kinds.count(b".a") + self._kinds.count(b"@a") >= least

    def mixed(self, least: int) -> bool:
        """Whether `least` letters follow a digit or a mark that may stand for one."""
        return self._kinds.count(b"0a") + self._kinds.count(b"@a") >= least

    def together(self, least: int) -> bool:
        """Whether `least` letters stand together."""
        return b"a" * least in self._kinds
