"""Lays out the policies of one scope as the body of one Python function.

Tests that many policies begin with are tried once for all of them: the same test first, or the same value compared with
different constants (or the same set asked for different ones), which then is one look into a table. What is left of
each is laid out in the same way.
INVARIANT: each policy is satisfied, or errors, exactly as if it stood alone; only its first test is ever shared, since
what comes before a test decides whether its error counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from brightline.policy.expressions import Code

RULE_PARAMETERS = "principal, action, resource, context, satisfied, errored"
_TABLE_FROM = 3  # policies; below, comparing one after the other is as fast
_MAX_DEPTH = 4  # shared tests inside one another; Python allows 20 nested blocks, and each takes two


@dataclass(frozen=True, slots=True)
class Tests:
    """One policy: its position, and the conditions that must hold, tried in order."""

    position: int
    tests: Sequence[Code]

    def rest(self) -> "Tests":
        """The same policy, its first condition known to hold."""
        return Tests(self.position, self.tests[1:])


@dataclass(frozen=True, slots=True)
class Layout:
    """Writes functions; `lines` are the definitions that they need beside them."""

    lines: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def body(self, policies: Iterable[Tests], depth: int = 0) -> list[str]:
        """The statements that try `policies`."""
        tables: dict[tuple[str, str], list[Tests]] = {}
        alike: dict[str, list[Tests]] = {}
        for policy in policies:
            choice = policy.tests[0].choice if policy.tests else None
            if choice is not None:
                tables.setdefault((choice.look, choice.subject), []).append(policy)
            else:
                alike.setdefault(policy.tests[0].text if policy.tests else "", []).append(policy)
        for subject in [subject for subject, found in tables.items() if not _worth_a_table(found)]:
            for policy in tables.pop(subject):
                alike.setdefault(policy.tests[0].text, []).append(policy)
        written = [
            line for (look, subject), found in tables.items() for line in self._table(look, subject, found, depth)
        ]
        return written + [line for found in alike.values() for line in self._first_shared(found, depth)]

    def _rest(self, policies: Sequence[Tests], depth: int) -> list[str]:
        """The statements that try `policies`, whose first conditions hold."""
        left = [policy.rest() for policy in policies]
        if len(left) >= _TABLE_FROM and depth < _MAX_DEPTH:
            return self.body(left, depth + 1)
        return [line for policy in left for line in _alone(policy)]

    def _table(self, look: str, subject: str, policies: Sequence[Tests], depth: int) -> list[str]:
        """All of `policies` begin with asking `subject` for one or several constants."""
        if look in ("long", "string"):
            return self._value_shared(look, subject, policies, depth)
        by_keys = _by_keys(policies)
        table = f"T{next(self._numbers)}"
        entries: dict[str, list[str]] = {}
        for keys, found in by_keys.items():
            name = f"c{next(self._numbers)}"
            self.lines.extend([f"def {name}({RULE_PARAMETERS}):", *_indented(self._rest(found, depth))])
            for word in keys:
                entries.setdefault(word, []).append(name)
        written = [f"{word}: ({', '.join(names)},)" for word, names in entries.items()]
        self.lines.append(f"{table} = {{{', '.join(written)}}}")
        try_all = [f"for rules in waiting: rules({RULE_PARAMETERS})"]
        # A value of another type equals no constant; one that is no set cannot be asked.
        waiting = f"{table}.get(w, ()) if type(w := {subject}) is {look} else ()"
        if look == "frozenset":
            waiting = f"chosen_among({table}, {subject})"
        return _guarded(f"waiting = {waiting}", try_all, policies)

    def _value_shared(self, kind: str, subject: str, policies: Sequence[Tests], depth: int) -> list[str]:
        """All of `policies` begin with a test of `subject`, which is looked up once; half of them pass in the mean."""
        name = f"v{depth}"
        tests: list[str] = []
        for (test,), found in _by_keys(policies).items():
            tests += [f"if {name}{test}:", *_indented(self._rest(found, depth))]
        return _guarded(f"{name} = {kind}({subject})", tests, policies)

    def _first_shared(self, policies: Sequence[Tests], depth: int) -> list[str]:
        """All of `policies` begin with the same condition, or have none."""
        if len(policies) == 1 or not policies[0].tests:
            return [line for policy in policies for line in _alone(policy)]
        rest = self._rest(policies, depth)
        return _guarded(f"holds = {policies[0].tests[0].text}", ["if holds:", *_indented(rest)], policies)


def _by_keys(policies: Iterable[Tests]) -> dict[tuple[str, ...], list[Tests]]:
    """`policies`, all of which begin with a choice, by its keys."""
    found: dict[tuple[str, ...], list[Tests]] = {}
    for policy in policies:
        choice = policy.tests[0].choice
        found.setdefault(choice.keys if choice else (), []).append(policy)
    return found


def _worth_a_table(policies: Sequence[Tests]) -> bool:
    """Whether one look is cheaper than trying them: many, that do not all ask for the same."""
    return len(policies) >= _TABLE_FROM and len({policy.tests[0].choice for policy in policies}) > 1


def _guarded(shared: str, then: list[str], policies: Iterable[Tests]) -> list[str]:
    """`shared`, then `then`; an error in `shared` is one of every policy."""
    positions = "".join(f"{policy.position}, " for policy in policies)
    failed = ["except FAULTS:", f"    errored += ({positions})"]
    return ["try:", *_indented([shared]), *failed, "else:", *_indented(then)]


def _alone(policy: Tests) -> list[str]:
    if not policy.tests:
        return [f"satisfied.append({policy.position})"]
    condition = " and ".join(test.text for test in policy.tests)
    return [
        "try:",
        f"    if {condition}: satisfied.append({policy.position})",
        "except FAULTS:",
        f"    errored.append({policy.position})",
    ]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]
