"""Finds words in a red line that the agreement knows nowhere: such a line never fires, and its proof says nothing.

Words of closed sets are not looked at here: the schema knows them, and a misspelt one is a fault at `check`.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Set
from difflib import get_close_matches
from typing import NamedTuple

from brightline.policy.draft import Draft
from brightline.policy.layers import Rule
from brightline.policy.lint import literals

# How alike two words must be for one to be taken for the other misspelt: one letter in seven.
_ALIKE = 0.85


class Misspelt(NamedTuple):
    """A word of a red line that no register lists; `near` is a listed one that it looks like, or empty."""

    word: str
    near: str


def registered_words(draft: Draft) -> frozenset[str]:
    """Every word that the manifest, the effector register and the schema list."""
    manifest = draft.manifest
    deployments = manifest.deployments.values()
    units = [unit for units in manifest.units.values() for unit in units]
    words: list[Iterable[str]] = [draft.effects, manifest.missions, manifest.units, units, manifest.enclaves]
    words += [manifest.deployments, manifest.aliases, manifest.agencies.values(), (manifest.operator, manifest.vendor)]
    words += [(each.vendor, each.model, each.location) for each in deployments]
    return frozenset().union(*words, _enumerated(draft.schema))


def misspelt(red_line: Rule, registered: Set[str], rules: Iterable[Rule], *, tested: bool) -> Iterator[Misspelt]:
    """The words of `red_line` that are misspelt.

    A word that no register lists is one when it looks like a listed word and no permit speaks of it. It is one as well
    when no rule speaks of it and the line is not `tested`: when no request that crosses it would be permitted anyway.
    """
    layers = list(rules)
    granted = _spoken(rule for rule in layers if not rule.forbids)
    spoken = _spoken(layers)
    for word in sorted(_words(red_line) - registered):
        near = _near(word, registered | granted)
        if word not in granted and near:
            yield Misspelt(word, near)
        elif word not in spoken and not tested:
            yield Misspelt(word, "")


def _words(rule: Rule) -> frozenset[str]:
    return frozenset(word for word in literals(rule.policy) if isinstance(word, str))


def _spoken(rules: Iterable[Rule]) -> frozenset[str]:
    return frozenset[str]().union(*map(_words, rules))


def _near(word: str, known: Set[str]) -> str:
    """A known word that `word` looks like; the same letters in another case or another script's shape come first."""
    plain = {_plain(other): other for other in sorted(known)}
    if _plain(word) in plain:
        return plain[_plain(word)]
    found = get_close_matches(word, sorted(known), 1, _ALIKE)
    return found[0] if found else ""


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().replace("_", "-").strip()


def _enumerated(schema: str) -> frozenset[str]:
    """Every word of a closed set of `schema`."""
    found: set[str] = set()
    waiting = [json.loads(schema)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found.update(word for word in node.get("enum", []) if isinstance(word, str))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return frozenset(found)
