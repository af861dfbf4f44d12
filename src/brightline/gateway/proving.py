"""What the gateway asks of the prover when a version takes effect; there is one only where the solvers are installed.

The solvers run in child processes with bounds of their own; whatever they do, this process goes on serving.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from brightline.policy.directory import CERTIFICATE
from brightline.policy.draft import Draft

_SOLVERS = ("z3", "cvc5")


class Prover(Protocol):
    """Checks proofs; each method takes seconds, and raises `PolicyError` when it does not find what it looks for."""

    def confirm(self, draft: Draft) -> None:
        """Check the certificate of `draft` by solving all of it again."""
        ...

    def shows_tightening(self, before: Draft, after: Draft) -> None:
        """Show that `after` permits nothing that `before` does not, and holds nothing for less."""
        ...


@dataclass(frozen=True, slots=True)
class SolverProver:
    """The prover of the policy room."""

    def confirm(self, draft: Draft) -> None:
        """Check the certificate of `draft` by solving all of it again."""
        solving = import_module("brightline.policy.proof.solver")
        checking = import_module("brightline.policy.proof.verify_proof")
        checking.verify_proof(draft, draft.texts.get(CERTIFICATE), limits=solving.Limits(), progress=_silently)

    def shows_tightening(self, before: Draft, after: Draft) -> None:
        """Show that `after` permits nothing that `before` does not, and holds nothing for less."""
        solving = import_module("brightline.policy.proof.solver")
        import_module("brightline.policy.proof.subset").check_subset(before, after, limits=solving.Limits())


def installed_prover(find: Callable[[str], object] = find_spec) -> Prover | None:
    """The prover, or none where a solver is missing (the extra `[prove]` brings both)."""
    return SolverProver() if all(find(name) is not None for name in _SOLVERS) else None


def _silently(step: object) -> None:
    """Nobody watches the steps."""
