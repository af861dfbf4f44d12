"""Shows a fault to people: its place and words, the faulty line with a mark under it, and the next step."""

import re
from collections.abc import Mapping

from brightline.policy import Fault

# A terminal of 80 columns, less the number of the line before it.
_WIDTH = 72
_LEAD = 24
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"?|@?[A-Za-z_][A-Za-z0-9_.]*|[0-9]+|.')
_CUT = "…"


def fault_lines(fault: Fault, texts: Mapping[str, str]) -> list[str]:
    """What to print about `fault`; `texts` are the files of its agreement, by path."""
    shown = [str(fault), *_marked(fault, texts.get(fault.file, ""))]
    return [*shown, f"    next: {fault.hint}"] if fault.hint else shown


def faulty_line(fault: Fault, texts: Mapping[str, str]) -> str:
    """The line that `fault` points at, as it stands; empty when it points at none."""
    lines = texts.get(fault.file, "").split("\n")
    return lines[fault.line - 1] if 0 < fault.line <= len(lines) else ""


def _marked(fault: Fault, text: str) -> list[str]:
    """The faulty line and the mark; of a long line the part around the mark."""
    line = faulty_line(fault, {fault.file: text})
    if not line:
        return []
    start = min(max(fault.column - 1, 0), len(line))
    token = _TOKEN.match(line, start)
    length = len(token.group()) if token else 1
    first = start - _LEAD if start + length > _WIDTH else 0
    before, at, after = line[first:start], line[start : start + length], line[start + length : first + _WIDTH]
    lead = (_CUT if first else "") + _visible(before)
    number = f"{fault.line:>6} | "
    mark = "^" * max(1, len(_visible(at)))
    end = _CUT if len(line) > max(first + _WIDTH, start + length) else ""
    return [f"{number}{lead}{_visible(at)}{_visible(after)}{end}", f"{'':>6} | {' ' * len(lead)}{mark}"]


def _visible(text: str) -> str:
    """`text` with nothing in it that a terminal would act on or not show; it comes from another organisation."""
    return "".join(
        letter if letter.isprintable() else " " if letter == "\t" else letter.encode("unicode_escape").decode()
        for letter in text
    )
