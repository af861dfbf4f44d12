"""The people who sign: who may sign in which role now, and whether a statement counts.

A statement counts when all of this holds, in this order; the first that does not is the error:
1. it is about this binding, and its person was shown this binding's own rendering;
2. the directory asserts its person, key and roles, now;
3. the list of what is revoked is there, is not too old, and names neither person, key, assertion nor binding;
4. the key's algorithm and assurance are allowed, and the statement claims no other assurance than the directory does;
5. the binding asks for its role, for this decision, and the directory asserts that role;
6. its person is not the requester, not the owner of the agent's key, and does not write policy;
7. it was signed within the window, not in the future;
8. the signature verifies over exactly these bytes.

INVARIANT: nothing is remembered between calls: whoever is revoked now does not sign now, whenever he signed before.
LIMIT: one person with two names in the directory counts as two; that its names are persons is the directory's duty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brightline.domain.sign_off.assertion import RoleAssertion
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.statement import SignedStatement
from brightline.oversight.directory import Directory


@dataclass(frozen=True, slots=True)
class Approver:
    """A person whose statement counts: his name, the role he signed in, the id of his key (hexadecimal)."""

    person: str
    role: str
    key: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands now: `why` is the code of what keeps him from signing, or nothing."""

    assertion: RoleAssertion
    why: str = ""


class People:
    """The people of one directory, from what was imported; `revocations` is the newest list, signed, or none."""

    def __init__(self, directory: Directory, *, assertions: Iterable[bytes], revocations: bytes | None) -> None:
        """Raises `SignOffError` for an assertion or a list that the directory did not sign."""
        raise NotImplementedError

    def standing(self, *, now_ms: int) -> tuple[Standing, ...]:
        """Every assertion and how it stands at `now_ms`, by person and serial."""
        raise NotImplementedError

    def roles(self, key: str, *, now_ms: int) -> frozenset[str]:
        """The roles in which the holder of the key with this id may sign now; none for an unknown key."""
        raise NotImplementedError

    def verify_statement(self, signed: SignedStatement, binding: ActionBinding, *, now_ms: int) -> Approver:
        """Who signed what counts at `now_ms` (UTC milliseconds); raises `SignOffError`."""
        raise NotImplementedError


Roles = Mapping[str, frozenset[str]]
