"""Official SDKs do at the gateway what they do at a provider: an old major and the newest of each."""

import pytest

from tests.sdk import sdks
from tests.sdk.model_gateway import ModelGateway

pytestmark = [pytest.mark.sdk, pytest.mark.model]


@pytest.mark.parametrize("sdk", sdks.ALL, ids=lambda sdk: sdk.label)
def test_the_story_of_an_sdk(sdk: sdks.Sdk, model_gateway: ModelGateway) -> None:
    found = sdks.told(sdk, model_gateway)
    assert found.faults == ()
    assert found.steps == sdks.STEPS[sdk.package]
    if sdk.pinned is not None:
        assert str(sdks.cache()) in found.file
