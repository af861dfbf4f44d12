"""Reads the red lines: prohibitions that no decision evaluates, and that a proof shows to hold for every request.

A red line is a Cedar `forbid` in `redlines/*.cedar`, read by the same reader as the layers. It says: every request for
which its condition is true or errors is refused; with `@hold("role, quorum")`: refused, or held for at least that, by a
hold without a break-glass path unless the line has `@break_glass("role, quorum")` too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from brightline.policy.directory import RED_LINES
from brightline.policy.faults import Fault, fault
from brightline.policy.layers import Rule, read_layers

# Every red line is proved for every kind of request, and people read each of them.
MAX_RED_LINES = 64
_READ_AS = "law/"


def read_red_lines(texts: Mapping[str, str]) -> tuple[tuple[Rule, ...], tuple[Fault, ...]]:
    """The red lines in the `redlines/*.cedar` files of `texts` in order of id, and every fault met on the way."""
    folder = f"{RED_LINES}/"
    # A red line is held to what the law layer is held to: prohibitions only, resting on facts only.
    moved = {_READ_AS + name.removeprefix(folder): text for name, text in texts.items() if name.startswith(folder)}
    rules, faults = read_layers(moved)
    found = [_named(item) for item in faults]
    for rule in rules:
        found += _idle(rule)
    if len(rules) > MAX_RED_LINES:
        found.append(fault("policy/unreadable-file", RED_LINES, why=f"more than {MAX_RED_LINES} red lines"))
    return tuple(replace(rule, text=replace(rule.text, file=_back(rule.text.file))) for rule in rules), tuple(found)


def layer_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """What `texts` holds beside the red lines: what the layers are read from."""
    return {name: text for name, text in texts.items() if not name.startswith(f"{RED_LINES}/")}


def _idle(rule: Rule) -> Iterator[Fault]:
    """The annotations of a red line that nothing ever reads: no call is held by it."""
    written = rule.policy.get("annotations")
    for name in ("risk", "wait", "term"):
        if isinstance(written, dict) and name in written:
            at = rule.text.find(f"@{name}") or rule.text.at
            words = {"field": f"@{name}", "problem": "belongs to rules: a red line holds no call"}
            yield fault("policy/bad-field", _back(rule.text.file), at, **words)


def _back(name: str) -> str:
    return f"{RED_LINES}/{name.removeprefix(_READ_AS)}" if name.startswith(_READ_AS) else name


def _named(item: Fault) -> Fault:
    """`item` as a fault of the red lines."""
    if item.code == "policy/law-permit":
        return fault("policy/red-line-permit", _back(item.file), (item.line, item.column))
    # The words of a duplicate name the place of the first.
    return replace(item, file=_back(item.file), text=item.text.replace(f" {_READ_AS}", f" {RED_LINES}/"))
