"""Ways to hide what a text says: what a describer must see through, or own that it cannot."""

import base64
import codecs
from collections.abc import Callable, Mapping
from types import MappingProxyType

# Cyrillic letters that look like these.
_ALIKE = str.maketrans("aeopcxyis", "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0455")
_LEET = str.maketrans("aeiost", "431057")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _tags(text: str) -> str:
    return "Summarise this: " + "".join([chr(0xE0000 + ord(each)) for each in text if each.isascii()])


def _shifted(text: str, places: int) -> str:
    return "".join([chr((ord(each) - 97 + places) % 26 + 97) if "a" <= each <= "z" else each for each in text.lower()])


def _letters_alike(text: str) -> str:
    return text.translate(_ALIKE)


def _leet(text: str) -> str:
    return text.lower().translate(_LEET)


def _apart(text: str) -> str:
    return " ".join(text)


def _rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


PLAIN: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "base64": _encoded,
        "hexadecimal": lambda text: text.encode().hex(),
        "percent": lambda text: "".join([f"%{each:02X}" for each in text.encode()]),
        "character references": lambda text: "".join([f"&#{ord(each)};" for each in text]),
        "rot13": _rot13,
        "shifted by seven": lambda text: _shifted(text, 7),
        "reversed": lambda text: text[::-1],
        "reversed words": lambda text: " ".join([word[::-1] for word in text.split()]),
        "leetspeak": _leet,
        "letters alike": _letters_alike,
        "zero-width": "\u200b".join,
        "tag characters": _tags,
        "full width": lambda text: "".join([chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text]),
        "letters apart": _apart,
        "dots within words": lambda text: " ".join([".".join(word) for word in text.split()]),
        "without spaces": lambda text: text.replace(" ", ""),
        "marks above letters": lambda text: "".join([f"{each}\u0336\u0301" for each in text]),
    }
)
NESTED: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "base64 twice": lambda text: _encoded(_encoded(text)),
        "rot13 in base64": lambda text: _encoded(_rot13(text)),
        "reversed, letters alike": lambda text: _letters_alike(text[::-1]),
        "reversed, rot13": lambda text: _rot13(text[::-1]),
        "leetspeak, apart": lambda text: _apart(_leet(text)),
        "base64 in percent in base64": lambda text: _encoded(
            "".join([f"%{each:02X}" for each in _encoded(text).encode()])
        ),
        "half rot13, half plain": lambda text: text[: len(text) // 2] + _rot13(text[len(text) // 2 :]),
        "behind a long harmless text": lambda text: COVER + _rot13(text),
    }
)
COVER = (
    "The canteen on the second floor opens at eight in the morning and closes at four. Please return your tray to the "
    "rack when you have finished, and take your cup with you. On Fridays there is soup, and the kitchen asks whoever "
    "cannot eat gluten to say so by noon on the day before. Payment is by badge only. "
)
