"""One gateway on the real local model for all tests of the SDKs."""

from collections.abc import Iterator

import pytest

from tests.sdk.model_gateway import ModelGateway, running


@pytest.fixture(scope="session")
def model_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelGateway]:
    """A gateway that runs; stopped in the end, its log verified."""
    with running(tmp_path_factory.mktemp("sdk")) as gateway:
        yield gateway
