"""What the journeys hand out: the console's stages are the live path's states."""

from brightline.gateway.approval_views import HoldStage
from brightline.gateway.ports import HoldState


def test_the_stages_that_are_shown_are_the_states_that_holds_have() -> None:
    assert {stage.value for stage in HoldStage} == {state.value for state in HoldState}
