"""What one party may do alone: add prohibitions and lower limits, and nothing else.

The form is judged here, from two drafts; that less is permitted is then for the prover to show. Both must hold: a
weaker prohibition beside another that covers for it would pass the proof, and permit more once the other goes.

May differ: `version` and `previous` in the manifest; added `forbid` policies in any layer; in a `forbid` that stays
under its id, whole numbers that a comparison of its condition is with, so that the comparison holds for more; the
certificate, which a change of policies makes anew. Everything else must be equal.
"""

from collections.abc import Iterator, Mapping

from brightline.policy.directory import CERTIFICATE, MANIFEST, SIGNATURES
from brightline.policy.draft import Draft
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.strict_json import Plain, read

_FREE_FIELDS = ("version", "previous")
_FREE_FILES = (MANIFEST, CERTIFICATE, SIGNATURES)
_LAYERS = ("law/", "vendor/", "operator/")
# For each comparison: whether it holds for more when the number on its right grows.
_GROWS = {"<": True, "<=": True, ">": False, ">=": False}


def beyond_tightening(before: Draft, after: Draft) -> str:
    """What `after` changes that one party alone may not, in words; empty when it changes nothing of that kind."""
    return next(_changes(before, after), "")


def _changes(before: Draft, after: Draft) -> Iterator[str]:
    old, new = _manifest(before), _manifest(after)
    for name in sorted(old.keys() | new.keys()):
        if name not in _FREE_FIELDS and old.get(name) != new.get(name):
            yield f"`{name}` of the manifest"
    for name in sorted(before.texts.keys() | after.texts.keys()):
        fixed = name not in _FREE_FILES and not name.startswith(_LAYERS)
        if fixed and before.texts.get(name) != after.texts.get(name):
            yield f"the file `{name}`"
    yield from _rule_changes(before.rules, after.rules)


def _manifest(draft: Draft) -> Mapping[str, Plain]:
    plain = read(draft.texts[MANIFEST]).plain()
    return plain if isinstance(plain, dict) else {}


def _rule_changes(before: tuple[Rule, ...], after: tuple[Rule, ...]) -> Iterator[str]:
    old = {rule.reason.policy_id: rule for rule in before}
    new = {rule.reason.policy_id: rule for rule in after}
    for policy_id, rule in sorted(old.items()):
        later = new.get(policy_id)
        if later is None:
            yield f"policy `{policy_id}`, which it drops"
        elif later.layer is not rule.layer:
            yield f"the layer of policy `{policy_id}`"
        elif later.policy != rule.policy and not (rule.forbids and _tighter(rule.policy, later.policy)):
            yield f"policy `{policy_id}`"
    for policy_id, rule in sorted(new.items()):
        if policy_id not in old and not rule.forbids:
            yield f"policy `{policy_id}`, an added permit"


def _tighter(old: Mapping[str, Json], new: Mapping[str, Json]) -> bool:
    """Whether two readings of a forbid are equal but for limits in conditions, each moved so that it forbids more."""
    rest = [{name: value for name, value in policy.items() if name != "conditions"} for policy in (old, new)]
    before, after = old.get("conditions"), new.get("conditions")
    if rest[0] != rest[1] or not isinstance(before, list) or not isinstance(after, list):
        return False
    return len(before) == len(after) and all(map(_condition, before, after))


def _condition(old: Json, new: Json) -> bool:
    if not isinstance(old, dict) or not isinstance(new, dict) or old.get("kind") != new.get("kind"):
        return False
    return _more(old.get("body"), new.get("body"), wanted=old.get("kind") == "when")


def _more(old: Json, new: Json, *, wanted: bool) -> bool:
    """Whether `new` is true wherever `old` is (`wanted`), or false wherever it is, seen from their form alone.

    An expression that errors makes a forbid refuse, so errors cannot make it forbid less.
    """
    if old == new:
        return True
    one, other = _only(old), _only(new)
    if one is None or other is None or one[0] != other[0]:
        return False
    name, before, after = one[0], one[1], other[1]
    if name in ("&&", "||"):
        return all(_more(before.get(side), after.get(side), wanted=wanted) for side in ("left", "right"))
    if name == "!":
        return _more(before.get("arg"), after.get("arg"), wanted=not wanted)
    if name in _GROWS:
        return _moved(name, before, after, wanted=wanted)
    return False


def _moved(name: str, old: Mapping[str, Json], new: Mapping[str, Json], *, wanted: bool) -> bool:
    """Whether one comparison moved its number in the direction that is wanted; only one side may have moved."""
    right = old.get("left") == new.get("left")
    side = "right" if right else "left"
    if not right and old.get("right") != new.get("right"):
        return False
    before, after = _number(old.get(side)), _number(new.get(side))
    if before is None or after is None:
        return False
    grows = _GROWS[name] == right
    return (after > before) == (grows == wanted)


def _only(node: Json) -> tuple[str, Mapping[str, Json]] | None:
    """The one operator of an expression and its operands; none for anything else."""
    items = tuple(node.items()) if isinstance(node, dict) and len(node) == 1 else (("", None),)
    name, operands = items[0]
    return (name, operands) if isinstance(operands, dict) else None


def _number(node: Json) -> int | None:
    value = node.get("Value") if isinstance(node, dict) and len(node) == 1 else None
    return value if type(value) is int else None
