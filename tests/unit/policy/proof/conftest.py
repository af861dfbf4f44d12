"""The small agreement with a red line, as drafts to prove, and one pair of warm solvers for a whole run."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from brightline.policy.draft import Draft, read_draft
from brightline.policy.proof.solver import SolverPool

LINE = (
    '@id("line-1") @reason("nobody is ever watched") @clause("c 1") @source("s")\n'
    'forbid (principal, action, resource) when { context.fact.effects.contains(Effect::"surveil") };\n'
)
Drafts = Callable[..., Draft]


@pytest.fixture
def line() -> str:
    """The text of the red line."""
    return LINE


@pytest.fixture
def draft(directory: Callable[..., Path]) -> Drafts:
    """Reads the agreement, with its red line and with some files replaced, which must leave it without faults."""

    def read(changes: Mapping[str, str] | None = None, **more: str) -> Draft:
        found, faults = read_draft(directory({"redlines/lines.cedar": LINE, **(changes or {}), **more}))
        assert found is not None, faults
        return found

    return read


@pytest.fixture(scope="session")
def pool() -> Iterator[SolverPool]:
    """Both solvers, started once."""
    with SolverPool() as started:
        yield started
