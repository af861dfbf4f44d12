"""Keeps what words seem to be for from deciding: it may hold, and it never clears.

A score of words is weak evidence. So `context.text` stands in prohibitions of the layers only. In one that can be
lifted (`@hold`) it may stand wherever more of it holds more. In one that binds without end only `unknown` and
`uncalibrated` may: they say that nobody knows, which an agreement may refuse.
INVARIANT: where this finds nothing, a use whose words score for less is never decided more strictly, and one whose
words score for more never more mildly.
"""

from collections.abc import Iterator

from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault
from brightline.policy.layers import Rule
from brightline.policy.lint_tree import conditions, only, operands, part, path_of, paths_in

_TEXT = ("context", "text")
_STATES = frozenset({"unknown", "uncalibrated"})
_ASKS = frozenset({"contains", "containsAll", "containsAny"})


def lint_text(rule: Rule, *, red_line: bool) -> Iterator[Fault]:
    """What `rule` asks of words that it must not."""
    if not any(_reads(body) for body, _ in conditions(rule.policy)):
        return
    at = rule.text.find("context.text") or rule.text.at
    found = [name for body, wanted in conditions(rule.policy) for name in _asked(body, wanted)]
    why = ""
    if red_line:
        why = "a red line rests on facts"
    elif not rule.forbids:
        why = "nothing is permitted for what words seem to be for"
    elif "" in found:
        why = "it must hold more the more words score for: no `!`, no `unless`, no comparison of what they score for"
    elif rule.hold is None and not _STATES.issuperset(found):
        why = "without `@hold` a prohibition may read `unknown` and `uncalibrated` alone"
    if why:
        yield fault("policy/text-decides", rule.text.file, at, policy=rule.reason.policy_id, why=why)


def _reads(node: Json) -> bool:
    """Whether `node` reads `context.text`, or `context` whole."""
    return any(path == ("context",) or path[:2] == _TEXT for path in paths_in(node))


def _asked(node: Json, wanted: bool) -> Iterator[str]:  # the polarity of a node
    """The attribute of `context.text` that each part of `node` asks for, where more of it makes `node` more `wanted`.

    Empty for a part where it might not.
    """
    waiting = [(node, wanted)]
    while waiting:
        each, positive = waiting.pop()
        if not _reads(each):
            continue
        name, body = only(each)
        if name in ("&&", "||"):
            waiting += [(operand, positive) for operand in operands(name, body)]
        elif name == "!":
            waiting.append((part(body, "arg")[0], not positive))
        else:
            yield _attribute(name, each, body) if positive else ""


def _attribute(name: str, node: Json, body: Json) -> str:
    """The attribute that a plain question asks for; empty for any other expression."""
    left, right = part(body, "left", "right")
    path = path_of(left if name in _ASKS else node)
    if path is None or path[:2] != _TEXT or len(path) != 3 or (name in _ASKS and _reads(right)):
        return ""
    return path[2] if (path[2] in _STATES) is (name not in _ASKS) else ""
