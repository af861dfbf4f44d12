"""Counts what people said about a hold: who lets it pass, in which role, by which path, and whether somebody said no.

The same counting as the machine's that acts (`effector`): an action is let pass when each of its rules is lifted, by
its quorum or by its own emergency quorum, and one person counts once, with one key.
INVARIANT: pure; it counts statements that were verified before, and believes nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.release import BREAK_GLASS as BROKEN_PATH
from brightline.domain.sign_off.release import QUORUM as QUORUM_PATH
from brightline.domain.sign_off.statement import ALLOW, BREAK_GLASS, DENY, REVOKE, SignedStatement, Statement


@dataclass(frozen=True, slots=True)
class Tally:
    """How many distinct persons allow, and break the glass, by role; `path` is how the hold is lifted, or empty.

    `counted` are the statements that lift it by that path.
    """

    sign_offs: Mapping[str, int]
    break_glass: Mapping[str, int]
    denied: bool
    revoked: bool
    path: str
    counted: tuple[SignedStatement, ...]


def tally(binding: ActionBinding, verified: Iterable[SignedStatement]) -> Tally:
    """What `verified`, in the order they were taken, say of `binding`; a veto or a revocation lifts nothing."""
    statements = list(verified)
    denied = any(signed.statement.decision == DENY for signed in statements)
    revoked = any(signed.statement.decision == REVOKE for signed in statements)
    distinct = _distinct(statements)
    votes = Counter((signed.statement.decision, signed.statement.role) for signed in distinct)
    path = "" if denied or revoked else _path(binding, votes, [signed.statement for signed in distinct])
    counted = [signed for signed in distinct if path == BROKEN_PATH or signed.statement.decision == ALLOW]
    return Tally(
        sign_offs={role: count for (decision, role), count in votes.items() if decision == ALLOW},
        break_glass={role: count for (decision, role), count in votes.items() if decision == BREAK_GLASS},
        denied=denied,
        revoked=revoked,
        path=path,
        counted=tuple(counted) if path else (),
    )


def _distinct(statements: Iterable[SignedStatement]) -> list[SignedStatement]:
    """The first statement that lets something pass of each person and of each key."""
    found: list[SignedStatement] = []
    persons: set[str] = set()
    keys: set[str] = set()
    for signed in statements:
        said = signed.statement
        if said.decision not in (ALLOW, BREAK_GLASS) or said.person in persons or said.key in keys:
            continue
        persons.add(said.person)
        keys.add(said.key)
        found.append(signed)
    return found


def _path(binding: ActionBinding, votes: Counter[tuple[str, str]], said: list[Statement]) -> str:
    if all(votes[ALLOW, rule.role] >= rule.quorum for rule in binding.rules):
        allowing = [each for each in said if each.decision == ALLOW]
        if not binding.own_machine or any(each.own_machine for each in allowing):
            return QUORUM_PATH
    if not votes_for(votes, BREAK_GLASS):
        return ""
    for rule in binding.rules:
        glass = rule.break_glass
        broken = glass is not None and votes[BREAK_GLASS, glass.role] >= glass.quorum
        if votes[ALLOW, rule.role] < rule.quorum and not broken:
            return ""
    return BROKEN_PATH if not binding.own_machine or any(each.own_machine for each in said) else ""


def votes_for(votes: Counter[tuple[str, str]], decision: str) -> int:
    """How many said `decision`, in whichever role."""
    return sum(count for (found, _), count in votes.items() if found == decision)
