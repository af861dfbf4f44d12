"""Cuts Cedar text into policies and tokens, and knows the place of each.

cedarpy's messages have no line or column, and it exhausts its stack on deeply nested text, so this cuts first and
bounds what the parser is given. It never decides what a policy means: cedarpy parses every policy, and the whole file
once more, and both readings must agree.
"""

import re
from dataclasses import dataclass

from brightline.policy.strict_json import place

# Bounds per policy. The reference parser recurses; 1,000 nested parentheses end the process (cedarpy 4.12.2).
MAX_NESTING = 48
MAX_TOKENS = 4_000

_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\r\n]*)"
    r'|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<sign>::|&&|\|\||[=!<>]=|.)",
    re.DOTALL,
)
_OPENING = {"(", "[", "{"}
_CLOSING = {")", "]", "}"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a policy, by its offsets in the policy's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PolicyText:
    """The text of one policy, its tokens, and the place of its first character in its file."""

    file: str
    text: str
    at: tuple[int, int]
    tokens: tuple[Token, ...]

    def place_of(self, offset: int) -> tuple[int, int]:
        """Line and column in the file of `offset` in this text."""
        line, column = place(self.text, offset)
        return self.at[0] + line - 1, column + (self.at[1] - 1 if line == 1 else 0)

    def find(self, fragment: str, *, last: bool = False) -> tuple[int, int] | None:
        """The place of the first run of tokens that reads as `fragment`, or of the last; none without one."""
        wanted = [found.group() for found in _TOKEN.finditer(fragment) if found.lastgroup != "space"]
        texts = [token.text for token in self.tokens]
        starts = range(len(texts) - len(wanted) + 1)
        for index in reversed(starts) if last else starts:
            if wanted and texts[index : index + len(wanted)] == wanted:
                return self.place_of(self.tokens[index].start)
        return None

    @property
    def excess(self) -> str:
        """What this policy has too much of for the parser; empty when it may be parsed."""
        if len(self.tokens) > MAX_TOKENS:
            return f"more than {MAX_TOKENS} tokens"
        depth = deepest = 0
        for token in self.tokens:
            # `if` only ever goes deeper: a chain of `else if` nests in the tree though not in the text.
            depth += (token.text in _OPENING or token.text == "if") - (token.text in _CLOSING)
            deepest = max(deepest, depth)
        return f"nesting deeper than {MAX_NESTING}" if deepest > MAX_NESTING else ""


def split(file: str, text: str) -> tuple[PolicyText, ...]:
    """The policies of `text`; what stands after the last `;` is one more, for the parser to refuse."""
    policies: list[PolicyText] = []
    tokens: list[Token] = []
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "space":
            continue
        tokens.append(Token(found.group(), found.start(), found.end()))
        if found.group() == ";":
            policies.append(_policy(file, text, tokens))
            tokens = []
    if tokens:
        policies.append(_policy(file, text, tokens))
    return tuple(policies)


def _policy(file: str, text: str, tokens: list[Token]) -> PolicyText:
    first, end = tokens[0].start, tokens[-1].end
    moved = tuple(Token(token.text, token.start - first, token.end - first) for token in tokens)
    return PolicyText(file, text[first:end], place(text, first), moved)
