"""The replay protocol, model-checked: no execution without its quorum, none twice, whatever stops or is lost.

`nox -s bench -- replay` runs the same model for much longer, with processes that are killed beside it.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.replay_model import FAULTY, model

SETTINGS = settings(
    max_examples=100,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_nothing_runs_without_its_quorum_or_twice() -> None:
    run_state_machine_as_test(model(), settings=SETTINGS)


@pytest.mark.parametrize("fault", FAULTY)
def test_the_model_finds_a_fault(fault: str) -> None:
    with pytest.raises(AssertionError, match=r"it ran|two receipts"):
        run_state_machine_as_test(model(fault), settings=settings(SETTINGS, max_examples=2000, phases=[Phase.generate]))
