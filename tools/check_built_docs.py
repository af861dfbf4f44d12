"""Fails when a built page would load anything from outside: the docs must read the same with the network cut.

Links that a reader may follow are fine; scripts, styles, fonts, pictures and frames are not.
"""

import re
import sys
from pathlib import Path

LOADS = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(?:https?:)?//[^\s"'>]+"""
    r"""|<link\b[^>]*\bhref=["']?(?:https?:)?//[^\s"'>]+"""
    r"""|(?:url\(|@import)\s*["']?(?:https?:)?//[^\s"')]+""",
    re.IGNORECASE,
)


def loads_in(text: str) -> list[str]:
    """Everything that `text` (HTML or CSS) would fetch from another host."""
    return [match.group(0) for match in LOADS.finditer(text)]


def main() -> int:
    """Reads the built docs in the directory named on the command line."""
    pages = [path for path in Path(sys.argv[1]).rglob("*") if path.suffix in {".html", ".css"}]
    if not pages:
        print("found no built page to read")
        return 1
    faults = [f"{path}: {load}" for path in pages for load in loads_in(path.read_text(encoding="utf-8"))]
    print("\n".join(faults) or f"{len(pages)} pages and styles load nothing from outside")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
