"""Finds words in policies that match nothing: a prohibition that asks for one never fires.

Facts that are strings have a register: what the manifest lists, or what the effector register does. Where nobody else
can occur, a word outside it is an error; where others can (an unlisted mission, an unregistered tool), a misspelt one
is an error and another one a warning. Roles are listed nowhere, so they are compared with each other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from brightline.domain.taxonomy import LEAVES
from brightline.domain.use import ToolEffect
from brightline.policy.attributes import Attribute
from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault, warning
from brightline.policy.layers import Rule
from brightline.policy.lint_alike import Lookups, doubt_about, hint, look_the_same, nearest
from brightline.policy.lint_tree import Path, constant_of, constants_of, only, part, path_of, walk, written
from brightline.policy.manifest import Manifest
from brightline.policy.operators import Pattern, like

_ROLES: Path = ("context", "fact", "roles")
# Each is compared with each; no agreement that people read names more.
_MAX_ROLES = 200
# Words of one policy that are told; finding each in its text takes time, and people mend the first ones first.
MOST_OF_ONE_RULE = 20
_BETWEEN = frozenset({"==", "!=", "contains", "containsAll", "containsAny"})


class Register(NamedTuple):
    """What a fact can be: `words`, and nothing else where it is `closed`; `kind` says what they are, for people."""

    kind: str
    words: frozenset[str]
    closed: bool


class Compared(NamedTuple):
    """A string that a policy compares with what stands at `path`, or the `pattern` that it is to be like."""

    path: Path
    word: str
    pattern: Pattern | None = None


def registers_of(manifest: Manifest, effectors: Mapping[str, ToolEffect]) -> Mapping[Path, Register]:
    """The register of every fact, and of every attribute of a deployment, that is a string and has one."""
    deployments = manifest.deployments.values()
    units = frozenset(unit for units in manifest.units.values() for unit in units)
    vendors = frozenset({manifest.vendor, *(each.vendor for each in deployments)})
    models = frozenset(each.model for each in deployments)
    facts = {
        "mission": Register("mission", frozenset(manifest.missions), closed=False),
        "tools": Register("tool", frozenset(effectors), closed=False),
        "organisation": Register("organisation", frozenset(manifest.units), closed=True),
        "unit": Register("unit", units, closed=True),
        "deployment": Register("deployment", frozenset(manifest.deployments), closed=True),
        "enclave": Register("enclave", frozenset(manifest.enclaves), closed=True),
        "vendor": Register("vendor", vendors, closed=True),
        "model": Register("model", models, closed=True),
    }
    found: dict[Path, Register] = {("context", "fact", name): register for name, register in facts.items()}
    leaves = Register("use leaf", frozenset(LEAVES), closed=True)
    found |= {("context", "text", name): leaves for name in ("held", "advised")}
    return {**found, ("resource", "vendor"): facts["vendor"], ("resource", "model"): facts["model"]}


def compared_in(rule: Rule) -> Iterator[Compared]:
    """Every string of `rule` that is compared with what stands at a path."""
    for node in walk(rule.policy.get("conditions", [])):
        name, body = only(dict(node))
        left, right = part(body, "left", "right")
        if name in _BETWEEN:
            for one, other in ((left, right), (right, left)):
                path = path_of(one)
                if path is not None:
                    yield from (Compared(path, word) for word in _strings(other))
        elif name == "like" and path_of(left) is not None:
            pattern = pattern_of(part(body, "pattern")[0])
            yield Compared(path_of(left) or (), "".join("*" if text is None else text for text in pattern), pattern)


def _strings(node: Json) -> list[str]:
    listed = constants_of(node)
    values = listed if listed is not None else [constant_of(node)]
    return [value for value in values if isinstance(value, str)]


def pattern_of(node: Json) -> Pattern:
    """The pattern of a `like`: its texts, and None for each wildcard."""
    parts: list[str | None] = []
    for item in node if isinstance(node, list) else ():
        letter = part(item, "Literal")[0]
        if isinstance(letter, str) and parts and parts[-1] is not None:
            parts[-1] += letter
        else:
            parts.append(letter if isinstance(letter, str) else None)
    return tuple(parts)


def lint_words(
    rule: Rule, registers: Mapping[Path, Register], words: Iterable[Compared], lookups: Lookups
) -> Iterator[Fault]:
    """Every one of `words`, which `rule` compares, that is in no register."""
    asked = {compared: None for compared in words if compared.path in registers}
    found = (each for compared in asked for each in _unlisted(rule, compared, registers[compared.path], lookups))
    for number, one in enumerate(islice(found, MOST_OF_ONE_RULE), 1):
        # Nobody looks at what comes after the last, so that one is no mere warning.
        yield one if number < MOST_OF_ONE_RULE else replace(one, warning=False)


def _unlisted(rule: Rule, compared: Compared, register: Register, lookups: Lookups) -> Iterator[Fault]:
    at = _place(rule, compared)
    words = {"kind": register.kind, "word": compared.word, "path": written(compared.path)}
    if compared.pattern is not None:
        if not any(like(word, compared.pattern) for word in register.words):
            tell = fault if register.closed else warning
            yield tell("policy/unlisted-word", rule.text.file, at, **words, near="")
    elif compared.word not in register.words:
        near = lookups.nearest(compared.word, register.words)
        # What was not looked for may be misspelt: any doubt is a fault.
        tell = fault if register.closed or near != "" else warning
        yield tell("policy/unlisted-word", rule.text.file, at, **words, near=hint(near or ""))


def _place(rule: Rule, compared: Compared) -> tuple[int, int]:
    """Where the word stands; else where what it is compared with does. The annotations come first in a policy."""
    quoted = rule.text.find(f'"{compared.word}"', last=True)
    return quoted or rule.text.find(written(compared.path)) or rule.text.at


def lint_roles(rules: Iterable[Rule]) -> Iterator[Fault]:
    """Roles that look like another one: the one that is named less often, or later."""
    first: dict[str, tuple[Rule, Compared | str]] = {}
    counts: Counter[str] = Counter()
    for rule in rules:
        for role, where in _roles(rule):
            first.setdefault(role, (rule, where))
            counts[role] += 1
    # Python's sort keeps the order of first mention among those that are named as often.
    ranked = sorted(first, key=lambda role: -counts[role])[:_MAX_ROLES]
    for place, role in enumerate(ranked):
        near = nearest(role, ranked[:place])
        if near:
            rule, where = first[role]
            at = rule.text.find(where) or rule.text.at if isinstance(where, str) else _place(rule, where)
            tell = fault if look_the_same(role, near) else warning
            yield tell("policy/alike-roles", rule.text.file, at, role=role, near=near)


def _roles(rule: Rule) -> Iterator[tuple[str, Compared | str]]:
    """Every role that `rule` names, and the comparison or the annotation that names it."""
    for compared in compared_in(rule):
        if compared.path == _ROLES and compared.pattern is None:
            yield compared.word, compared
    if rule.hold is not None:
        yield rule.hold.role, "@hold"
        if rule.hold.break_glass is not None:
            yield rule.hold.break_glass.role, "@break_glass"
    for obligation in rule.obligations:
        if obligation.kind == "notify":
            yield obligation.value, "@notify"


def lint_characters(rule: Rule, words: Iterable[Compared]) -> Iterator[Fault]:
    """Every string and id of `rule` whose characters are not what they seem, or that no fact can hold.

    `words` are those that it compares.
    """
    claimed = {compared.word for compared in words if compared.path[:2] == ("context", "claimed")}
    for word in dict.fromkeys(_texts(rule.policy)):
        why = doubt_about(word)
        if not why and not word.isascii() and word not in claimed:
            why = "is not ASCII, and no fact or id is anything else"
        if why:
            at = rule.text.find(f'"{word}"', last=True) or rule.text.at
            shown = word.encode("unicode_escape").decode()
            yield fault("policy/doubtful-word", rule.text.file, at, word=shown, why=why)


def _texts(policy: Mapping[str, Json]) -> Iterator[str]:
    """Every string constant and entity id of `policy`, its annotations apart."""
    for node in walk({name: value for name, value in policy.items() if name != "annotations"}):
        for name in ("Value", "id"):
            value = node.get(name)
            if isinstance(value, str):
                yield value


def lint_attributes(rule: Rule, known: Mapping[Path, Attribute]) -> Iterator[Fault]:
    """Every `has` that asks for what the schema knows nowhere, and every comparison of entities of two types.

    cedarpy's strict validation takes both for conditions that are false, and so passes them. `known` are the attributes
    by what a policy writes.
    """
    for node in walk(rule.policy.get("conditions", [])):
        name, body = only(dict(node))
        if name == "has":
            yield from _unknown_attribute(rule, body, known.keys())
        elif name in ("==", "!="):
            left, right = part(body, "left", "right")
            yield from _other_type(rule, left, right, known)
            yield from _other_type(rule, right, left, known)


def _unknown_attribute(rule: Rule, body: Json, known: Set[Path]) -> Iterator[Fault]:
    base, attribute = part(body, "left", "attr")
    path, name = path_of(base), str(attribute)
    if path is None or path[0] != "context":
        return
    beside = {other[len(path)] for other in known if other[: len(path)] == path and len(other) > len(path)}
    if beside and name not in beside:
        at = rule.text.find(f"has {name}") or rule.text.find(name, last=True) or rule.text.at
        words = {"path": written(path), "name": name, "near": hint(nearest(name, beside))}
        yield fault("policy/unknown-attribute", rule.text.file, at, **words)


def _other_type(rule: Rule, one: Json, other: Json, known: Mapping[Path, Attribute]) -> Iterator[Fault]:
    path, value = path_of(one), constant_of(other)
    if path is None or not isinstance(value, tuple):
        return
    attribute = known.get(path)
    wanted = attribute.entity if attribute else _VARIABLES.get(path, "")
    if wanted and wanted != value[0]:
        at = rule.text.find(f'{value[0]}::"{value[1]}"', last=True) or rule.text.at
        words = {"path": written(path), "kind": wanted, "other": value[0]}
        yield fault("policy/unlike-types", rule.text.file, at, **words)


_VARIABLES: Mapping[Path, str] = {("principal",): "Unit", ("resource",): "Deployment", ("action",): "Action"}
