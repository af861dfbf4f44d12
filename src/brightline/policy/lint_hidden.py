"""Finds characters that nobody sees and that change what a reader sees, anywhere in a file of policies.

A comment can turn the direction of text around, so that a condition looks like a comment, or the other way round.
"""

import re
from collections.abc import Iterator, Mapping

from brightline.policy.faults import Fault, fault
from brightline.policy.strict_json import place

# Control and formatting characters (Unicode Cc, Cf) but for tab and line ends; and separators of lines that no editor
# counts as such, so that a place would be another one to each reader.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]"
)
_MOST = 16


def hidden_characters(texts: Mapping[str, str]) -> Iterator[Fault]:
    """The first hidden characters in each `.cedar` file of `texts`."""
    for file in sorted(texts):
        if file.endswith(".cedar"):
            for _, found in zip(range(_MOST), _HIDDEN.finditer(texts[file]), strict=False):
                name = f"U+{ord(found.group()):04X}"
                yield fault("policy/hidden-character", file, place(texts[file], found.start()), name=name)
