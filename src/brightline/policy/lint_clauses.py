"""Holds each policy to where it comes from: a clause and a source, and permits to what their clause limits.

A machine cannot read a clause. So the author of a permit names the facts that its clause speaks of, `@limits("mission,
effects")`, and the permit must depend on each of them in every alternative. `@limits("nothing")` says that the clause
sets no limit. A permit without it is wider than anybody can tell where it permits everything to everybody: a warning.
"""

from collections.abc import Iterator, Sequence, Set

from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault, warning
from brightline.policy.layers import Rule
from brightline.policy.lint_alike import hint, nearest
from brightline.policy.lint_tree import Path, conditions, only, operands, part, paths_in

NOTHING = "nothing"
_SCOPE = ("principal", "action", "resource")


def lint_clauses(rule: Rule, facts: Set[str]) -> Iterator[Fault]:
    """What `rule` does not say of its clause, or permits beyond it; `facts` are the names that `context.fact` has."""
    for name, text in (("clause", rule.clause), ("source", rule.source)):
        if not text:
            words = {"policy": rule.reason.policy_id, "name": name}
            yield fault("policy/missing-annotation", rule.text.file, rule.text.at, **words)
    if not rule.forbids:
        yield from _wide(rule, facts)


def _wide(rule: Rule, facts: Set[str]) -> Iterator[Fault]:
    at = rule.text.find("@limits") or rule.text.at
    depends = depends_on(rule)
    if rule.limits is None:
        if not depends & {*facts, "principal", "resource"}:
            yield warning("policy/unlimited-permit", rule.text.file, at, policy=rule.reason.policy_id)
        return
    known = {*facts, *_SCOPE}
    for name in rule.limits:
        if name not in known and rule.limits != (NOTHING,):
            near = hint(nearest(name, {*known, NOTHING}))
            problem = f"names `{name}`, which is no fact{near}"
            yield fault("policy/bad-field", rule.text.file, at, field="@limits", problem=problem)
    ignored = [name for name in rule.limits if name in known and name not in depends]
    if ignored:
        named = " and ".join(f"`{name}`" for name in ignored)
        yield fault("policy/wide-permit", rule.text.file, at, policy=rule.reason.policy_id, facts=named)


def depends_on(rule: Rule) -> frozenset[str]:
    """The facts, by name, and the parts of the scope that must fit for `rule` to apply, whichever alternative does."""
    scope = {name for name in _SCOPE if part(rule.policy.get(name), "op")[0] not in (None, "All")}
    read = [_read(body, positive=positive) or frozenset() for body, positive in conditions(rule.policy)]
    return frozenset(scope).union(*read)


def _read(node: Json, *, positive: bool) -> frozenset[str] | None:
    """What is read in every way in which `node` can be true, or false unless `positive`; None where it cannot be."""
    name, body = only(node)
    if name == "!":
        return _read(part(body, "arg")[0], positive=not positive)
    if name in ("&&", "||"):
        read = [_read(each, positive=positive) for each in operands(name, body)]
        return _all(read) if (name == "&&") is positive else _either(read)
    if name == "if-then-else":
        test, then, otherwise = part(body, "if", "then", "else")
        first = [_read(test, positive=True), _read(then, positive=positive)]
        second = [_read(test, positive=False), _read(otherwise, positive=positive)]
        return _either([_all(first), _all(second)])
    if name == "Value" and isinstance(body, bool):
        return frozenset() if body is positive else None
    return frozenset([path[1] if path[0] == "fact" else path[0] for path in map(_short, paths_in(node)) if path])


def _all(read: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [names for names in read if names is not None]
    return frozenset[str]().union(*known) if len(known) == len(read) else None


def _either(read: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    """What all alternatives read, those apart that cannot be."""
    known = [names for names in read if names is not None]
    return known[0].intersection(*known) if known else None


def _short(path: Path) -> Path:
    """`path` below `context`: a fact by its name, and nothing for what is claimed."""
    if path[0] != "context":
        return path
    return path[1:] if path[1:2] == ("fact",) and len(path) > 2 else ()
